//! A golden file and its document, joined.

use std::collections::BTreeMap;

use super::{Annotations, Document, Value};

/// One document's golden annotations, with its text where that is known.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// The text.
    pub document: Option<Document>,
    /// SHA-256 of the text that was labelled, where the golden file says so.
    pub text_sha256: Option<String>,
    /// Free metadata: the document's, or else that of the golden file.
    pub meta: BTreeMap<String, Value>,
    /// The golden annotations.
    pub gold: Annotations,
}

/// One annotator's files. A layer that is absent was not labelled; an empty one was, and nothing was found.
#[derive(Debug, Clone)]
pub struct Annotator {
    /// A name for reports: that of the folder or file.
    pub name: String,
    /// By document id.
    pub documents: BTreeMap<String, Reference>,
}
