//! Which labels are one and the same, and which are kinds of others.

use serde::Deserialize;

/// Which labels are one and the same, and which are kinds of others.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabelOptions {}
