//! What to compute.

use super::level::Level;
use super::sample::Over;
use crate::stats::correlation::Coefficient;

/// Which metrics are tested against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compare {
    /// All pairs, unless there are too many metrics for anyone to have meant that.
    Unasked,
    /// All pairs.
    All,
    /// None.
    Nothing,
    /// These pairs, the first of each against the second.
    Pairs(Vec<(String, String)>),
}

/// What to compute, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The levels.
    pub levels: Vec<Level>,
    /// The coefficients.
    pub coefficients: Vec<Coefficient>,
    /// What the intervals draw anew.
    pub bootstrap: Over,
    /// How many resamples; without any, there are no intervals.
    pub resamples: u32,
    /// What the intervals hold with, between 0 and 1.
    pub confidence: f64,
    /// What the permutation test exchanges.
    pub permute: Over,
    /// How many permutations; without any, there is no such test.
    pub permutations: u32,
    /// What random numbers depend on.
    pub seed: u64,
    /// Which metrics are tested against each other.
    pub compare: Compare,
}

impl Default for Settings {
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
