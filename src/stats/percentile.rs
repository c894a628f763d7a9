//! Percentile intervals of a bootstrap (Efron 1979).

use super::Interval;

/// The central interval of resampled values: their percentiles at both ends, with linear interpolation between neighbours (as
/// numpy's default; Hyndman and Fan's type 7). The values are sorted. `None` for none.
pub fn percentile(values: &mut [f64], confidence: f64) -> Option<Interval> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    (!values.is_empty()).then(|| Interval { low: at_share(values, tail), high: at_share(values, 1.0 - tail) })
}

/// The value below which a share of sorted values lies, 0 to 1. There is at least one.
pub(super) fn at_share(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = share * last as f64;
    let low = (place.floor() as usize).min(last);
    sorted[low] + (place - low as f64) * (sorted[(low + 1).min(last)] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::percentile;

    /// Figures printed by numpy 2.4.6 (`percentile`).
    #[test]
    fn as_numpy_has_it() {
        let found = percentile(&mut [4.0, 1.0, 3.0, 2.0, 10.0], 0.9).unwrap();
        assert!((found.low - 1.2).abs() < 1e-12 && (found.high - 8.8).abs() < 1e-12, "{found:?}");
        assert_eq!(percentile(&mut [], 0.95), None);
        let one = percentile(&mut [0.5], 0.95).unwrap();
        assert_eq!((one.low, one.high), (0.5, 0.5));
    }
}
