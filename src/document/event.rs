//! Events: a trigger with arguments in roles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Span, Value};

/// Something that happens, told by a trigger, with those who take part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What arguments of other events refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The event's type.
    pub label: String,
    /// The words that tell of it.
    pub trigger: Span,
    /// Who and what takes part; the order means nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// What a tool says of the event beyond its type (negation, speculation, a note); kept, not scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// How sure the extractor is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// A participant of an event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// What part it takes: `AGENT`, `PLACE`, ...
    pub role: String,
    /// Id of an entity, or of another event.
    pub target: String,
}
