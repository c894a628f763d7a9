//! The value of a pair: the levels of the alignment's objective, compared in order.

use std::ops::{Add, AddAssign, Sub};

use super::LabelledSpan;

/// The objective of the alignment, most important level first. [`super::align`] optimises the first
/// level before any search; if gold items have alternatives, the search optimises it with the
/// others.
///
/// Gains add up over pairs and compare lexicographically. They form an ordered group, which is all
/// that shortest augmenting paths and dynamic programming need. They are integers, so nothing is
/// rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gain {
    /// Number of pairs with the same boundaries and label.
    pub identical: i64,
    /// Number of pairs with the same boundaries.
    pub exact: i64,
    /// Number of overlapping pairs with the same label.
    pub same_label: i64,
    /// Number of overlapping pairs.
    pub overlapping: i64,
    /// Number of shared code points.
    pub shared: i64,
}

impl Gain {
    pub const ZERO: Self = Self { identical: 0, exact: 0, same_label: 0, overlapping: 0, shared: 0 };
}

impl Gain {
    /// The gain of a pair; `None` if the two share no code point.
    pub fn of(gold: &LabelledSpan, predicted: &LabelledSpan) -> Option<Self> {
        let shared = i64::try_from(gold.shared(predicted)).unwrap_or(i64::MAX);
        let (exact, same_label) = (gold.same_span(predicted), gold.label == predicted.label);
        (shared > 0).then(|| Self {
            identical: i64::from(exact && same_label),
            exact: i64::from(exact),
            same_label: i64::from(same_label),
            overlapping: 1,
            shared,
        })
    }
}

impl Add for Gain {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            identical: self.identical + other.identical,
            exact: self.exact + other.exact,
            same_label: self.same_label + other.same_label,
            overlapping: self.overlapping + other.overlapping,
            shared: self.shared + other.shared,
        }
    }
}

impl AddAssign for Gain {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Gain {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            identical: self.identical - other.identical,
            exact: self.exact - other.exact,
            same_label: self.same_label - other.same_label,
            overlapping: self.overlapping - other.overlapping,
            shared: self.shared - other.shared,
        }
    }
}
