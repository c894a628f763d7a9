//! Where the items of documents go that are too many to be kept: row by row to a file.

use crate::document::{Document, Layer};
use crate::metric::Item;
use crate::metric::source::Fact;

/// What became of one layer of one document.
#[derive(Debug, Clone, Copy)]
pub struct ItemBlock<'a> {
    /// The document's id.
    pub id: &'a str,
    /// The layer.
    pub layer: &'a Layer,
    /// The document, if its text is known.
    pub document: Option<&'a Document>,
    /// Every item, in text order.
    pub items: &'a [Item],
    /// The numbers, dates and names of a summary whose source is known.
    pub facts: &'a [Fact],
}

/// The rows of one block, as bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// A row an item.
    pub items: Vec<u8>,
    /// A row a fact.
    pub facts: Vec<u8>,
}

/// Takes the items of documents while these are counted.
pub trait ItemSink: Sync {
    /// Renders a block. Several threads call this at the same time.
    fn render(&self, block: &ItemBlock<'_>) -> Rendered;

    /// Takes the rows of a block. One thread calls this, in the order in which documents are
    /// counted; ids need not grow.
    fn accept(&self, layer: &Layer, id: String, rendered: Rendered);
}
