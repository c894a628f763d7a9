//! Values of scores: numbers, booleans and the letters of a tool.

use serde_json::Value as Json;

use super::log::{LogBuilder, Value};

/// Which texts a tool reads as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// None but numbers that are written as texts, `true` and `false`.
    Numbers,
    /// Also the letters and words of `inspect_ai.scorer.value_to_float`.
    Inspect,
}

/// Returns the number that a value stands for, [`Value::None`] for null and NaN, and `None` for
/// what is no score. Records what stands for a number without being one.
pub(super) fn number(value: &Json, texts: Texts, log: &mut LogBuilder) -> Option<Value> {
    match value {
        Json::Null => Some(Value::None),
        Json::Number(number) => number.as_f64().filter(|number| number.is_finite()).map(Value::Number),
        Json::Bool(is_true) => {
            Some(mapped(if *is_true { "true" } else { "false" }, f64::from(u8::from(*is_true)), log))
        }
        Json::String(text) => of_text(text, texts, log),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// Returns the number that a text stands for, as [`number`] does.
pub(super) fn of_text(text: &str, texts: Texts, log: &mut LogBuilder) -> Option<Value> {
    let bare = text.trim();
    if bare.is_empty() || bare.eq_ignore_ascii_case("nan") || bare == "null" {
        return Some(Value::None);
    }
    if texts == Texts::Inspect {
        let letter = match bare {
            "C" => Some(1.0),
            "P" => Some(0.5),
            "I" | "N" => Some(0.0),
            _ if bare.eq_ignore_ascii_case("yes") => Some(1.0),
            _ if bare.eq_ignore_ascii_case("no") => Some(0.0),
            _ => None,
        };
        if let Some(number) = letter {
            return Some(mapped(bare, number, log));
        }
    }
    if bare.eq_ignore_ascii_case("true") {
        return Some(mapped("true", 1.0, log));
    }
    if bare.eq_ignore_ascii_case("false") {
        return Some(mapped("false", 0.0, log));
    }
    bare.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number)
}

fn mapped(text: &str, number: f64, log: &mut LogBuilder) -> Value {
    log.mapped.insert(text.to_owned(), number);
    Value::Number(number)
}
