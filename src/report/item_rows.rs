//! Rows of `alignment.csv` and `facts.csv` that are rendered while documents are counted, so that
//! the items need not be kept in memory until the report is written.

use std::fmt::Debug;
use std::io::{self, Write};

use super::alignment_csv::Whose;
use super::scores_csv::write_rows;
use super::{alignment_csv, facts_csv};
use crate::metric::Item;
use crate::metric::source::Fact;
use crate::score::{ItemBlock, Rendered};

/// Rows in temporary storage, to be copied into the files of a report.
pub trait WrittenRows: Debug + Send + Sync {
    /// Writes the rows of `alignment.csv`, without the header, in the order of layers and ids.
    ///
    /// # Errors
    /// Fails if the rows could not be stored, cannot be read, or cannot be written.
    fn copy_items(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the rows of `facts.csv`, without the header, in the order of layers and ids.
    ///
    /// # Errors
    /// Fails if the rows could not be stored, cannot be read, or cannot be written.
    fn copy_facts(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Renders the items of one extractor on one dataset as CSV rows.
#[derive(Debug, Clone)]
pub struct RowRenderer {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// Whether the rows have no texts, since the documents are confidential.
    pub is_confidential: bool,
}

impl RowRenderer {
    /// Returns the rows of one block of items.
    pub fn render(&self, block: &ItemBlock<'_>) -> Rendered {
        let ItemBlock { id, layer, document, items, facts } = *block;
        let (mut stripped_items, mut stripped_facts);
        let (document, items, facts) = if self.is_confidential {
            (stripped_items, stripped_facts) = (items.to_vec(), facts.to_vec());
            stripped_items.iter_mut().for_each(Item::withhold_texts);
            stripped_facts.iter_mut().for_each(Fact::withhold_texts);
            (None, stripped_items.as_slice(), stripped_facts.as_slice())
        } else {
            (document, items, facts)
        };
        let (dataset, extractor) = (self.dataset.as_str(), self.extractor.as_str());
        let mut rendered = Rendered::default();
        let whose = Whose { dataset, extractor, id, layer };
        write_rows(&mut rendered.items, alignment_csv::rows(whose, document, items)).expect("writing to memory");
        write_rows(&mut rendered.facts, facts_csv::rows(dataset, extractor, id, document, facts))
            .expect("writing to memory");
        rendered
    }
}
