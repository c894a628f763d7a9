//! How entities are scored.

use serde::Deserialize;

/// How entities are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpanOptions {}
