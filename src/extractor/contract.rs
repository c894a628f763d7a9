//! The trait that every extractor implements.

use super::Pipeline;
use crate::document::{Annotations, Document, Layer, Status};

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

    /// The same for the time that it is asked, from 1: for what keeps several answers apart.
    ///
    /// # Errors
    /// As [`Extractor::extract`].
    fn extract_again(&self, document: &Document, _repeat: usize) -> Result<Annotations, ExtractError> {
        self.extract(document)
    }

    /// How many answers it has for every document, if it cannot be asked again.
    fn repeats(&self) -> Option<usize> {
        None
    }

    /// Its own way through many documents at once; without one, every thread calls it document by document.
    fn pipeline(&self) -> Option<&dyn Pipeline> {
        None
    }

    /// What the fingerprint is made of, part by part: what changed is told from these.
    fn fingerprint_parts(&self) -> Vec<(String, String)> {
        vec![("fingerprint".to_owned(), self.fingerprint())]
    }

    /// Makes known what only the extractor itself can say: its layers, and what it depends on. Called before its fingerprint
    /// and its layers are asked for.
    fn introduce(&self) {}

    /// Whether it keeps answers for later runs itself, so that nobody else should.
    fn keeps_answers(&self) -> bool {
        false
    }

    /// What it is, in words of its own: its name and version, where it says so.
    fn introduction(&self) -> Option<String> {
        None
    }
}

/// Why an extractor gave no annotations for a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// It could not annotate this document; the message is for the report.
    #[error("{0}")]
    Failed(String),
    /// It took too long; the message says how long.
    #[error("{0}")]
    TimedOut(String),
    /// It has nothing on this document: a file of predictions that leaves it out.
    #[error("there is no prediction for it")]
    Missing,
    /// A file of predictions says that it was not answered.
    #[error("{message}")]
    Recorded {
        /// How it ended; never [`Status::Ok`].
        status: Status,
        /// Why.
        message: String,
    },
}

impl ExtractError {
    /// A failure with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
}
