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

/// The gain of one pair with its prediction, in 16 bytes: a component may have a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// The local index of the prediction.
    pub predicted: u32,
    /// The levels above the shared code points, one bit each, the most important one highest.
    levels: u32,
    shared: u64,
}

impl Edge {
    pub fn new(predicted: usize, gain: Gain) -> Self {
        let levels = [gain.identical, gain.exact, gain.same_label, gain.overlapping];
        let levels = levels.into_iter().fold(0, |bits, level| (bits << 1) | u32::from(level > 0));
        let predicted = u32::try_from(predicted).expect("spans of a document are fewer than offsets");
        Self { predicted, levels, shared: gain.shared.unsigned_abs() }
    }

    pub fn gain(self) -> Gain {
        let level = |bit: u32| i64::from((self.levels >> bit) & 1);
        Gain {
            identical: level(3),
            exact: level(2),
            same_label: level(1),
            overlapping: level(0),
            shared: i64::try_from(self.shared).unwrap_or(i64::MAX),
        }
    }
}

/// The weights of one component: gains as single integers, which compare in the same order as the
/// gains of whole assignments do.
///
/// An assignment has at most as many pairs as the smaller side has items, and shares at most the
/// sum over the gold items of what each can share. Each level is therefore given as many bits as
/// its largest sum has, so that no sum of a lower level outweighs a higher one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Radix {
    bits_of_pairs: u32,
    bits_of_shared: u32,
}

impl Radix {
    /// Returns the weights for a component with this many possible pairs at once, and the edges of
    /// each gold item.
    pub fn new<'e>(pairs: usize, edges: impl IntoIterator<Item = &'e Vec<Edge>>) -> Self {
        let most = |edges: &Vec<Edge>| edges.iter().map(|edge| edge.shared).max().unwrap_or(0);
        let shared = edges.into_iter().map(most).fold(0_u64, u64::saturating_add);
        Self { bits_of_pairs: usize::BITS - pairs.leading_zeros(), bits_of_shared: u64::BITS - shared.leading_zeros() }
    }

    /// Returns the weight of an edge.
    pub fn weight(self, edge: Edge) -> i128 {
        let levels =
            (0..4).rev().fold(0, |sum, bit| (sum << self.bits_of_pairs) | i128::from((edge.levels >> bit) & 1));
        (levels << self.bits_of_shared) | i128::from(edge.shared)
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
