//! Coreference clusters: groups of mentions that refer to the same thing.

use serde::{Deserialize, Serialize};

use super::Span;

/// A coreference cluster: the mentions of one thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// A name for reports, which is not scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The spans that refer to the thing.
    pub mentions: Vec<Span>,
}
