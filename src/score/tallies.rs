//! Every document's own sums: what two systems are compared by.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::formulas::Formulas;
use super::portion::{CountedDocument, LayerTotals};
use super::{Settings, Status, Subject};
use crate::document::{Layer, Reference};
use crate::metric::{Item, Tally};

/// What one document brings to a layer's sums.
#[derive(Debug, Clone)]
pub struct DocumentTally {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub status: Status,
    /// Gold items.
    pub gold: u64,
    /// Its sums.
    pub tally: Tally,
    /// What became of every item, where the settings want single documents.
    pub items: Vec<Item>,
}

/// One layer's sums, document by document.
pub struct LayerTallies<'s> {
    /// The layer.
    pub layer: Layer,
    /// How sums become figures.
    pub(crate) formulas: Formulas<'s>,
    /// The documents that were annotated, in the order of their ids.
    pub documents: Vec<DocumentTally>,
    /// How often every document was asked about; its sums are over all of these.
    pub(crate) repeats: usize,
}

impl LayerTallies<'_> {
    /// The sums of every cluster, in the order of their names.
    pub(crate) fn clusters(&self, references: &BTreeMap<String, Reference>, settings: &Settings) -> Vec<Tally> {
        let by_id: BTreeMap<&str, &Tally> =
            self.documents.iter().map(|document| (document.id.as_str(), &document.tally)).collect();
        let merged = settings.cluster.groups(references).into_iter().filter_map(|group| {
            let mut parts = group.iter().filter_map(|(id, _)| by_id.get(id.as_str())).peekable();
            parts.peek()?;
            let mut whole = Tally::default();
            parts.for_each(|part| whole.merge(part));
            Some(whole)
        });
        merged.collect()
    }
}

/// The sums of one extractor's answers, of which [`super::score`] makes its figures, layer by layer.
pub fn tallies<'s>(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    settings: &'s Settings,
) -> Vec<LayerTallies<'s>> {
    let mut engine = Engine { keeps_tallies: true, ..Engine::new(settings) };
    engine.count(references, subject);
    let repeats = subject.repeats();
    let groups = engine.groups();
    let of_layer = |(layer, totals): (Layer, LayerTotals)| {
        let family = *groups.iter().find(|group| group.scores(&layer))?;
        let documents = totals.documents.into_iter().map(|(id, document)| {
            let CountedDocument { status, gold, tally, items, .. } = document;
            DocumentTally { id, status, gold, tally, items }
        });
        let documents = documents.collect();
        Some(LayerTallies { layer, formulas: Formulas { family, settings }, documents, repeats })
    };
    engine.totals.layers.into_iter().filter_map(of_layer).collect()
}
