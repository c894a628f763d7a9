//! The rows of the counts of a system.

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
    pub fn each<E>(&self, mut take: impl FnMut(CountRow) -> Result<(), E>) -> Result<(), E> {
        // The rows of a layer are in the order of the documents, of which some lack the layer.
        let mut layers: Vec<(&LayerCounts, u32)> = self.counts.layers().map(|layer| (layer, 0)).collect();
        for (number, document) in (0..).zip(self.counts.documents()) {
            let facts = (self.facts)(&document.id);
            let of_document = CountRow {
                document: document.id.to_string(),
                status: document.status.as_str().to_owned(),
                answered: document.has_answer,
                answer: format!("{:032x}", document.answer),
                golden: format!("{:032x}", facts.golden),
                cluster: facts.cluster.clone(),
                ..CountRow::default()
            };
            let mut is_alone = true;
            for (layer, next) in &mut layers {
                if *next as usize == layer.len() || layer.document(*next) != number {
                    continue;
                }
                let of_layer = CountRow {
                    layer: Some(layer.layer().to_string()),
                    has_layer: facts.layers.contains(layer.layer()),
                    gold: layer.gold(*next),
                    ..of_document.clone()
                };
                for (key, statistic) in sums(layer, *next) {
                    let mut row = CountRow {
                        metric: Some(key.metric.to_string()),
                        cutoff: key.at,
                        label: key.label.as_deref().map(str::to_owned),
                        ..of_layer.clone()
                    };
                    row.set(&statistic);
                    take(row)?;
                    is_alone = false;
                }
                *next += 1;
            }
            if is_alone {
                take(of_document)?;
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
