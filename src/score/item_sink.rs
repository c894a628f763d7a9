//! Sinks that write items to a file row by row, for documents whose items are too many to keep.

use crate::document::{Document, Layer};
use crate::metric::Item;
use crate::metric::source::Fact;

/// The results of one layer of one document.
#[derive(Debug, Clone, Copy)]
pub struct ItemBlock<'a> {
    /// The document id.
    pub id: &'a str,
    /// The layer.
    pub layer: &'a Layer,
    /// The document, if its text is known.
    pub document: Option<&'a Document>,
    /// All items, in text order.
    pub items: &'a [Item],
    /// The numbers, dates and names of a summary whose source text is known.
    pub facts: &'a [Fact],
}

/// The rendered rows of one block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// One row per item.
    pub items: Vec<u8>,
    /// One row per fact.
    pub facts: Vec<u8>,
}

/// Receives the items of documents while these are counted.
pub trait ItemSink: Sync {
    /// Renders a block. Several threads call this method concurrently.
    fn render(&self, block: &ItemBlock<'_>) -> Rendered;

    /// Receives the rows of a block. A single thread calls this method, in the order in which
    /// documents are counted, which need not be the order of their ids.
    fn accept(&self, layer: &Layer, id: String, rendered: Rendered);
}
