//! Scores as reports present them: figures by layer, and the results of single documents.

use std::collections::{BTreeMap, BTreeSet};

use super::{Examples, ItemCounts, Status};
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::{Counts, Item, MetricName, Signature, signature};
use crate::stats::confidence::Ranking;
use crate::stats::{Interval, Spread};
use crate::withheld;

/// One figure over all documents.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// The name of the figure.
    pub name: MetricName,
    /// The value, 0 to 1 except for amounts such as lengths and for figures in percent; `None` if
    /// it is undefined (a denominator of zero).
    pub value: Option<f64>,
    /// The confidence interval of the value, clustered; `None` below two clusters.
    pub interval: Option<Interval>,
    /// The residuals of the value by cluster, of the clusters that have the figure; `None` for
    /// figures that are no sum over documents.
    pub spread: Option<Spread>,
    /// The value over the answered documents alone.
    pub answered: Option<f64>,
    /// The number of gold items of the layer; for a per-label figure, of the label.
    pub gold: u64,
    /// The number of predictions, if the metric has a precision.
    pub predicted: Option<u64>,
    /// The outcome counts, if the metric counts items.
    pub counts: Option<Counts>,
    /// The number of fields that are empty in both gold and prediction, if the metric counts them.
    pub absent: Option<u64>,
    /// The number of labels left out of an average because their figure is undefined.
    pub undefined: u32,
    /// The number of scored documents.
    pub documents: u32,
    /// The number of answered documents among them.
    pub documents_answered: u32,
    /// The metric signature: which settings and versions the figure was computed with.
    pub signature: Signature,
}

/// The results of one document in a layer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DocumentScores {
    /// The status of the answer.
    pub status: Status,
    /// The error message, if it was not answered.
    pub message: Option<String>,
    /// The number of gold items of the layer.
    pub gold: u64,
    /// The figures of this document, in the order of [`LayerScores::document_metrics`].
    pub values: Vec<Option<f64>>,
    /// The outcome of every item; empty if a sink received the items.
    pub items: Vec<Item>,
    /// The numbers, dates and names of a summary whose source text is known.
    pub facts: Vec<Fact>,
}

/// The scores of one layer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayerScores {
    /// The layer.
    pub layer: Layer,
    /// The name of the headline figure: the one shown if only one is shown.
    pub headline: Option<MetricName>,
    /// The figures, metric by metric: the whole layer, its averages, then label by label.
    pub figures: Vec<Figure>,
    /// The names of the figures that single documents have.
    pub document_metrics: Vec<MetricName>,
    /// The results by document id, if single documents are kept.
    pub documents: BTreeMap<String, DocumentScores>,
    /// The number of items by outcome, if items are counted.
    pub items: ItemCounts,
    /// The selected examples, if examples are requested.
    pub examples: Examples,
    /// The predictions ranked by confidence, if they have confidences.
    pub ranking: Option<RankedPredictions>,
    /// Warnings about the reliability of the figures, with the documents that they concern.
    pub warnings: Vec<String>,
}

impl LayerScores {
    /// Returns the figures of one document with their names.
    pub fn in_document<'a>(
        &'a self,
        document: &'a DocumentScores,
    ) -> impl Iterator<Item = (&'a MetricName, Option<f64>)> {
        self.document_metrics.iter().zip(document.values.iter().copied())
    }

    /// Keeps only the figures whose names satisfy `is_wanted`.
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

    /// Returns whether no figure has an interval because all documents form a single cluster.
    pub fn is_alone(&self) -> bool {
        let mut defined = self.figures.iter().filter(|figure| figure.value.is_some()).peekable();
        defined.peek().is_some_and(|figure| figure.documents > 0) && defined.all(|figure| figure.interval.is_none())
    }
}

/// The predictions of a layer ranked by confidence, over all documents.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedPredictions {
    /// The correct and wrong predictions, and the number of gold items.
    pub ranking: Ranking,
    /// The number of bins of the calibration error.
    pub bins: u32,
}

/// The scores of one extractor on one dataset.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Scores {
    /// The layers, in report order.
    pub layers: Vec<LayerScores>,
    /// The number of documents by status.
    pub statuses: BTreeMap<Status, u64>,
    /// The documents that were not answered, with status and message.
    pub ends: BTreeMap<String, (Status, Option<String>)>,
    /// The documents that were answered with an empty summary although their golden file has one.
    pub empty_summaries: BTreeSet<String>,
    /// The other documents that were answered without any layer, and count as empty.
    pub without_layers: BTreeSet<String>,
    /// What the readers of the files assumed and left out, one sentence each. Empty for records in
    /// memory; the command line prints such notes instead.
    pub notes: Vec<String>,
}

impl Scores {
    /// Iterates over all figures of all layers.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.layers.iter().flat_map(|layer| &layer.figures)
    }

    /// Removes the texts of items, facts and examples, and what may quote texts in messages and
    /// warnings.
    pub fn withhold_texts(&mut self) {
        for (_, message) in self.ends.values_mut() {
            *message = message.as_deref().map(withheld::failure);
        }
        for layer in &mut self.layers {
            for document in layer.documents.values_mut() {
                document.message = document.message.as_deref().map(withheld::failure);
                document.items.iter_mut().for_each(Item::withhold_texts);
                document.facts.iter_mut().for_each(Fact::withhold_texts);
            }
            layer.examples.withhold_texts();
            layer.warnings.iter_mut().for_each(|warning| *warning = withheld::warning(warning));
        }
        self.notes.iter_mut().for_each(|note| *note = withheld::quotations(note, &|_| false));
    }

    /// Returns the level of the intervals in percent: 95, unless the signatures of the figures name
    /// the level that another tool uses.
    pub fn level(&self) -> &str {
        self.figures().find_map(|figure| figure.signature.get(signature::LEVEL)).unwrap_or("95")
    }
}
