//! The trait that every extractor implements.

use super::Pipeline;
use crate::document::{Annotations, Document, Layer, Status};

/// Turns a document into annotations. One value serves all threads, so it must be `Sync`.
pub trait Extractor: Send + Sync {
    /// The name in reports: the key of the extractor's table in `karat.toml`.
    fn name(&self) -> &str;

    /// Identifies everything that the output depends on besides the document: code revision and
    /// configuration. Equal fingerprints guarantee equal output for equal documents.
    fn fingerprint(&self) -> String;

    /// The layers it fills. A declared layer that an answer omits counts as empty; an undeclared
    /// layer is not scored.
    fn layers(&self) -> &[Layer];

    /// Annotates one document.
    ///
    /// # Errors
    /// Fails if the document cannot be annotated. The document then gets the status of the error,
    /// and the run continues.
    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError>;

    /// Like `extract`, for the `repeat`-th request (counted from 1). Override it if answers differ
    /// between repeats.
    ///
    /// # Errors
    /// Fails if the document cannot be annotated.
    fn extract_again(&self, document: &Document, _repeat: usize) -> Result<Annotations, ExtractError> {
        self.extract(document)
    }

    /// Number of recorded answers for every document, if the extractor cannot be asked again;
    /// `None` otherwise.
    fn repeats(&self) -> Option<usize> {
        None
    }

    /// The extractor's own scheduling of many documents. If it is `None`, every thread of the
    /// runner calls [`Extractor::extract_again`] document by document.
    fn pipeline(&self) -> Option<&dyn Pipeline> {
        None
    }

    /// The parts of the fingerprint by name, from which karat reports what changed between two
    /// runs.
    fn fingerprint_parts(&self) -> Vec<(String, String)> {
        vec![("fingerprint".to_owned(), self.fingerprint())]
    }

    /// The parts of the fingerprint that are known without starting a program, by name, with which
    /// a later command finds out whether the extractor changed since a run.
    fn inputs(&self) -> Vec<(String, String)> {
        self.fingerprint_parts()
    }

    /// Performs the handshake in which an external program reports its layers and its version. The
    /// runner calls it before it reads the fingerprint or the layers.
    fn handshake(&self) {}

    /// Whether it keeps its own answers for later runs, so that karat's cache must not.
    fn keeps_answers(&self) -> bool {
        false
    }

    /// Why its answers must not be cached, although its fingerprint is known: something that its
    /// output may depend on is not part of the fingerprint. `None` if they may be.
    fn cache_obstacle(&self) -> Option<String> {
        None
    }

    /// The lines that an external program wrote to standard error, each with its line break,
    /// without secrets and without control characters; and the number of lines before them that
    /// were not kept.
    fn errors(&self) -> (Vec<String>, usize) {
        (Vec::new(), 0)
    }

    /// Name and version that an external program reported in the handshake, if there was one.
    fn reported_version(&self) -> Option<String> {
        None
    }
}

/// Why an extractor returned no annotations for a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The extractor could not annotate the document. The message is for the report.
    #[error("{0}")]
    Failed(String),
    /// The extractor exceeded its time limit. The message states the limit.
    #[error("{0}")]
    TimedOut(String),
    /// A file of predictions does not contain the document.
    #[error("there is no prediction for it")]
    Missing,
    /// A file of predictions records that the document was not answered.
    #[error("{message}")]
    Recorded {
        /// The recorded status; never [`Status::Ok`].
        status: Status,
        /// The recorded message.
        message: String,
    },
}

impl ExtractError {
    /// A failure with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// Returns the status of a document that ended with this error.
    pub fn status(&self) -> Status {
        match self {
            Self::Failed(_) => Status::Failed,
            Self::TimedOut(_) => Status::TimedOut,
            Self::Missing => Status::Missing,
            Self::Recorded { status, .. } => *status,
        }
    }
}
