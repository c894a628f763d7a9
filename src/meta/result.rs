//! What was found.

use super::join::Numbers;
use super::level::{Correlated, Level};
use super::permutation::Permuted;
use crate::stats::correlation::Coefficient;
use crate::stats::{Interval, Williams};

/// How well metrics agree with the ratings of one dimension.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// What the figures rest on.
    pub numbers: Numbers,
    /// The correlations of every metric, at every level, by every coefficient.
    pub figures: Vec<Figure>,
    /// The tests of metrics against each other, likewise.
    pub comparisons: Vec<Comparison>,
}

/// How well one metric agrees with the ratings.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The metric.
    pub metric: String,
    /// What is correlated.
    pub level: Level,
    /// By which coefficient.
    pub coefficient: Coefficient,
    /// The correlation.
    pub correlated: Correlated,
    /// Its interval; `None` where fewer than half of the resamples have one.
    pub interval: Option<Interval>,
    /// How many resamples have none.
    pub resamples_undefined: u32,
}

/// How two metrics compare.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// One metric.
    pub first: String,
    /// The other.
    pub second: String,
    /// What is correlated.
    pub level: Level,
    /// By which coefficient.
    pub coefficient: Coefficient,
    /// The first one's correlation less the second one's.
    pub difference: Option<f64>,
    /// Its interval, from the same resamples.
    pub interval: Option<Interval>,
    /// The correlation of the two with each other.
    pub between: Option<f64>,
    /// Williams' test.
    pub williams: Option<Williams>,
    /// Its two-sided p-value by Holm's correction for all pairs that have one.
    pub williams_holm: Option<f64>,
    /// The permutation test.
    pub permuted: Option<Permuted>,
    /// Its two-sided p-value by Holm's correction.
    pub permuted_holm: Option<f64>,
}
