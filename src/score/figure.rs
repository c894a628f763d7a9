//! Scores as reports show them.

use std::collections::BTreeMap;

use super::Status;
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::summary::Ngram;
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
    /// Every figure of the layer over this document alone.
    pub figures: Vec<(MetricName, Option<f64>)>,
    /// What became of every item.
    pub items: Vec<Item>,
    /// The numbers, dates and names of a summary whose source is known.
    pub facts: Vec<Fact>,
    /// Telling words and pairs of words of a summary.
    pub ngrams: Vec<Ngram>,
}

/// One layer's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerScores {
    /// The layer.
    pub layer: Layer,
    /// Whole-layer figures, averages and labels, metric by metric.
    pub figures: Vec<Figure>,
    /// By document id.
    pub documents: BTreeMap<String, DocumentScores>,
    /// The predictions by confidence, where they carry one.
    pub ranking: Option<Ranked>,
    /// What a reader should know before believing the figures, with the document it concerns.
    pub warnings: Vec<String>,
}

impl LayerScores {
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
