//! JSON as the harnesses write it. Python writes NaN and Infinity, which are no JSON.

use std::borrow::Cow;

use serde_json::Value;

use super::log::Place;
use crate::error::Diagnostic;
use crate::limits::deep_json;

/// Parses a JSON text. NaN and Infinity become texts of these names.
pub(super) fn parse(text: &str, place: &Place) -> Result<Value, Diagnostic> {
    if let Some((_, diagnostic)) = deep_json(text) {
        return Err(place.diagnostic(diagnostic.in_one_sentence()));
    }
    serde_json::from_str(&with_finite_numbers(text)).map_err(|error| {
        let diagnostic = place.diagnostic(format!("broken JSON: {error}"));
        if place.line.is_none() { diagnostic.at((error.line().max(1), error.column().max(1))) } else { diagnostic }
    })
}

/// Returns the value as a short text: a string as it is, and everything else as JSON.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Quotes NaN, Infinity and -Infinity outside strings.
fn with_finite_numbers(text: &str) -> Cow<'_, str> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['"', 'N', 'I', '-']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| from.starts_with(word));
        let taken = match word {
            Some(word) => {
                out.push('"');
                out.push_str(word);
                out.push('"');
                word.len()
            }
            None if from.starts_with('"') => {
                let length = string_length(from);
                out.push_str(&from[..length]);
                length
            }
            None => {
                out.push_str(&from[..1]);
                1
            }
        };
        rest = &from[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns the number of bytes of the string that a text begins with.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::with_finite_numbers;

    #[test]
    fn numbers_of_python_are_quoted_outside_strings() {
        let text = r#"{"a NaN \" NaN": [NaN, -Infinity, -1, Infinity], "b": "Infinity"}"#;
        let expected = r#"{"a NaN \" NaN": ["NaN", "-Infinity", -1, "Infinity"], "b": "Infinity"}"#;
        assert_eq!(with_finite_numbers(text), expected);
        assert_eq!(with_finite_numbers("\"NaN"), "\"NaN");
    }
}
