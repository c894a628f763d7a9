//! Words the messages of serde's deserializers for readers who do not know Rust: a message names
//! JSON's types rather than `u32`, `struct Wire` or a sequence.

use crate::text::short_quotes;

/// Returns the message of a deserializer without the names of Rust's types, and without the
/// position that serde_json adds.
/// Values that a message quotes are cut to 80 characters.
pub(crate) fn plain_words(message: &str) -> String {
    let message = &*short_quotes(message);
    let message = message.rfind(" at line ").map_or(message, |at| &message[..at]);
    let Some((found, expected)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let found = match found.strip_prefix("invalid type: ") {
        Some(kind) => format!("invalid type: {}", plain_type(kind)),
        None => found.to_owned(),
    };
    format!("{found}expected {}", plain_expectation(expected))
}

/// Words the type of a value, which a comma follows.
fn plain_type(found: &str) -> String {
    for (serde, plain) in
        [("sequence", "a list"), ("map", "an object"), ("unit value", "null"), ("boolean", "the value")]
    {
        if let Some(rest) = found.strip_prefix(serde).filter(|rest| rest.starts_with([',', ' '])) {
            return format!("{plain}{rest}");
        }
    }
    found.to_owned()
}

/// Words what a deserializer expected.
fn plain_expectation(expected: &str) -> String {
    let (first, rest) = expected.split_once(' ').unwrap_or((expected, ""));
    let plain = match (first, rest) {
        ("u8" | "u16" | "u32" | "u64" | "u128" | "usize", "") => "a whole number from 0",
        ("i8" | "i16" | "i32" | "i64" | "i128" | "isize", "") => "a whole number",
        ("f32" | "f64", "") => "a number",
        ("a", "sequence") => "a list",
        ("a", "map") => "an object",
        ("a", "boolean") => "true or false",
        ("a", "borrowed string") | ("string", "") => "a string",
        ("unit" | "option", _) => "null",
        ("struct" | "internally" | "adjacently", _) => "an object",
        ("enum" | "variant", _) => "the name of a choice",
        ("tuple", _) => "a list",
        _ => {
            let size = expected.strip_prefix("a tuple of size ");
            return size.map_or_else(|| expected.to_owned(), |size| format!("a list of {size} values"));
        }
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::plain_words;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the errors of reading it are looked at")]
    struct Wire {
        number: Option<u32>,
        list: Option<Vec<f64>>,
        pair: Option<(i64, bool)>,
        choice: Option<Choice>,
    }

    #[derive(Debug, Deserialize)]
    enum Choice {
        One,
    }

    #[test]
    fn messages_name_no_type_of_rust() {
        let words = |json: &str| plain_words(&serde_json::from_str::<Wire>(json).unwrap_err().to_string());
        for (json, message) in [
            ("5", "invalid type: integer `5`, expected an object"),
            ("[[]]", "invalid type: a list, expected a whole number from 0"),
            (r#"{"number": -1}"#, "invalid value: integer `-1`, expected a whole number from 0"),
            (r#"{"number": {}}"#, "invalid type: an object, expected a whole number from 0"),
            (r#"{"list": {}}"#, "invalid type: an object, expected a list"),
            (r#"{"list": ["x"]}"#, "invalid type: string \"x\", expected a number"),
            (r#"{"pair": [1]}"#, "invalid length 1, expected a list of 2 values"),
            (r#"{"pair": ["x", true]}"#, "invalid type: string \"x\", expected a whole number"),
            (r#"{"pair": [1, null]}"#, "invalid type: null, expected true or false"),
            (r#"{"choice": 1}"#, "expected value"),
            (r#"{"choice": "Two"}"#, "unknown variant `Two`, expected `One`"),
            ("{\"number\": ", "EOF while parsing a value"),
        ] {
            assert_eq!(words(json), message, "{json}");
        }
    }
}
