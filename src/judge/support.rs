//! The values of verdicts, which files and judges write alike.

use serde_json::Value;

use crate::document::Support;

/// Parses a verdict given as a word or a number.
pub(super) fn parse_support(value: &Value) -> Result<Support, String> {
    let word = match value {
        Value::String(word) => word.clone(),
        other => other.to_string(),
    };
    word.parse::<Support>().map_err(|error| error.to_string())
}
