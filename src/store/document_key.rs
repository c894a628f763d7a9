//! The key of a document in journals and caches. Ids alone do not suffice, since a document's text
//! or metadata may change between runs under the same id.

use crate::document::Document;
use crate::format::{document_to_line, sha256};

/// Returns the SHA-256 of everything that an extractor receives of a document: id, text and
/// metadata.
pub(super) fn document_key(document: &Document) -> String {
    sha256(document_to_line(document))
}
