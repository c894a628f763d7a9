//! The rows of items, put aside in temporary files while documents are counted.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::spool::Spool;
use crate::document::Layer;
use crate::report::{RowRenderer, WrittenRows};
use crate::score::{ItemBlock, ItemSink, Rendered};

/// The rows of the items of one extractor on one dataset.
#[derive(Debug)]
pub struct RowsPutAside {
    renderer: RowRenderer,
    spools: Mutex<Spools>,
}

#[derive(Debug, Default)]
struct Spools {
    /// By layer, items and facts.
    by_layer: BTreeMap<Layer, [Spool; 2]>,
    /// The first error of writing.
    error: Option<io::Error>,
}

impl RowsPutAside {
    /// Without rows.
    pub fn new(dataset: &str, extractor: &str) -> Self {
        let renderer = RowRenderer { dataset: dataset.to_owned(), extractor: extractor.to_owned() };
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
        spools.by_layer.values_mut().try_for_each(|spools| spools[which].copy(out))
    }
}

impl Spools {
    fn add(&mut self, layer: &Layer, id: &str, rendered: &Rendered) -> io::Result<()> {
        if !self.by_layer.contains_key(layer) {
            self.by_layer.insert(layer.clone(), [Spool::new()?, Spool::new()?]);
        }
        if let Some([items, facts]) = self.by_layer.get_mut(layer) {
            items.add(id, &rendered.items)?;
            facts.add(id, &rendered.facts)?;
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
