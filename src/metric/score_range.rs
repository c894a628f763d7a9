//! The values that a figure can have, which determine the scale of its confidence interval.

use serde::{Deserialize, Serialize};

/// The values that a figure can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScoreRange {
    /// From 0 to 1.
    Unit,
    /// 0 or more, without an upper bound.
    NotNegative,
    /// Any number.
    Any,
}
