//! The longest text that an extractor takes.

use super::ExtractError;
use crate::document::Document;

/// Fails if a document is longer than the longest text that an extractor takes, in bytes.
pub(super) fn check_length(document: &Document, max_text: Option<usize>) -> Result<(), ExtractError> {
    let length = document.text().len();
    match max_text {
        Some(most) if length > most => Err(ExtractError::Failed(format!(
            "the text has {length} bytes, and the extractor takes at most {most} (`max_text`)"
        ))),
        _ => Ok(()),
    }
}
