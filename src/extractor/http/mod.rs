//! Extractors over HTTP (docs/PROTOCOL.md).
//!
//! `kind = "http"` is a service that takes a document as JSON and answers with labels.
//! `kind = "openai"` is a language model behind an OpenAI-compatible API.
//!
//! A document's text is sent to the configured host only. Keys come from environment variables and
//! are never written to a file or a message.

mod advice;
mod answer_text;
mod api;
mod cassette;
mod chat;
mod client;
mod connector;
mod credentials;
mod decompress;
mod endpoint;
mod event_stream;
mod exchange;
mod normalise;
mod pointers;
mod prompt;
mod proxy;
mod quotes;
mod rate_limiter;
mod refusal;
mod refused_parameters;
mod remote;
mod reply;
mod retry_after;
mod schema;
mod settings;
mod shape;
mod template;
mod tls;
mod tokens;
mod url;

pub use credentials::names_in;
pub use pointers::UsagePointers;
pub use prompt::PromptSource;
pub use remote::{Remote, check_live};
pub use schema::refused;
pub use settings::{AnswerForm, EndpointSettings, Method, ModelSettings, Prices, Rate, Replay, Service, Temperature};
pub use shape::{ReplyShape, WHITESPACE};
pub use template::unknown_id;
pub use url::HttpUrl;
