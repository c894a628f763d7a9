//! The text that is annotated.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Span, Value};
use crate::text::Offsets;

/// A text with an id that joins it to its golden file and its predictions.
///
/// A clone shares the text, so that a text is in memory once however many parts of a run refer to
/// it.
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
    /// A document without metadata.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::with_meta(id, text, BTreeMap::new())
    }

    /// A document with metadata (`meta` of a JSONL line), by which slices are cut.
    pub fn with_meta(id: impl Into<String>, text: impl Into<String>, meta: BTreeMap<String, Value>) -> Self {
        let text = text.into();
        let offsets = Offsets::new(&text);
        Self(Arc::new(Content { id: id.into(), text, meta, offsets }))
    }

    /// The id: unique in its dataset.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The whole text, exactly as stored (CRLF and all; only a leading byte order mark is taken off).
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Free metadata, in key order.
    pub fn meta(&self) -> &BTreeMap<String, Value> {
        &self.0.meta
    }

    /// Length in code points.
    pub fn len(&self) -> u32 {
        self.0.offsets.len()
    }

    /// Whether the text has no code points at all.
    pub fn is_empty(&self) -> bool {
        self.0.text.is_empty()
    }

    /// The text between two code point offsets; `None` where they lie outside the text or are the wrong way round.
    pub fn slice(&self, start: u32, end: u32) -> Option<&str> {
        let range = self.0.offsets.bytes(&self.0.text, start, end)?;
        self.0.text.get(range)
    }

    /// The span that covers a range of bytes, with its text.
    ///
    /// # Panics
    /// Where the range does not lie on character boundaries inside the text: a fault of the extractor that made it.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let text = self.0.text[bytes.clone()].to_owned();
        let start = self.0.offsets.code_point(&self.0.text, bytes.start);
        let end = self.0.offsets.code_point(&self.0.text, bytes.end);
        Span { text: Some(text), ..Span::new(start, end) }
    }

    /// The byte range of two code point offsets; `None` where they lie outside the text.
    pub fn bytes(&self, start: u32, end: u32) -> Option<Range<usize>> {
        self.0.offsets.bytes(&self.0.text, start, end)
    }
}
