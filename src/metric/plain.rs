//! Counting documents of nothing but plain spans, without annotations being built for it: what makes large files fast.
//!
//! The figures are those of [`super::Family::sum`], to the bit.

use super::{Class, Slot};
use crate::align::Item;

/// Sums of one document, by the number of the metric in [`super::Family::metrics`] and the number of the label.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlainTally {
    /// The whole layer, metric by metric.
    pub wholes: Vec<Slot>,
    /// Metric by metric, ascending labels.
    pub labels: Vec<(usize, u32, Slot)>,
}

/// Sums one document into a tally, which is emptied first. Items come in the order of the file, their labels are numbered
/// in sorted order, and none has fragments.
pub type PlainSum = fn(gold: &[Item], predicted: &[Item], tally: &mut PlainTally);

/// What became of a gold item, or of a prediction that answers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainOutcome {
    /// What became of it.
    pub class: Class,
    /// Whether it is a gold item; otherwise a prediction.
    pub is_gold: bool,
    /// Its index among the gold items, or among the predictions.
    pub item: usize,
}

/// Lists what became of the items of one document, in the order of their spans, into a list that is emptied first. Items are
/// as for [`PlainSum`].
pub type PlainOutcomes = fn(gold: &[Item], predicted: &[Item], outcomes: &mut Vec<PlainOutcome>);
