//! Extractors over HTTP (docs/PROTOCOL.md).
//!
//! `kind = "http"` is a service that takes a document as JSON and answers with labels.
//! `kind = "openai"` is a language model behind an OpenAI-compatible API.
//!
//! A document's text is sent to the configured host only. Keys come from environment variables and
//! are never written to a file or a message.

mod api;
mod cassette;
mod chat;
mod client;
mod credentials;
mod endpoint;
mod exchange;
mod normalise;
mod pointers;
mod prompt;
mod proxy;
mod quotes;
mod rate_limiter;
mod refusal;
mod remote;
mod reply;
mod retry_after;
mod schema;
mod settings;
mod template;
mod tls;
mod url;

pub use credentials::names_in;
pub use pointers::{Pointers, UsagePointers};
pub use prompt::PromptSource;
pub use remote::Remote;
pub use schema::refused;
pub use settings::{EndpointSettings, Method, ModelSettings, Prices, Rate, Replay, Service, Temperature};
pub use template::unknown_id;
pub use url::HttpUrl;
