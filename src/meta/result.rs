//! The results of a meta-evaluation.

use super::join::Numbers;
use super::level::{Correlated, Level};
use super::permutation::Permuted;
use crate::stats::correlation::Coefficient;
use crate::stats::{Interval, Williams};

/// Agreement of metrics with the ratings of one dimension.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// Name of the dimension.
    pub name: String,
    /// Sizes of the sample.
    pub numbers: Numbers,
    /// The correlations of every metric, at every level, by every coefficient.
    pub figures: Vec<MetricCorrelation>,
    /// The tests of pairs of metrics, at every level, by every coefficient.
    pub comparisons: Vec<MetricComparison>,
}

/// Agreement of one metric with the ratings.
#[derive(Debug, Clone)]
pub struct MetricCorrelation {
    /// Name of the metric.
    pub metric: String,
    /// The level of aggregation.
    pub level: Level,
    /// The correlation coefficient.
    pub coefficient: Coefficient,
    /// The correlation.
    pub correlated: Correlated,
    /// Its bootstrap interval; `None` if fewer than half of the resamples are defined.
    pub interval: Option<Interval>,
    /// Number of resamples in which the correlation is undefined.
    pub resamples_undefined: u32,
}

/// The comparison of two metrics.
#[derive(Debug, Clone)]
pub struct MetricComparison {
    /// Name of the first metric.
    pub first: String,
    /// Name of the second metric.
    pub second: String,
    /// The level of aggregation.
    pub level: Level,
    /// The correlation coefficient.
    pub coefficient: Coefficient,
    /// The first metric's correlation minus the second's.
    pub difference: Option<f64>,
    /// Its bootstrap interval, from the same resamples as the figures.
    pub interval: Option<Interval>,
    /// The correlation of the two metrics with each other.
    pub between: Option<f64>,
    /// The result of Williams' test.
    pub williams: Option<Williams>,
    /// Its two-sided p-value after Holm's correction over all tested pairs.
    pub williams_holm: Option<f64>,
    /// The result of the permutation test.
    pub permuted: Option<Permuted>,
    /// Its two-sided p-value after Holm's correction over all tested pairs.
    pub permuted_holm: Option<f64>,
}
