//! Percentile intervals of a bootstrap (Efron 1979).

use super::Interval;

/// The central interval of resampled values: their percentiles at both ends, with linear interpolation between neighbours (as
/// numpy's default; Hyndman and Fan's type 7). The values are sorted. `None` for none.
pub fn percentile(values: &mut [f64], confidence: f64) -> Option<Interval> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let low = (place.floor() as usize).min(last);
        values[low] + (place - low as f64) * (values[(low + 1).min(last)] - values[low])
    };
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { low: at(tail), high: at(1.0 - tail) })
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
