//! What a pair is worth: the levels of the alignment's objective, compared in order.

use std::ops::{Add, AddAssign, Sub};

/// The objective below "exact span and label" (which [`super::align`] settles before any search), most important first.
/// Gains add up over pairs and compare lexicographically: an ordered group, which is all that shortest augmenting paths
/// and dynamic programming need. No scaled floats, so nothing is ever rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gain {
    /// Pairs with the same boundaries.
    pub exact: i64,
    /// Overlapping pairs with the same label.
    pub same_label: i64,
    /// Overlapping pairs.
    pub overlapping: i64,
    /// Code points shared.
    pub shared: i64,
}

impl Gain {
    pub const ZERO: Self = Self { exact: 0, same_label: 0, overlapping: 0, shared: 0 };
}

impl Add for Gain {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
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
            exact: self.exact - other.exact,
            same_label: self.same_label - other.same_label,
            overlapping: self.overlapping - other.overlapping,
            shared: self.shared - other.shared,
        }
    }
}
