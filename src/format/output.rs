//! What a format writes: documents with their annotations, and the files that contain them.

use std::path::PathBuf;

use crate::document::{Annotations, Document};

/// A document to be written.
#[derive(Clone)]
pub struct Output {
    /// The document; its text is empty if unknown.
    pub document: Document,
    /// Whether the text is known.
    pub has_text: bool,
    /// Its annotations.
    pub annotations: Annotations,
}

/// Files to write, as paths relative to the output's path and contents. An empty path is the output
/// itself.
pub type Files = Vec<(PathBuf, Vec<u8>)>;
