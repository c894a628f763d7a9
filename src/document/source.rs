//! Documents: the texts that are annotated.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Span, Value};
use crate::text::Offsets;

/// A text with an id, which joins it to its golden file and its predictions.
///
/// Clones share the text, so that it is in memory once even if many parts of a run refer to it.
#[derive(Debug, Clone)]
pub struct Document(Arc<Content>);

#[derive(Debug)]
struct Content {
    id: String,
    text: String,
    meta: BTreeMap<String, Value>,
    offsets: Offsets,
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        Arc::ptr_eq(one, other) || (&one.id, &one.text, &one.meta) == (&other.id, &other.text, &other.meta)
    }
}

impl Document {
    /// Creates a document without metadata.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::with_meta(id, text, BTreeMap::new())
    }

    /// Creates a document with metadata (`meta` of a JSONL line), by which reports slice datasets.
    pub fn with_meta(id: impl Into<String>, text: impl Into<String>, meta: BTreeMap<String, Value>) -> Self {
        let text = text.into();
        let offsets = Offsets::new(&text);
        Self(Arc::new(Content { id: id.into(), text, meta, offsets }))
    }

    /// Returns the id, which is unique in its dataset.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the whole text exactly as stored, including CRLF; only a leading byte order mark is
    /// removed.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Returns the metadata, in the order of its keys.
    pub fn meta(&self) -> &BTreeMap<String, Value> {
        &self.0.meta
    }

    /// Returns the length in code points.
    pub fn len(&self) -> u32 {
        self.0.offsets.len()
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.text.is_empty()
    }

    /// Returns the text between two code point offsets; `None` if they are outside the text or in
    /// the wrong order.
    pub fn slice(&self, start: u32, end: u32) -> Option<&str> {
        self.0.text.get(self.bytes(start, end)?)
    }

    /// Returns the span that covers a byte range, with its text.
    ///
    /// # Panics
    /// Panics if the range is not on character boundaries inside the text, which is a bug of the
    /// built-in extractor that made it.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let text = self.0.text[bytes.clone()].to_owned();
        let start = self.0.offsets.code_point(&self.0.text, bytes.start);
        let end = self.0.offsets.code_point(&self.0.text, bytes.end);
        Span { text: Some(text), ..Span::new(start, end) }
    }

    /// Returns the byte range between two code point offsets; `None` if they are outside the text.
    pub fn bytes(&self, start: u32, end: u32) -> Option<Range<usize>> {
        self.0.offsets.bytes(&self.0.text, start, end)
    }
}
