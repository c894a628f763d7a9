//! Formats numbers in reports, with the same digits on every machine.

use crate::decimals::decimals;
use crate::stats::Interval;

/// Returns six decimals, for CSV, or nothing for an undefined value. Six decimals are more than any
/// corpus supports, and few enough to hide differences between the math libraries of machines.
pub(super) fn six_places(value: Option<f64>) -> String {
    value.map(|value| decimals(value, 6)).unwrap_or_default()
}

/// Returns three decimals, for reports, or a dash for an undefined value.
pub fn three_places(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| decimals(value, 3))
}

/// Returns the bounds of an interval with three decimals, `[0.740, 0.870]`, or a dash if there is
/// none.
pub fn bounds(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |Interval { low, high }| format!("[{}, {}]", decimals(low, 3), decimals(high, 3)),
    )
}

/// Returns a value with its interval: `0.812 [0.74, 0.87]`.
pub(super) fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => {
            format!("{} [{}, {}]", decimals(value, 3), decimals(low, 2), decimals(high, 2))
        }
        _ => three_places(value),
    }
}

/// Returns a value with the wider half of its interval: `0.812 ±.07`, with a no-break space.
pub(super) fn with_half_width(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => {
            let half = decimals((value - low).max(high - value).max(0.0), 2);
            format!("{}\u{a0}±{}", decimals(value, 3), half.strip_prefix('0').unwrap_or(&half))
        }
        _ => three_places(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{six_places, with_half_width, with_interval};
    use crate::stats::Interval;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(six_places(Some(-1e-9)), "0.000000");
        let interval = Interval { low: -0.001, high: 0.25 };
        assert_eq!(with_interval(Some(-1e-9), Some(interval)), "0.000 [0.00, 0.25]");
    }
    #[test]
    fn the_wider_half_of_an_interval_is_shown() {
        let shown = |value, low, high| with_half_width(Some(value), Some(Interval { low, high }));
        assert_eq!(shown(0.8383, 0.81, 0.87), "0.838\u{a0}±.03");
        assert_eq!(shown(1.0, 0.9, 1.0), "1.000\u{a0}±.10");
        assert_eq!(shown(63.482, 58.13, 68.83), "63.482\u{a0}±5.35");
        assert_eq!(with_half_width(Some(0.5), None), "0.500");
        assert_eq!(with_half_width(None, None), "–");
    }
}
