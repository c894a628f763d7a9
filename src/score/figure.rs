//! Scores as reports show them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Examples, ItemCounts, Status};
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::{Counts, Item, MetricName, Signature, signature};
use crate::stats::Interval;
use crate::stats::confidence::Ranking;

/// One figure over all documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name.
    pub name: MetricName,
    /// 0 to 1, but for amounts such as lengths and for figures in percent; `None` where it is undefined (nothing to divide by).
    pub value: Option<f64>,
    /// The interval of the value, clustered by document; `None` below two documents.
    pub interval: Option<Interval>,
    /// The same over the documents that were answered.
    pub answered: Option<f64>,
    /// Gold items of the layer; under a label, of the label.
    pub gold: u64,
    /// Predictions, where the metric has a precision.
    pub predicted: Option<u64>,
    /// Outcomes, where the metric counts items.
    pub counts: Option<Counts>,
    /// Fields that are rightly empty on both sides, where the metric counts them.
    pub absent: Option<u64>,
    /// Labels left out of an average because their figure is undefined.
    pub undefined: u32,
    /// Documents scored.
    pub documents: u32,
    /// Of these, the answered ones.
    pub documents_answered: u32,
    /// How it was computed.
    pub signature: Signature,
}

/// One document's part in a layer's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentScores {
    /// How it ended.
    pub status: Status,
    /// Why it was not answered.
    pub message: Option<String>,
    /// Gold items of the layer.
    pub gold: u64,
    /// The figures over this document alone, in the order of [`LayerScores::document_metrics`].
    pub values: Vec<Option<f64>>,
    /// What became of every item; empty if a sink took the items.
    pub items: Vec<Item>,
    /// The numbers, dates and names of a summary whose source is known.
    pub facts: Vec<Fact>,
}

/// One layer's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerScores {
    /// The layer.
    pub layer: Layer,
    /// Whole-layer figures, averages and labels, metric by metric.
    pub figures: Vec<Figure>,
    /// The figures that single documents have.
    pub document_metrics: Vec<MetricName>,
    /// By document id, if single documents are kept.
    pub documents: BTreeMap<String, DocumentScores>,
    /// How many items ended in which way, if items are counted.
    pub items: ItemCounts,
    /// What a report shows, if examples are chosen.
    pub examples: Examples,
    /// The predictions by confidence, where they carry one.
    pub ranking: Option<Ranked>,
    /// What a reader should know before believing the figures, with the document it concerns.
    pub warnings: Vec<String>,
}

impl LayerScores {
    /// The figures of one document with their names.
    pub fn in_document<'a>(
        &'a self,
        document: &'a DocumentScores,
    ) -> impl Iterator<Item = (&'a MetricName, Option<f64>)> {
        self.document_metrics.iter().zip(document.values.iter().copied())
    }

    /// Leaves only the figures whose names are wanted.
    pub fn retain(&mut self, is_wanted: impl Fn(&MetricName) -> bool) {
        self.figures.retain(|figure| is_wanted(&figure.name));
        let kept: Vec<bool> = self.document_metrics.iter().map(&is_wanted).collect();
        let mut of_name = kept.iter();
        self.document_metrics.retain(|_| of_name.next().is_some_and(|kept| *kept));
        for document in self.documents.values_mut() {
            let mut of_value = kept.iter();
            document.values.retain(|_| of_value.next().is_some_and(|kept| *kept));
        }
    }

    /// Whether no figure has an interval, because there is but one cluster of documents.
    pub fn is_alone(&self) -> bool {
        let mut defined = self.figures.iter().filter(|figure| figure.value.is_some()).peekable();
        defined.peek().is_some_and(|figure| figure.documents > 0) && defined.all(|figure| figure.interval.is_none())
    }
}

/// A layer's predictions by confidence, over all documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Right and wrong ones, and the gold items.
    pub ranking: Ranking,
    /// Bins of the calibration error.
    pub bins: u32,
}

/// Everything that one extractor scored on one dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// In report order.
    pub layers: Vec<LayerScores>,
    /// How many documents ended how.
    pub statuses: BTreeMap<Status, u64>,
    /// The documents that were not answered, and why.
    pub ends: BTreeMap<String, (Status, Option<String>)>,
    /// The documents that were answered with an empty summary although their golden file has one.
    pub empty_summaries: BTreeSet<String>,
}

impl Scores {
    /// All figures of all layers.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.layers.iter().flat_map(|layer| &layer.figures)
    }

    /// The level of the intervals in percent: 95, unless the figures are another tool's that has its own. Then their
    /// signatures name it.
    pub fn level(&self) -> &str {
        self.figures().find_map(|figure| figure.signature.get(signature::LEVEL)).unwrap_or("95")
    }
}
