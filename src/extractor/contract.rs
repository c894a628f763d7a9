//! The trait that every extractor implements.

use crate::document::{Annotations, Document, Layer};

/// Turns a document into annotations. One value serves all threads, so it holds no mutable state.
pub trait Extractor: Send + Sync {
    /// The name in reports: the key of the extractor's table in `karat.toml`.
    fn name(&self) -> &str;

    /// What its output depends on besides the document: code revision and configuration. Equal fingerprints promise
    /// equal output for equal documents.
    fn fingerprint(&self) -> String;

    /// The layers it fills. A declared layer that an answer leaves out counts as empty; an undeclared one is not scored.
    fn layers(&self) -> &[Layer];

    /// Annotates one document.
    ///
    /// # Errors
    /// Where the document can't be annotated; the document then becomes a row of class `failed`.
    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError>;
}

/// Why an extractor gave no annotations for a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExtractError {
    /// What went wrong, for the report.
    pub message: String,
}

impl ExtractError {
    /// An error with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
