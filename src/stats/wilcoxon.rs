//! Wilcoxon's signed-rank test (1945).

use super::correlation::ranks;
use super::normal::normal_tail;

/// Largest number of differences, without ties and zeros, for which p-values are exact.
const EXACT: usize = 50;
/// Largest number of differences, with ties or zeros, for which p-values are exact.
const EXACT_WITH_TIES: usize = 13;

/// The result of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// The smaller of the sums of ranks of positive and of negative differences.
    pub statistic: f64,
    /// The two-sided p-value.
    pub p: f64,
    /// Whether the p-value is exact, from all possible signs of the differences, or from the normal
    /// approximation.
    pub exact: bool,
}

/// Tests whether paired `differences` are symmetric around 0. Zeros are left out; ties get their
/// mean rank.
///
/// The p-value is exact for at most 50 differences without ties and zeros and for at most 13 with
/// them, as in scipy 1.17. Otherwise it comes from the normal approximation, with the variance
/// corrected for ties and without a continuity correction. Differences that are equal up to
/// rounding do not count as ties unless [`settle`](super::correlation::settle) is applied first. If
/// all are 0, `p` is 1.
///
/// `None` if there are no differences or one is not finite.
pub fn wilcoxon(differences: &[f64]) -> Option<Wilcoxon> {
    if differences.is_empty() || differences.iter().any(|d| !d.is_finite()) {
        return None;
    }
    let signed: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let mut sizes: Vec<f64> = signed.iter().map(|d| d.abs()).collect();
    let ranks = ranks(&sizes);
    let positive: f64 = ranks.iter().zip(&signed).filter(|(_, d)| **d > 0.0).map(|(rank, _)| rank).sum();
    let n = signed.len() as f64;
    let all = n * (n + 1.0) / 2.0;
    sizes.sort_unstable_by(f64::total_cmp);
    let ties: Vec<usize> = sizes.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    let plain = ties.len() == differences.len();
    let exact = signed.is_empty() || differences.len() <= if plain { EXACT } else { EXACT_WITH_TIES };
    let p = if exact { by_signs(&ranks, positive) } else { by_normal(n, &ties, positive - all / 2.0) };
    Some(Wilcoxon { statistic: positive.min(all - positive), p, exact })
}

/// Twice the proportion of sign assignments whose sum of positive ranks is at least as extreme, on
/// the nearer side.
fn by_signs(ranks: &[f64], positive: f64) -> f64 {
    // Ranks are multiples of a half. For up to 50 of them, the counts stay below 2^53 and are
    // exact.
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank) as usize).collect();
    let mut ways = vec![0.0; doubled.iter().sum::<usize>() + 1];
    ways[0] = 1.0;
    let mut most = 0;
    for rank in doubled {
        most += rank;
        for sum in (rank..=most).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let at = (2.0 * positive) as usize;
    let count = |sums: &[f64]| sums.iter().sum::<f64>();
    let fewer = count(&ways[..=at]).min(count(&ways[at..]));
    (2.0 * fewer / 2.0_f64.powi(ranks.len() as i32)).min(1.0)
}

fn by_normal(n: f64, ties: &[usize], off: f64) -> f64 {
    let tied: f64 = ties.iter().map(|count| *count as f64).map(|count| count * (count * count - 1.0)).sum();
    let variance = (n * (n + 1.0) * (2.0 * n + 1.0) - tied / 2.0) / 24.0;
    2.0 * normal_tail(off.abs() / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::wilcoxon;

    fn assert_test(differences: &[f64], statistic: f64, p: f64, exact: bool) {
        let found = wilcoxon(differences).unwrap();
        assert!((found.p - p).abs() < 1e-12, "{found:?}");
        assert_eq!((found.statistic, found.exact), (statistic, exact), "{differences:?}");
    }

    /// Reference values of scipy 1.17.1 (`stats.wilcoxon(d, zero_method="wilcox", correction=False,
    /// method="auto")`).
    #[test]
    fn as_scipy_has_it() {
        let darwin = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75].map(f64::from);
        assert_test(&darwin, 24.0, 0.041_259_765_625, true);
        assert_test(&[1.0, -2.0, 2.0, 3.0, 0.0, -1.0], 5.0, 0.6875, true);
        assert_test(&[0.5], 0.0, 1.0, true);
        let tied: Vec<f64> = (0..20).map(|i| f64::from(i % 7) - 2.5).collect();
        assert_test(&tied, 85.5, 0.462_459_208_958_931_2, false);
        let many: Vec<f64> = (0..60).map(|i| f64::from(i) - 20.25).collect();
        assert_test(&many, 441.0, 0.000_484_106_470_956_720_1, false);
        assert_test(&[0.0; 3], 0.0, 1.0, true);
    }

    /// Here scipy returns NaN.
    #[test]
    fn many_that_are_all_zero_do_not_differ() {
        assert_test(&[0.0; 60], 0.0, 1.0, true);
    }

    #[test]
    fn undefined_where_there_is_nothing_or_no_number() {
        assert_eq!(wilcoxon(&[]), None);
        assert_eq!(wilcoxon(&[1.0, f64::NAN]), None);
    }

    proptest! {
        #[test]
        fn swapping_the_systems_changes_nothing(differences in prop::collection::vec(-9_i32..9, 1..80)) {
            let one: Vec<f64> = differences.iter().map(|d| f64::from(*d)).collect();
            let other: Vec<f64> = one.iter().map(|d| -d).collect();
            let (one, other) = (wilcoxon(&one).unwrap(), wilcoxon(&other).unwrap());
            prop_assert_eq!((one.statistic, one.exact), (other.statistic, other.exact));
            prop_assert!((one.p - other.p).abs() < 1e-12 && (0.0..=1.0).contains(&one.p));
        }
    }
}
