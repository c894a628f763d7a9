//! A golden file and its document, joined.

use super::{Annotations, Document};

/// One document's golden annotations, with its text where that is known.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The text.
    pub document: Option<Document>,
    /// The golden annotations.
    pub gold: Annotations,
}
