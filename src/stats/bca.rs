//! The bias-corrected and accelerated (BCa) bootstrap interval (Efron 1987).

use super::Interval;
use super::normal::{normal_quantile, normal_tail};
use super::percentile::sorted_quantile;

/// Tolerance for rounding, relative to the estimate or to 1, whichever is larger.
const ROUNDING: f64 = 1e-12;

/// The BCa interval of an `estimate` from its values over resamples, which are sorted in place, and
/// from its values `without` each cluster, as in scipy's `bootstrap(method="BCa")`. Resamples equal
/// to the estimate count half for the bias. The acceleration is a sixth of the skewness of the
/// jackknife values over the square root of their number (0 if they vary only by rounding).
/// Percentiles are interpolated linearly. All numbers must be finite.
///
/// `None` if the resampled values vary only by rounding, from which no error can be estimated; if
/// the estimate is outside all of them or the jackknife values are so skewed that a corrected
/// percentile is undefined; or if both bounds coincide. An interval therefore always has a positive
/// width.
pub fn bca(estimate: f64, resampled: &mut [f64], without: &[f64], confidence: f64) -> Option<Interval> {
    resampled.sort_unstable_by(f64::total_cmp);
    let rounding = ROUNDING * estimate.abs().max(1.0);
    if resampled.last()? - resampled.first()? <= rounding {
        return None;
    }
    let below = resampled.partition_point(|value| *value < estimate);
    let up_to = resampled.partition_point(|value| *value <= estimate);
    if up_to == 0 || below == resampled.len() {
        return None;
    }
    let bias = normal_quantile((below + up_to) as f64 / (2 * resampled.len()) as f64);
    let acceleration = acceleration(without, rounding);
    let end = |tail: f64| {
        let shifted = bias + normal_quantile(tail);
        let range = 1.0 - acceleration * shifted;
        (range > 0.0).then(|| sorted_quantile(resampled, normal_tail(-bias - shifted / range)))
    };
    let tail = (1.0 - confidence) / 2.0;
    let (low, high) = (end(tail)?, end(1.0 - tail)?);
    (high - low > rounding).then_some(Interval { low, high })
}

fn acceleration(without: &[f64], rounding: f64) -> f64 {
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let moment = |power: i32| without.iter().map(|value| (mean - value).powi(power)).sum::<f64>();
    let size = moment(2).sqrt();
    if size > rounding { moment(3) / size.powi(3) / 6.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::bca;

    const HITS: [f64; 6] = [3.0, 5.0, 2.0, 8.0, 6.0, 1.0];
    const ALL: [f64; 6] = [4.0, 6.0, 5.0, 9.0, 6.0, 4.0];

    /// Reference values of scipy 1.17.1: `stats.bootstrap((hits, all), ratio, n_resamples=0,
    /// bootstrap_result=given, paired=True, method="BCa")`, which takes the resampled values from
    /// `given`.
    #[test]
    fn as_scipy_has_it() {
        let without: Vec<f64> = HITS.iter().zip(ALL).map(|(n, d)| (25.0 - n) / (34.0 - d)).collect();
        let mut resampled: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101) / 101.0 * 0.5 + 0.45).collect();
        let printed = [
            (0.9, 0.496_942_356_545_999_5, 0.932_619_035_225_313_8),
            (0.95, 0.474_650_396_290_924_04, 0.939_010_624_827_125_8),
        ];
        for (confidence, low, high) in printed {
            let found = bca(25.0 / 34.0, &mut resampled, &without, confidence).unwrap();
            assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn never_of_zero_width() {
        let without = [0.4, 0.5, 0.6];
        assert_eq!(bca(0.5, &mut [0.5; 100], &without, 0.95), None);
        assert_eq!(bca(0.5, &mut [0.5, 0.5 + 1e-16, 0.5 - 1e-16], &without, 0.95), None);
        assert_eq!(bca(0.5, &mut [], &without, 0.95), None);
        // One of a thousand values differs, outside both percentiles.
        let mut resampled = vec![0.5; 1_000];
        resampled[0] = 0.6;
        assert_eq!(bca(0.5, &mut resampled, &without, 0.5), None);
    }

    #[test]
    fn an_estimate_outside_all_resamples_has_no_correction() {
        assert_eq!(bca(0.9, &mut [0.4, 0.5], &[0.4, 0.5, 0.6], 0.95), None);
        assert_eq!(bca(0.1, &mut [0.4, 0.5], &[0.4, 0.5, 0.6], 0.95), None);
    }

    /// Without bias and skewness, BCa equals the percentile interval.
    #[test]
    fn what_is_symmetric_is_not_corrected() {
        let mut resampled: Vec<f64> = (0..=100).map(f64::from).collect();
        for without in [&[49.0, 50.0, 51.0], &[50.0; 3]] {
            let found = bca(50.0, &mut resampled, without, 0.9).unwrap();
            assert!((found.low - 5.0).abs() < 1e-9 && (found.high - 95.0).abs() < 1e-9, "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn the_opposite_has_the_opposite_ends(
            mut resampled in prop::collection::vec(0.0..1.0_f64, 2..60),
            without in prop::collection::vec(0.0..1.0_f64, 2..20),
            estimate in 0.0..1.0_f64,
        ) {
            let mut opposite: Vec<f64> = resampled.iter().map(|value| -value).collect();
            let away: Vec<f64> = without.iter().map(|value| -value).collect();
            match (bca(estimate, &mut resampled, &without, 0.9), bca(-estimate, &mut opposite, &away, 0.9)) {
                (Some(one), Some(other)) => {
                    prop_assert!(one.low < one.high);
                    prop_assert!((one.low + other.high).abs() < 1e-9 && (one.high + other.low).abs() < 1e-9);
                }
                (one, other) => prop_assert!(one.is_none() && other.is_none()),
            }
        }
    }
}
