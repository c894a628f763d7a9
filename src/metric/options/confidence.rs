//! How confidences are scored.

use serde::Deserialize;

/// How confidences are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfidenceOptions {}
