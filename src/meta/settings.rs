//! Settings of a meta-evaluation.

use super::level::Level;
use super::sample::Over;
use crate::stats::correlation::Coefficient;

/// Which pairs of metrics are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compare {
    /// All pairs, or none if there are more than [`MOST_METRICS`](super::MOST_METRICS) metrics.
    Unasked,
    /// All pairs.
    All,
    /// No pairs.
    Nothing,
    /// The given pairs, each first metric against the second.
    Pairs(Vec<(String, String)>),
}

/// Settings of a meta-evaluation.
#[derive(Debug, Clone)]
pub struct MetaSettings {
    /// The levels of aggregation.
    pub levels: Vec<Level>,
    /// The correlation coefficients.
    pub coefficients: Vec<Coefficient>,
    /// The unit that intervals resample.
    pub bootstrap: Over,
    /// Number of bootstrap resamples; 0 disables intervals.
    pub resamples: u32,
    /// Confidence level of the intervals, between 0 and 1.
    pub confidence: f64,
    /// The unit that the permutation test exchanges.
    pub permute: Over,
    /// Number of permutations; 0 disables the permutation test.
    pub permutations: u32,
    /// The random seed.
    pub seed: u64,
    /// Which pairs of metrics are compared.
    pub compare: Compare,
}

impl Default for MetaSettings {
    fn default() -> Self {
        Self {
            levels: Level::ALL.to_vec(),
            coefficients: Coefficient::ALL.to_vec(),
            bootstrap: Over::Both,
            resamples: 1_000,
            confidence: 0.95,
            permute: Over::Both,
            permutations: 1_000,
            seed: 1,
            compare: Compare::Unasked,
        }
    }
}
