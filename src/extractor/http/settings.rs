//! Settings of a service from the configuration.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{HttpUrl, PromptSource, ReplyShape, UsagePointers};
use crate::document::{Fields, LayerSet, Value};
use crate::format::OffsetUnit;

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    /// POST.
    #[default]
    Post,
    /// PUT.
    Put,
}

impl Method {
    /// The name in an HTTP request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// A limit on the rate of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The minimum time between two requests.
    pub every: Duration,
}

/// Use of recorded answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Replay {
    /// Replays recorded answers; requests and records the others.
    #[default]
    Missing,
    /// Replays recorded answers; the others fail. No request reaches the network.
    Only,
    /// Requests every answer and records it again.
    Never,
}

impl Replay {
    /// The names in the configuration.
    pub const NAMES: [&'static str; 3] = ["missing", "only", "never"];

    /// Parses a name; `None` if it is unknown.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "missing" => Some(Self::Missing),
            "only" => Some(Self::Only),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// How requests are sent; the part that both kinds of service share.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The URL of the requests.
    pub target: HttpUrl,
    /// The HTTP method.
    pub method: Method,
    /// Headers by name. `{env:NAME}` in a value is replaced by an environment variable.
    pub headers: BTreeMap<String, String>,
    /// The environment variable with the key, which is sent as `Authorization: Bearer KEY`.
    pub key_env: Option<String>,
    /// A file of certificates in PEM, which are trusted in addition to those of the system.
    pub ca: Option<PathBuf>,
    /// Names of the environment variables whose values the request body contains.
    pub body_variables: Vec<String>,
    /// Maximum number of concurrent requests.
    pub concurrency: usize,
    /// Limit on the rate of requests.
    pub rate: Option<Rate>,
    /// Time limit of a request, from the connection to the last byte of the reply.
    pub timeout: Duration,
    /// Maximum number of retries for a document.
    pub retries: u32,
    /// Wait before the first retry; it doubles with each further retry.
    pub backoff: Duration,
    /// Longest wait before a retry. A server that asks for a longer one fails the document.
    pub max_wait: Duration,
    /// Maximum size of a reply, in bytes.
    pub max_output: usize,
    /// The longest text that is sent, in bytes; if `None`, any.
    pub max_text: Option<usize>,
    /// The folder of recorded answers.
    pub cassettes: Option<PathBuf>,
    /// How recorded answers are used.
    pub replay: Replay,
}

impl Service {
    /// A service with defaults for everything but the URL.
    pub fn new(target: HttpUrl) -> Self {
        Self {
            target,
            method: Method::default(),
            headers: BTreeMap::new(),
            key_env: None,
            ca: None,
            body_variables: Vec::new(),
            concurrency: 4,
            rate: None,
            timeout: Duration::from_secs(60),
            retries: 2,
            backoff: Duration::from_millis(500),
            max_wait: Duration::from_secs(60),
            max_output: 64 << 20,
            max_text: None,
            cassettes: None,
            replay: Replay::default(),
        }
    }

    /// The variables whose values the service receives, with their values.
    pub fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let names = super::credentials::variables(self).into_iter();
        names.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?)))
    }
}

/// An `[extractors.NAME]` table of the kind `http`.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointSettings {
    /// How requests are sent.
    pub service: Service,
    /// The layers it fills.
    pub layers: LayerSet,
    /// The request body; placeholders stand for parts of the document.
    pub request: Value,
    /// The shape of a reply; if `None`, the reply is an object of `karat.document/1`.
    pub response: Option<ReplyShape>,
    /// JSON pointer to the message of an error reply.
    pub error: Option<String>,
    /// Locations of token counts and cost in a reply.
    pub usage: UsagePointers,
    /// The unit of offsets in replies that do not state it.
    pub offset_unit: Option<OffsetUnit>,
}

/// The sampling temperature of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Temperature {
    /// This value.
    Of(f64),
    /// Not sent, for models that accept only their default.
    Default,
}

/// Prices per million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prices {
    /// Price of input tokens.
    pub tokens_in: f64,
    /// Price of output tokens.
    pub tokens_out: f64,
    /// Price of input tokens that the server had cached; `None` if it is that of the others.
    pub cached: Option<f64>,
}

/// The form of a model's answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnswerForm {
    /// A JSON object with a list for each layer.
    #[default]
    Json,
    /// Prose, which is the summary.
    Text,
}

impl AnswerForm {
    /// Returns the name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

/// An `[extractors.NAME]` table of the kind `openai`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSettings {
    /// How requests are sent.
    pub service: Service,
    /// The layers it fills.
    pub layers: LayerSet,
    /// The model's name.
    pub model: String,
    /// The system message; if `None`, the default message.
    pub system: Option<String>,
    /// The user message; if `None`, the default message for the layers.
    pub prompt: Option<PromptSource>,
    /// The allowed entity labels; if empty, any label.
    pub labels: Vec<String>,
    /// The sampling temperature.
    pub temperature: Temperature,
    /// The random seed, for servers that support it.
    pub seed: Option<i64>,
    /// Maximum number of output tokens.
    pub max_tokens: Option<u64>,
    /// Further fields of the request body, which override karat's.
    pub extra: Fields,
    /// Prices, from which the cost is computed; if `None`, the cost is the server's, if it sends
    /// one.
    pub prices: Option<Prices>,
    /// The form of the answer.
    pub answer: AnswerForm,
    /// Whether the answer may have nothing around its JSON object.
    pub strict_answer: bool,
}
