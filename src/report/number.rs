//! Numbers in reports: the same digits on every machine.

use crate::stats::Interval;

/// Six decimals for CSV: more than any corpus supports, fewer than any machine's logarithm could differ in.
pub(super) fn six_places(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.6}")).unwrap_or_default()
}

/// Three decimals for people; a dash where there is no value.
pub fn three_places(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// A value and its interval: `0.812 [0.74, 0.87]`.
pub(super) fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => format!("{value:.3} [{low:.2}, {high:.2}]"),
        _ => three_places(value),
    }
}
