//! Sums over the documents of a portion, and their addition.

use std::collections::{BTreeMap, BTreeSet};

use super::accumulator::Accumulator;
use super::counts::SystemCounts;
use super::engine::Engine;
use super::{Examples, ItemCounts, ItemSink, Rendered, Status};
use crate::document::{Layer, LayerSet};
use crate::metric::options::Dropped;
use crate::metric::source::Fact;
use crate::metric::{Item, LayerGroups, Statistic, StatisticKey};

/// The results of some documents after they were counted.
#[derive(Default)]
pub struct Totals {
    pub(super) layers: BTreeMap<Layer, LayerTotals>,
    /// The number of documents by status.
    pub(super) statuses: BTreeMap<Status, u64>,
    /// The documents that were not answered, with status and message.
    pub(super) ends: BTreeMap<String, (Status, Option<String>)>,
    /// The documents that were answered with an empty summary although their golden file has one.
    pub(super) empty_summaries: BTreeSet<String>,
    /// The other documents that were answered without any layer.
    pub(super) without_layers: BTreeSet<String>,
    /// The labels that a label map dropped from the golden files and from the predictions.
    pub(super) dropped: [Dropped; 2],
    /// The sums of every document, if they are kept.
    pub(super) counts: Option<SystemCounts>,
    /// The layers of the golden files and of the predictions.
    pub(super) golden: LayerSet,
    pub(super) predicted: LayerSet,
}

/// The results of one layer of some documents.
#[derive(Default)]
pub(super) struct LayerTotals {
    pub accumulator: Accumulator,
    pub items: ItemCounts,
    pub examples: Examples,
    /// By document.
    pub warnings: Vec<(String, Vec<String>)>,
    /// By document, if single documents are kept.
    pub documents: BTreeMap<String, KeptDocument>,
    /// By document, the rows to pass to the sink.
    pub rendered: Vec<(String, Rendered)>,
}

/// The results of one layer of one document.
pub(super) struct KeptDocument {
    pub status: Status,
    pub message: Option<String>,
    pub gold: u64,
    /// Its sums in the order of their keys, without the spare capacity of a map.
    pub sums: Box<[(StatisticKey, Statistic)]>,
    pub items: Vec<Item>,
    pub facts: Vec<Fact>,
}

impl Totals {
    /// Returns the sums of a layer, and creates them for its first document.
    pub(super) fn layer(&mut self, engine: &Engine<'_>, layer: &Layer, groups: LayerGroups) -> &mut LayerTotals {
        self.layers
            .entry(layer.clone())
            .or_insert_with(|| LayerTotals { accumulator: engine.accumulator(groups), ..LayerTotals::default() })
    }

    /// Adds the sums of documents that come after these. Rendered rows go to the sink.
    pub(super) fn merge(&mut self, other: Self, sink: Option<&dyn ItemSink>) {
        for (layer, mut more) in other.layers {
            if let Some(sink) = sink {
                for (id, rendered) in std::mem::take(&mut more.rendered) {
                    sink.accept(&layer, id, rendered);
                }
            }
            match self.layers.get_mut(&layer) {
                Some(totals) => totals.merge(more),
                None => {
                    self.layers.insert(layer, more);
                }
            }
        }
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.ends.extend(other.ends);
        self.empty_summaries.extend(other.empty_summaries);
        self.without_layers.extend(other.without_layers);
        for (sum, more) in self.dropped.iter_mut().zip(other.dropped) {
            sum.merge(more);
        }
        match (&mut self.counts, other.counts) {
            (Some(counts), Some(more)) => counts.merge(more),
            (counts, more) => *counts = counts.take().or(more),
        }
        self.golden.extend(other.golden);
        self.predicted.extend(other.predicted);
    }
}

impl LayerTotals {
    pub fn merge(&mut self, other: Self) {
        self.accumulator.merge(other.accumulator);
        self.items.merge(other.items);
        self.examples.merge(other.examples);
        self.warnings.extend(other.warnings);
        self.documents.extend(other.documents);
        self.rendered.extend(other.rendered);
    }
}
