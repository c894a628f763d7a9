//! Rendered rows of items and facts, spooled to temporary files while documents are scored, so that
//! the memory of a streamed run does not grow with its documents. Threads finish in any order; the
//! rows are copied into the reports in the order of layers and documents.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::spool::Spool;
use crate::corpus::Dataset;
use crate::document::Layer;
use crate::report::{RowRenderer, WrittenRows};
use crate::score::{ItemBlock, ItemSink, Rendered};

/// The spooled rows of the items and facts of one extractor on one dataset.
#[derive(Debug)]
pub struct RowsPutAside {
    renderer: RowRenderer,
    spools: Mutex<Spools>,
}

#[derive(Debug, Default)]
struct Spools {
    /// The rows of items (first) and of facts (second), keyed by layer and document. A spool is
    /// created with its first row.
    rows: [Option<Spool<(Layer, String)>>; 2],
    /// The first write error, which is reported when the rows are copied.
    error: Option<io::Error>,
}

impl RowsPutAside {
    /// Creates an empty sink. The rows of a confidential dataset have no texts.
    pub fn new(dataset: &Dataset, extractor: &str) -> Self {
        let renderer = RowRenderer {
            dataset: dataset.name.clone(),
            extractor: extractor.to_owned(),
            is_confidential: dataset.is_confidential,
        };
        Self { renderer, spools: Mutex::default() }
    }

    fn spools(&self) -> MutexGuard<'_, Spools> {
        self.spools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn copy(&self, which: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut spools = self.spools();
        if let Some(error) = &spools.error {
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        spools.rows[which].as_mut().map_or(Ok(()), |rows| rows.copy(out))
    }
}

impl Spools {
    fn add(&mut self, layer: &Layer, id: &str, rendered: &Rendered) -> io::Result<()> {
        for (rows, text) in self.rows.iter_mut().zip([&rendered.items, &rendered.facts]) {
            if text.is_empty() {
                continue;
            }
            let spool = match rows {
                Some(spool) => spool,
                None => rows.insert(Spool::new()?),
            };
            spool.add((layer.clone(), id.to_owned()), text)?;
        }
        Ok(())
    }
}

impl ItemSink for RowsPutAside {
    fn render(&self, block: &ItemBlock<'_>) -> Rendered {
        self.renderer.render(block)
    }

    fn accept(&self, layer: &Layer, id: String, rendered: Rendered) {
        let mut spools = self.spools();
        if let Err(error) = spools.add(layer, &id, &rendered) {
            spools.error.get_or_insert(error);
        }
    }
}

impl WrittenRows for RowsPutAside {
    fn copy_items(&self, out: &mut dyn Write) -> io::Result<()> {
        self.copy(0, out)
    }

    fn copy_facts(&self, out: &mut dyn Write) -> io::Result<()> {
        self.copy(1, out)
    }
}
