//! Comparison of JSON values in records: text normalisation, spans, numbers, and display.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::record::Decimal;
use crate::document::{Number, Value};

/// The minimum overlap (shared code points divided by covered code points) of spans that count as
/// equal, as a fraction.
pub(super) const SAME_SPAN: (u64, u64) = (1, 2);

/// A half-open span of code points.
pub(super) type CodePoints = (u64, u64);

/// Normalises a text for comparison: NFKC, lower case, punctuation and white space folded to single
/// spaces. Symbols and minus signs are kept; a text that consists only of punctuation is unchanged.
pub(super) fn normalise(text: &str) -> String {
    if text.is_ascii() { normalise_ascii(text) } else { normalise_any(text) }
}

fn normalise_any(text: &str) -> String {
    static FOLDED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{P}\s&&[^#]]+").expect("a valid pattern"));
    static MINUS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(^|\s)[-−](\d)").expect("a valid pattern"));
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let signed = MINUS.replace_all(&lower, "${1}minus $2");
    let folded = FOLDED.replace_all(&signed, " ");
    if folded.trim().is_empty() { lower.trim().to_owned() } else { folded.trim().to_owned() }
}

/// Normalises an ASCII text in a single pass, a fast path with the result of [`normalise`].
fn normalise_ascii(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_space = |byte: u8| byte.is_ascii_whitespace() || byte == 0x0b;
    // `$+<=>^`|~` are symbols and are kept.
    let is_folded = |byte: u8| is_space(byte) || (byte.is_ascii_punctuation() && !b"#$+<=>^`|~".contains(&byte));
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let is_minus =
            byte == b'-' && (at == 0 || is_space(bytes[at - 1])) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if is_folded(byte) && !is_minus {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = is_minus;
        if is_minus {
            folded.push_str("minus");
        } else {
            folded.push(byte.to_ascii_lowercase().into());
        }
    }
    if folded.is_empty() { text.trim().to_ascii_lowercase() } else { folded }
}

/// Returns the number of code points that two spans share.
pub(super) fn shared(a: CodePoints, b: CodePoints) -> u64 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

/// Returns whether two spans are equal by [`SAME_SPAN`].
pub(super) fn is_same_span(a: CodePoints, b: CodePoints) -> bool {
    let shared = shared(a, b);
    let union = a.1.max(b.1).saturating_sub(a.0.min(b.0));
    shared > 0 && shared * SAME_SPAN.1 >= union * SAME_SPAN.0
}

/// Formats a number for text comparison, independent of its spelling: as serde_json writes the
/// double, or with all digits if it is not exactly a double.
pub(super) fn number_text(number: &Number) -> String {
    let written = number.to_string();
    if number.is_integer() && written != "-0" {
        return written;
    }
    let double = number.as_f64().map(|double| serde_json::json!(double).to_string());
    match (double, Decimal::plain(&written)) {
        (Some(double), Some(exact)) if Decimal::plain(&double).as_ref() == Some(&exact) => double,
        (_, Some(exact)) => exact.to_string(),
        (_, None) => written,
    }
}

/// Formats a value as JSON in which every number is [`number_text`].
pub(super) fn canonical_json(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match value {
        Value::Number(number) => number_text(number),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(canonical_json).collect())),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| format!("{}:{}", Value::from(name.as_str()), canonical_json(value));
            format!("{{{}}}", joined(fields.iter().map(field).collect()))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_same_span, normalise, normalise_any};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn texts_lose_case_width_and_punctuation() {
        assert_eq!(normalise("  Ｓergey “Lavrov”,\n"), "sergey lavrov");
        assert_eq!(normalise("C++"), "c++");
        assert_eq!(normalise("-5, -6"), "minus 5 minus 6");
        assert_eq!(normalise(" -- "), "--");
    }

    proptest! {
        #[test]
        fn plain_texts_are_folded_as_any_other(text in "[ -~\t\n\x0b\x1c]{0,12}", digits in "( ?-?[0-9]){0,4}", any in any::<String>()) {
            let text = text + &digits;
            prop_assert_eq!(normalise(&text), normalise_any(&text));
            prop_assert_eq!(normalise(&any), normalise_any(&any));
        }
    }

    #[test]
    fn places_are_the_same_from_half_of_their_union() {
        assert!(is_same_span((0, 10), (0, 5)));
        assert!(!is_same_span((0, 10), (0, 4)));
        assert!(!is_same_span((0, 10), (10, 20)));
    }
}
