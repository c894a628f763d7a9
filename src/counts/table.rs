//! The rows of the counts of a system.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::header::Header;
use super::row::CountRow;
use crate::document::{LayerSet, Reference};
use crate::metric::{Statistic, StatisticKey};
use crate::score::{Answer, ClusterBy, LayerCounts, SystemCounts, as_text, fingerprint};

/// What a row says about its document besides counts.
#[derive(Debug, Clone, Default)]
pub struct DocumentFacts {
    /// A fingerprint of the golden annotations.
    pub golden: u128,
    /// The cluster; `None` if the document is a cluster by itself.
    pub cluster: Option<String>,
    /// The layers of the answer.
    pub layers: LayerSet,
}

impl DocumentFacts {
    /// Returns the facts of a loaded document.
    pub fn of(id: &str, references: &BTreeMap<String, Reference>, answer: Option<&Answer>, by: &ClusterBy) -> Self {
        let Some(reference) = references.get(id) else { return Self::default() };
        let cluster = match by {
            ClusterBy::Document => None,
            ClusterBy::Meta(field) => reference.meta.get(field).map(as_text),
        };
        let golden = fingerprint(Some(&Answer::ok(reference.gold.clone())));
        let layers = answer.into_iter().flat_map(Answer::each).flat_map(|answer| answer.annotations.layers());
        Self { golden, cluster, layers: layers.collect() }
    }
}

/// The counts of a system as rows.
pub struct CountTable<'c> {
    /// What holds for all rows.
    pub header: Header,
    /// The counts, whose documents are sorted.
    pub counts: &'c SystemCounts,
    /// Returns the facts of a document.
    pub facts: Box<dyn Fn(&str) -> DocumentFacts + 'c>,
}

impl CountTable<'_> {
    /// Calls `take` with every row, in the order of documents, layers, metrics and labels.
    ///
    /// # Errors
    /// Fails with the first error of `take`.
    pub fn each<E>(&self, mut take: impl FnMut(&CountRow<'_>) -> Result<(), E>) -> Result<(), E> {
        // The rows of a layer are in the order of the documents, of which some lack the layer.
        let layers = self.counts.layers().map(|layer| (layer, layer.layer().to_string(), 0));
        let mut layers: Vec<(&LayerCounts, String, u32)> = layers.collect();
        for (number, document) in (0..).zip(self.counts.documents()) {
            let facts = (self.facts)(&document.id);
            let [answer, golden] = [document.answer, facts.golden].map(|fingerprint| format!("{fingerprint:032x}"));
            let of_document = CountRow {
                document: Cow::Borrowed(&document.id),
                status: Cow::Borrowed(document.status.as_str()),
                answered: document.has_answer,
                answer: Cow::Borrowed(&answer),
                golden: Cow::Borrowed(&golden),
                cluster: facts.cluster.as_deref().map(Cow::Borrowed),
                ..CountRow::default()
            };
            let mut is_alone = true;
            for (layer, name, next) in &mut layers {
                if *next as usize == layer.len() || layer.document(*next) != number {
                    continue;
                }
                let mut row = CountRow {
                    layer: Some(Cow::Borrowed(name)),
                    has_layer: facts.layers.contains(layer.layer()),
                    gold: layer.gold(*next),
                    ..of_document.clone()
                };
                for (key, statistic) in sums(layer, *next) {
                    row.metric = Some(Cow::Borrowed(&key.metric));
                    row.cutoff = key.at;
                    row.label = key.label.as_deref().map(Cow::Borrowed);
                    row.set(&statistic);
                    take(&row)?;
                    is_alone = false;
                }
                *next += 1;
            }
            if is_alone {
                take(&of_document)?;
            }
        }
        Ok(())
    }
}

/// Returns the sums of a row of a layer, in the order of their keys.
fn sums(layer: &LayerCounts, row: u32) -> Vec<(&StatisticKey, Statistic)> {
    let mut sums = Vec::new();
    layer.sums(row, |key, statistic| sums.push((&layer.keys()[key as usize], statistic.into_owned())));
    sums.sort_by_key(|(key, _)| *key);
    sums
}
