//! Tests of the differences that a figure has by cluster, instead of the figure's own.

use super::Test;
use super::pairs::Pair;
use crate::metric::MetricName;
use crate::score::Formulas;
use crate::stats::correlation::settle;
use crate::stats::{sign_test, wilcoxon};

/// The two-sided p-value of a figure; clusters in which a side is undefined say nothing.
pub(super) fn p_value(formulas: Formulas<'_>, pairs: &[Pair], name: &MetricName, test: Test) -> Option<f64> {
    let both = |pair: &Pair| Some((formulas.value(&pair.base, name)?, formulas.value(&pair.candidate, name)?));
    let both: Vec<(f64, f64)> = pairs.iter().filter_map(both).collect();
    let most = both.iter().map(|(one, other)| one.abs().max(other.abs())).fold(0.0, f64::max);
    // Differences that are equal but for rounding are ties, on either side of 0.
    let mut sizes: Vec<f64> = both.iter().map(|(one, other)| (other - one).abs()).chain([0.0]).collect();
    settle(&mut sizes, most);
    let signed = |((one, other), size): (&(f64, f64), &f64)| if other < one { -size } else { *size };
    let differences: Vec<f64> = both.iter().zip(&sizes).map(signed).collect();
    match test {
        Test::Wilcoxon => wilcoxon(&differences).map(|found| found.p),
        _ => {
            let count = |wins: fn(&f64) -> bool| differences.iter().filter(|value| wins(value)).count() as u64;
            (!differences.is_empty()).then(|| sign_test(count(|value| *value > 0.0), count(|value| *value < 0.0)))
        }
    }
}
