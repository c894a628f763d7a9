//! Comparing JSON values of records: how alike two values are, and what scores the difference.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Spans whose shared code points are at least this share of those covered by either count as the same place.
pub(super) const SAME_PLACE: (u64, u64) = (1, 2);

/// A half-open stretch of code points.
pub(super) type Place = (u64, u64);

/// NFKC, lower case, punctuation and white space folded to single spaces: what two texts must share to be the same.
/// Symbols stay, and so does a minus sign; a text of nothing but punctuation is left as it is.
pub(super) fn normalise(text: &str) -> String {
    static FOLDED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{P}\s&&[^#]]+").expect("a valid pattern"));
    static MINUS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(^|\s)[-−](\d)").expect("a valid pattern"));
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let signed = MINUS.replace_all(&lower, "${1}minus $2");
    let folded = FOLDED.replace_all(&signed, " ");
    if folded.trim().is_empty() { lower.trim().to_owned() } else { folded.trim().to_owned() }
}

/// The place of a value that is an object with `start` and `end`.
pub(super) fn place(value: &Value) -> Option<Place> {
    Some((value.get("start")?.as_u64()?, value.get("end")?.as_u64()?))
}

/// Code points that two places share.
pub(super) fn shared(a: Place, b: Place) -> u64 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

/// Whether two places are the same by [`SAME_PLACE`].
pub(super) fn is_same_place(a: Place, b: Place) -> bool {
    let shared = shared(a, b);
    let union = a.1.max(b.1).saturating_sub(a.0.min(b.0));
    shared > 0 && shared * SAME_PLACE.1 >= union * SAME_PLACE.0
}

/// Whether two single values are the same: places by their overlap, numbers by value, texts normalised, anything else
/// literally.
pub(super) fn is_same(gold: &Value, predicted: &Value) -> bool {
    if let (Some(a), Some(b)) = (place(gold), place(predicted)) {
        return is_same_place(a, b);
    }
    match (gold, predicted) {
        (Value::String(a), Value::String(b)) => normalise(a) == normalise(b),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

/// Whether a field has nothing in it: null, or not there.
pub(super) fn is_absent(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_null)
}

/// A value as a reader wants it: texts bare, places by their text, lists one after another.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(show).collect::<Vec<_>>().join(" | "),
        Value::Object(fields) => match (fields.get("text"), place(value)) {
            (Some(Value::String(text)), _) => text.clone(),
            (_, Some((start, end))) => format!("{start}..{end}"),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_same, normalise, show};

    #[test]
    fn texts_are_the_same_whatever_their_case_width_and_punctuation() {
        assert_eq!(normalise("  Ｓergey “Lavrov”,\n"), "sergey lavrov");
        assert!(is_same(&json!("road to nowhere"), &json!("“Road to  nowhere”")));
        assert!(!is_same(&json!("Putin"), &json!("Vladimir Putin")));
        assert!(!is_same(&json!("C++"), &json!("C#")));
        assert!(!is_same(&json!("-5"), &json!("5")));
        assert!(!is_same(&json!("—"), &json!("?!")));
    }

    #[test]
    fn numbers_are_the_same_by_value_and_no_text() {
        assert!(is_same(&json!(10), &json!(10.0)));
        assert!(!is_same(&json!(10), &json!("10")));
    }

    #[test]
    fn places_are_the_same_from_half_of_their_union() {
        let gold = json!({"start": 0, "end": 10});
        assert!(is_same(&gold, &json!({"start": 0, "end": 5})));
        assert!(!is_same(&gold, &json!({"start": 0, "end": 4})));
        assert!(!is_same(&gold, &json!({"start": 10, "end": 20})));
    }

    #[test]
    fn values_show_their_text() {
        assert_eq!(show(&json!({"start": 1, "end": 2, "text": "x"})), "x");
        assert_eq!(show(&json!(["a", "b"])), "a | b");
    }
}
