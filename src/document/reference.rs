//! Golden annotations joined to their document.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Annotations, Document, Value};

/// The golden annotations of one document, with its text if known.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// The document, if its text is known.
    pub document: Option<Document>,
    /// SHA-256 of the text that was labelled, if the golden file contains it.
    pub text_sha256: Option<String>,
    /// Free metadata: that of the document, or else that of the golden file.
    pub meta: BTreeMap<String, Value>,
    /// The golden annotations.
    pub gold: Annotations,
}

/// The annotations of one annotator. An absent layer was not annotated; an empty layer was
/// annotated, and nothing was found.
#[derive(Debug, Clone)]
pub struct Annotator {
    /// The name in reports, which is that of the folder or file.
    pub name: String,
    /// The folder or file that contains the annotations.
    pub file: PathBuf,
    /// The annotations by document id.
    pub documents: BTreeMap<String, Reference>,
}
