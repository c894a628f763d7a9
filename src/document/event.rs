//! Events: a trigger with arguments in roles. Arguments may be events themselves, so events form a
//! graph, which validation keeps free of cycles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Span, Value};

/// An event: a trigger, which expresses it in the text, and its participants.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The id by which arguments of other events refer to the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The event's type.
    pub label: String,
    /// The span that expresses the event.
    pub trigger: Span,
    /// The participants, in no particular order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// Further properties of the event (negation, speculation, a note), which are kept and not
    /// scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// The extractor's confidence, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// A participant of an event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The role of the participant: `AGENT`, `PLACE`, ...
    pub role: String,
    /// The id of an entity or of another event.
    pub target: String,
}
