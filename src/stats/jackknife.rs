//! Jackknife intervals, for statistics that are not linear in the documents.

use super::interval::quantile;
use super::{Interval, Spread};

/// The delete-one jackknife interval (Tukey 1958) from the estimates `without` each document: t
/// with G - 1 degrees of freedom, truncated to the `range` of the statistic. `None` for fewer than
/// two documents, or if leaving out any of them changes the estimate only by rounding.
pub fn jackknife(estimate: f64, without: &[f64], range: (f64, f64), confidence: f64) -> Option<Interval> {
    of_groups(estimate, without.iter().map(|value| (*value, 1)), range, confidence)
}

/// The spread whose standard error is that of the delete-one jackknife from the estimates `without`
/// each document.
pub fn jackknife_spread(without: &[f64]) -> Spread {
    let clusters = without.len() as f64;
    let mean = without.iter().sum::<f64>() / clusters;
    let residual = |value: &f64| (clusters - 1.0) / clusters * (value - mean);
    Spread { clusters: without.len(), squares: without.iter().map(|value| residual(value).powi(2)).sum() }
}

/// The delete-one jackknife interval (see [`jackknife`]) from estimates that each stand for a
/// number of documents with the same value.
pub fn jackknife_of_groups(
    estimate: f64,
    without: &[(f64, u64)],
    range: (f64, f64),
    confidence: f64,
) -> Option<Interval> {
    of_groups(estimate, without.iter().copied(), range, confidence)
}

fn of_groups(
    estimate: f64,
    without: impl Iterator<Item = (f64, u64)> + Clone,
    (least, most): (f64, f64),
    confidence: f64,
) -> Option<Interval> {
    let documents = without.clone().map(|(_, documents)| documents as usize).sum::<usize>();
    if documents < 2 {
        return None;
    }
    let clusters = documents as f64;
    let mean = without.clone().map(|(value, documents)| documents as f64 * value).sum::<f64>() / clusters;
    let sum: f64 = without.map(|(value, documents)| documents as f64 * (value - mean).powi(2)).sum();
    let error = ((clusters - 1.0) / clusters * sum).sqrt();
    if error <= 1e-12 * estimate.abs().max(1.0) {
        return None;
    }
    let reach = quantile(documents, confidence) * error;
    Some(Interval { low: (estimate - reach).clamp(least, most), high: (estimate + reach).clamp(least, most) })
}

#[cfg(test)]
mod tests {
    use super::{jackknife, jackknife_of_groups, jackknife_spread};
    use crate::stats::mean_t;

    /// For a mean, the jackknife interval is the t interval.
    #[test]
    fn of_a_mean_it_is_the_t_interval() {
        let values = [0.4, 0.5, 0.6, 0.55];
        let mean = 0.5125;
        let without: Vec<f64> = values.iter().map(|value| (4.0 * mean - value) / 3.0).collect();
        let residuals = values.map(|value| (value - mean) / 4.0);
        let (one, other) =
            (jackknife(mean, &without, (0.0, 1.0), 0.95).unwrap(), mean_t(mean, &residuals, 0.0, 0.95).unwrap());
        assert!((one.low - other.low).abs() < 1e-12 && (one.high - other.high).abs() < 1e-12);
    }

    /// The interval is truncated to the range of the statistic, and the standard error is not.
    #[test]
    fn the_spread_has_the_error_of_the_whole_interval() {
        let without = [0.97, 0.99, 0.98, 0.94];
        let error = jackknife_spread(&without).standard_error().unwrap();
        let whole = jackknife(0.97, &without, (-9.0, 9.0), 0.95).unwrap();
        let quantile = super::quantile(4, 0.95);
        assert!((error - (whole.high - whole.low) / 2.0 / quantile).abs() < 1e-12, "{error}");
        let truncated = jackknife(0.97, &without, (0.0, 1.0), 0.95).unwrap();
        assert!(truncated.high - truncated.low < whole.high - whole.low);
        assert_eq!(jackknife_spread(&[]).standard_error(), None);
    }

    #[test]
    fn documents_that_change_nothing_have_no_interval() {
        assert_eq!(jackknife(0.5, &[0.5, 0.5], (0.0, 1.0), 0.95), None);
        assert_eq!(jackknife(0.5, &[0.5], (0.0, 1.0), 0.95), None);
        assert_eq!(jackknife(100.0, &[100.000_000_000_000_04, 100.0], (0.0, 100.0), 0.95), None);
    }

    #[test]
    fn a_group_counts_as_often_as_it_has_documents() {
        let range = (-1.0, 1.0);
        let one_by_one = jackknife(0.5, &[0.4, 0.4, 0.4, 0.6, 0.7], range, 0.95).unwrap();
        let grouped = jackknife_of_groups(0.5, &[(0.6, 1), (0.4, 3), (0.7, 1)], range, 0.95).unwrap();
        assert!((one_by_one.low - grouped.low).abs() < 1e-12 && (one_by_one.high - grouped.high).abs() < 1e-12);
        assert_eq!(jackknife_of_groups(0.5, &[(0.4, 9)], range, 0.95), None);
    }
}
