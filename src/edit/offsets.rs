//! Writes offsets in the unit of a file.

use crate::document::Document;
use crate::error::Diagnostic;
use crate::format::{Converter, OffsetBasis};

/// What the offsets of a file count, with a table of them for the text of one document.
pub(super) struct Offsets {
    pub basis: OffsetBasis,
    converter: Converter,
}

impl Offsets {
    pub fn new(basis: OffsetBasis, document: &Document) -> Self {
        Self { basis, converter: Converter::new(basis, document.text()) }
    }

    /// Returns the offset of a code point, as the file writes it.
    ///
    /// # Errors
    /// Fails if the form of the text that the offsets count has no such boundary.
    pub fn written(&self, code_point: u32) -> Result<String, Diagnostic> {
        let offset = self.converter.offset(code_point);
        if self.converter.code_point(offset) == Some(code_point) {
            return Ok(offset.to_string());
        }
        let message = format!("the file has {}, which cannot express code point {code_point}", self.basis.describe());
        Err(Diagnostic::new(message))
    }
}
