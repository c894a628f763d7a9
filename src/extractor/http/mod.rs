//! `kind = "http"`: services that take a document as JSON and answer with labels; `kind = "openai"`: language models behind an
//! OpenAI-compatible API (docs/PROTOCOL.md).
//!
//! A document's text goes to the host of the configuration alone. Keys come from the environment, and are written nowhere.

mod cassette;
mod chat;
mod client;
mod dialect;
mod endpoint;
mod exchange;
mod fold;
mod pace;
mod pointers;
mod prompt;
mod quotes;
mod refusal;
mod remote;
mod reply;
mod retry_after;
mod schema;
mod secrets;
mod settings;
mod target;
mod template;

pub use pointers::{Pointers, UsagePointers};
pub use prompt::Written;
pub use remote::Remote;
pub use schema::refused;
pub use settings::{EndpointSettings, Method, ModelSettings, Prices, Rate, Replay, Service, Temperature};
pub use target::Target;
pub use template::stranger;
