//! What stands for a document in journals and caches.

use crate::document::Document;
use crate::format::{document_to_line, sha256};

/// A hash over everything that an extractor is given: id, text, metadata.
pub(super) fn document_key(document: &Document) -> String {
    sha256(document_to_line(document))
}
