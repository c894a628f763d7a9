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

/// Returns a value with its interval: `0.812 [0.74, 0.87]`.
pub(super) fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => {
            format!("{} [{}, {}]", decimals(value, 3), decimals(low, 2), decimals(high, 2))
        }
        _ => three_places(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{six_places, with_interval};
    use crate::stats::Interval;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(six_places(Some(-1e-9)), "0.000000");
        let interval = Interval { low: -0.001, high: 0.25 };
        assert_eq!(with_interval(Some(-1e-9), Some(interval)), "0.000 [0.00, 0.25]");
    }
}
