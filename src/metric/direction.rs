//! Whether higher or lower values of a figure are better.

use serde::{Deserialize, Serialize};

/// Which values of a figure are better.
///
/// A metric group declares it for each metric ([`MetricGroup::direction`]); statistics that are
/// error rates whatever the metric, such as the fabrication rate, have their own
/// ([`Statistic::direction`]).
///
/// [`MetricGroup::direction`]: super::MetricGroup::direction
/// [`Statistic::direction`]: super::Statistic::direction
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Higher values are better.
    #[default]
    Higher,
    /// Lower values are better: error rates and fabrication rates.
    Lower,
    /// Neither is better: the figure describes the output, such as its length. Comparisons give it
    /// no p-value, and a gate refuses to judge its changes by a margin.
    Descriptive,
}

impl Direction {
    /// Returns whether a fall of the figure is an improvement.
    pub fn is_lower(self) -> bool {
        self == Self::Lower
    }
}
