//! Several systems that are compared with the same baseline.

use std::collections::BTreeSet;

use super::Comparison;
use super::comparison::verdict;
use crate::stats::holm;

/// The p-values that are adjusted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolmFamily {
    /// The number of systems that are compared with the baseline.
    pub systems: usize,
    /// The number of deciding metrics that have a p-value.
    pub metrics: usize,
    /// The number of p-values: one for each system and metric that have one.
    pub p_values: usize,
}

/// Adjusts the p-values of the deciding metrics by Holm over all comparisons of systems with the
/// same baseline, as one family, and derives the verdicts again. The other figures keep the
/// adjustment within their own comparison, since they do not decide.
pub fn adjust_over_systems<'c>(comparisons: impl IntoIterator<Item = &'c mut Comparison>) -> HolmFamily {
    let mut comparisons: Vec<&mut Comparison> = comparisons.into_iter().collect();
    let systems = comparisons.len();
    let mut family = Vec::new();
    for comparison in &mut comparisons {
        let is_identical = comparison.is_identical;
        let figures = comparison.layers.iter_mut().flat_map(|layer| &mut layer.figures);
        let tested = figures.filter(|figure| figure.decides && figure.p.is_some());
        family.extend(tested.map(|figure| (figure, is_identical)));
    }
    let p: Vec<f64> = family.iter().filter_map(|(figure, _)| figure.p).collect();
    let metrics: BTreeSet<String> = family.iter().map(|(figure, _)| figure.name.to_string()).collect();
    for ((figure, is_identical), adjusted) in family.iter_mut().zip(holm(&p)) {
        figure.p_adjusted = Some(adjusted);
        figure.verdict = verdict(figure, *is_identical);
    }
    HolmFamily { systems, metrics: metrics.len(), p_values: p.len() }
}
