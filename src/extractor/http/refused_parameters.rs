//! Finds the parameters that a server refuses, in its reply to a bad request.

use super::api::Omitted;
use super::reply::{Body, HttpReply};
use crate::document::Value;

/// Keys under which servers repeat the request, which names every parameter.
const ECHOES: [&str; 5] = ["input", "ctx", "body", "request", "url"];
/// The longest text without JSON that is searched, in bytes.
const LONGEST: usize = 2000;

/// Returns those of the sent parameters that a reply of status 400 or 422 names.
pub(super) fn refused_parameters(reply: &HttpReply, sent: &Omitted) -> Omitted {
    if !matches!(reply.status, 400 | 422) {
        return Omitted::new();
    }
    let mut words = String::new();
    match &reply.body {
        Body::Json(value) => collect(value, &mut words),
        Body::Text(text) => words.push_str(&text[..text.floor_char_boundary(LONGEST)]),
    }
    sent.iter().copied().filter(|name| names(&words, name)).collect()
}

fn collect(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push_str(text);
            words.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(object) => {
            object.iter().filter(|(key, _)| !ECHOES.contains(&key.as_str())).for_each(|(_, item)| collect(item, words));
        }
        _ => {}
    }
}

/// Whether a text contains the name of a parameter as a word. A schema is also called by its type.
fn names(text: &str, name: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    let contains = |name: &str| {
        text.match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
    };
    contains(name) || (name == "response_format" && contains("json_schema"))
}

#[cfg(test)]
mod tests {
    use super::refused_parameters;
    use crate::extractor::http::reply::{Body, HttpReply};

    #[test]
    fn only_named_parameters_are_refused() {
        let sent = ["temperature", "response_format"].into();
        let refused = |status: u16, text: &str| {
            let body = Body::read(text.to_owned());
            let found = refused_parameters(&HttpReply { status, content_type: None, body, wait: None }, &sent);
            found.into_iter().collect::<Vec<_>>().join(" ")
        };
        let openai =
            r#"{"error": {"message": "Unsupported value: 'temperature' does not support 0", "param": "temperature"}}"#;
        assert_eq!((refused(400, openai), refused(500, openai)), ("temperature".to_owned(), String::new()));
        let pydantic = r#"{"detail": [{"loc": ["body", "response_format", "type"], "input": {"temperature": 0}}]}"#;
        assert_eq!(refused(422, pydantic), "response_format");
        assert_eq!(refused(400, "json_schema is not supported"), "response_format");
        assert_eq!(refused(400, "the temperatures are high"), "");
    }
}
