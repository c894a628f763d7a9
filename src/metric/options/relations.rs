//! How relations are scored.

use std::collections::BTreeSet;

use serde::Deserialize;

/// How relations are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationOptions {
    /// Types without a direction: head and tail may be swapped. All others have one.
    pub symmetric: BTreeSet<String>,
}
