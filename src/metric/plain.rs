//! Counting documents of nothing but plain spans, without annotations being built for it: what makes large files fast.
//!
//! The figures are those of [`super::Family::sum`], to the bit.

use super::Slot;
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
