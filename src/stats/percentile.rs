//! The percentile bootstrap interval (Efron 1979).

use super::Interval;

/// The central interval of resampled values at a confidence level, with linear interpolation
/// between neighbours (numpy's default; Hyndman and Fan's type 7). The values are sorted in place.
/// `None` if there are none.
pub fn percentile(values: &mut [f64], confidence: f64) -> Option<Interval> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    (!values.is_empty())
        .then(|| Interval { low: sorted_quantile(values, tail), high: sorted_quantile(values, 1.0 - tail) })
}

/// The quantile of order `share`, 0 to 1, of sorted values, of which there must be at least one.
pub(super) fn sorted_quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let rank = share * last as f64;
    let low = (rank.floor() as usize).min(last);
    sorted[low] + (rank - low as f64) * (sorted[(low + 1).min(last)] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::percentile;

    /// Reference values of numpy 2.4.6 (`percentile`).
    #[test]
    fn as_numpy_has_it() {
        let found = percentile(&mut [4.0, 1.0, 3.0, 2.0, 10.0], 0.9).unwrap();
        assert!((found.low - 1.2).abs() < 1e-12 && (found.high - 8.8).abs() < 1e-12, "{found:?}");
        assert_eq!(percentile(&mut [], 0.95), None);
        let one = percentile(&mut [0.5], 0.95).unwrap();
        assert_eq!((one.low, one.high), (0.5, 0.5));
    }
}
