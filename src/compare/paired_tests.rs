//! Wilcoxon and sign tests on the per-cluster differences of a figure. They test those differences
//! rather than the difference of the figure over all documents, which [`super::randomisation`]
//! tests.

use super::Test;
use super::pairs::Pairs;
use crate::metric::MetricName;
use crate::parallel;
use crate::stats::correlation::settle;
use crate::stats::{sign_test, wilcoxon};

/// Returns the two-sided p-values of figures. Clusters in which either value is undefined are left
/// out.
pub(super) fn p_values(pairs: &Pairs<'_>, names: &[&MetricName], test: Test) -> Vec<Option<f64>> {
    let values = |cluster: usize| -> Vec<Option<(f64, f64)>> {
        let [base, candidate] = pairs.sides.each_ref().map(|side| side.statistics(cluster, |_| true));
        let value =
            |name: &&MetricName| Some((pairs.formulas.value(&base, name)?, pairs.formulas.value(&candidate, name)?));
        names.iter().map(value).collect()
    };
    let clusters: Vec<Vec<Option<(f64, f64)>>> = parallel::map(0..pairs.clusters(), values);
    let of_figure = |at: usize| p_value(&clusters.iter().filter_map(|cluster| cluster[at]).collect::<Vec<_>>(), test);
    parallel::map(0..names.len(), of_figure)
}

fn p_value(both: &[(f64, f64)], test: Test) -> Option<f64> {
    let most = both.iter().map(|(one, other)| one.abs().max(other.abs())).fold(0.0, f64::max);
    // Differences that are equal up to rounding count as ties, whatever their sign.
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
