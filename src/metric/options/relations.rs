//! How relations are scored.

use serde::Deserialize;

/// How relations are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationOptions {}
