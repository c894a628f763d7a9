//! Formats numbers with a fixed number of decimals, with the same digits on every machine. A number
//! that rounds to zero never has a minus sign.

/// Returns a number with a fixed number of decimals. A number that rounds to zero has no sign.
pub fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_owned(),
        _ => text,
    }
}

/// Returns a number with its sign and a fixed number of decimals. The sign of a number that rounds
/// to zero is `+`.
pub fn signed(value: f64, places: usize) -> String {
    let text = decimals(value, places);
    if text.starts_with('-') { text } else { format!("+{text}") }
}

#[cfg(test)]
mod tests {
    use super::{decimals, signed};

    #[test]
    fn zero_has_no_minus_sign() {
        let values = [-0.0004, -0.0, 0.0, -0.0006];
        assert_eq!(values.map(|value| decimals(value, 3)), ["0.000", "0.000", "0.000", "-0.001"]);
        assert_eq!(values.map(|value| signed(value, 3)), ["+0.000", "+0.000", "+0.000", "-0.001"]);
        assert_eq!(signed(0.0006, 3), "+0.001");
    }
}
