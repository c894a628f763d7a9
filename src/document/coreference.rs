//! Coreference: mentions that speak of one and the same thing.

use serde::{Deserialize, Serialize};

use super::Span;

/// The mentions of one thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// A name for reports; it plays no part in scoring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is spoken of.
    pub mentions: Vec<Span>,
}
