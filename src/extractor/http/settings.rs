//! What a configuration says of a service.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{Pointers, Target, UsagePointers, Written};
use crate::document::{Fields, LayerSet, Value};
use crate::format::OffsetUnit;

/// How a document is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    /// POST.
    #[default]
    Post,
    /// PUT.
    Put,
}

impl Method {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// How many requests may be made in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The time between two requests.
    pub every: Duration,
}

/// What is done with answers that were recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Replay {
    /// They are replayed; what was not recorded is asked, and recorded.
    #[default]
    Missing,
    /// They are replayed; what was not recorded fails. Nothing reaches the network.
    Only,
    /// Everything is asked, and recorded anew.
    Never,
}

impl Replay {
    /// The names that a user may write.
    pub const NAMES: [&'static str; 3] = ["missing", "only", "never"];

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "missing" => Some(Self::Missing),
            "only" => Some(Self::Only),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// Where requests go, and how: what both kinds have.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Where they go.
    pub target: Target,
    /// How they are sent.
    pub method: Method,
    /// Headers by name; `{env:NAME}` in a value stands for a variable of the environment.
    pub headers: BTreeMap<String, String>,
    /// The variable with the key, which is sent as `Authorization: Bearer`.
    pub key_env: Option<String>,
    /// How many requests may be under way at once.
    pub concurrency: usize,
    /// How many may be made in how long.
    pub rate: Option<Rate>,
    /// How long one may take, from the connection to the last byte of the answer.
    pub timeout: Duration,
    /// How often a document is tried again.
    pub retries: u32,
    /// How long before the first of these; twice as long before each next.
    pub backoff: Duration,
    /// The longest that a server's wish to be left alone is heeded.
    pub max_wait: Duration,
    /// The most that is read of an answer, in bytes.
    pub max_output: usize,
    /// The folder of recorded answers.
    pub cassettes: Option<PathBuf>,
    /// What is done with them.
    pub replay: Replay,
}

impl Service {
    /// A service with everything else as it is by default.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            method: Method::default(),
            headers: BTreeMap::new(),
            key_env: None,
            concurrency: 4,
            rate: None,
            timeout: Duration::from_secs(60),
            retries: 2,
            backoff: Duration::from_millis(500),
            max_wait: Duration::from_secs(60),
            max_output: 64 << 20,
            cassettes: None,
            replay: Replay::default(),
        }
    }
}

/// An `[extractors.NAME]` table of the kind `http`.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointSettings {
    /// Where requests go, and how.
    pub service: Service,
    /// The layers it fills.
    pub layers: LayerSet,
    /// The body, in which placeholders stand for the document.
    pub request: Value,
    /// Where layers stand in a reply; without them the reply is an object of `karat.document/1`.
    pub response: Option<Pointers>,
    /// Where an error's message stands.
    pub error: Option<String>,
    /// Where it says what the answer took.
    pub usage: UsagePointers,
    /// What its offsets count, where the reply does not say so.
    pub offset_unit: Option<OffsetUnit>,
}

/// The temperature at which a model is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Temperature {
    /// This one.
    Of(f64),
    /// None is sent: the model's own, for models that take no other.
    Default,
}

/// What a million tokens cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prices {
    /// Of those that are read.
    pub tokens_in: f64,
    /// Of those that are written.
    pub tokens_out: f64,
}

/// An `[extractors.NAME]` table of the kind `openai`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSettings {
    /// Where requests go, and how.
    pub service: Service,
    /// The layers it fills.
    pub layers: LayerSet,
    /// The model's name.
    pub model: String,
    /// The system message; one that suits the layers, where it is left out.
    pub system: Option<String>,
    /// The user's message; one that suits the layers, where it is left out.
    pub prompt: Option<Written>,
    /// The labels of entities; any, where there are none.
    pub labels: Vec<String>,
    /// The temperature.
    pub temperature: Temperature,
    /// The seed, for servers that take one.
    pub seed: Option<i64>,
    /// The most tokens that an answer may have.
    pub max_tokens: Option<u64>,
    /// Whatever else the body has, over what karat writes.
    pub extra: Fields,
    /// What tokens cost.
    pub prices: Option<Prices>,
}
