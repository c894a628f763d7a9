//! Options of relation metrics.

use std::collections::BTreeSet;

use serde::Deserialize;

/// Options of relation metrics.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationOptions {
    /// Symmetric types, in which head and tail may be swapped. All others are directed.
    pub symmetric: BTreeSet<String>,
}
