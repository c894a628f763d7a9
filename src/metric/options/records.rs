//! How the records of one layer are scored.

use serde::Deserialize;

/// How the records of one layer are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordOptions {}
