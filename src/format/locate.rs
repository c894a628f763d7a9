//! Locates values in JSON text by their paths, for diagnostics about values that are well-formed
//! and invalid.
//!
//! serde_json keeps no positions, so the text is scanned again. This costs time only if there is a
//! diagnostic.

use std::ops::Range;

use crate::document::Step;

/// Returns the byte range of the value at a path in a well-formed JSON text. If the path does not
/// exist, returns that of the last value on it.
pub fn locate(json: &str, path: &[Step]) -> Range<usize> {
    let bytes = json.as_bytes();
    let mut at = skip_space(bytes, 0);
    for step in path {
        match child(bytes, at, step) {
            Some((_, value)) => at = value,
            None => break,
        }
    }
    at..skip_value(bytes, at)
}

/// Returns the byte ranges of the elements of the array at a path; empty if there is no array.
pub fn elements(json: &str, path: &[Step]) -> Vec<Range<usize>> {
    let bytes = json.as_bytes();
    let list = locate(json, path).start;
    if bytes.get(list) != Some(&b'[') {
        return Vec::new();
    }
    children(bytes, list).map(|(_, value)| value..skip_value(bytes, value)).collect()
}

/// Returns the byte range of the key of the value at a path.
pub fn locate_key(json: &str, path: &[Step]) -> Range<usize> {
    let bytes = json.as_bytes();
    let Some((last, before)) = path.split_last() else { return locate(json, path) };
    match child(bytes, locate(json, before).start, last) {
        Some((key, _)) => key..skip_value(bytes, key),
        None => locate(json, path),
    }
}

/// Returns a text with byte ranges replaced. The ranges must not overlap.
pub fn replace_ranges(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        result.push_str(&text[at..range.start]);
        result.push_str(&new);
        at = range.end;
    }
    result.push_str(&text[at..]);
    result
}

/// Returns the offsets at which a child's key and value begin; for an element of an array, both are
/// that of the element.
fn child(bytes: &[u8], at: usize, step: &Step) -> Option<(usize, usize)> {
    let mut children = children(bytes, at);
    match (bytes.get(at)?, step) {
        (b'{', Step::Key(name)) => children.find(|(key, _)| {
            let written = bytes.get(*key..skip_value(bytes, *key)).unwrap_or_default();
            serde_json::from_slice::<String>(written).is_ok_and(|written| written == *name)
        }),
        (b'[', Step::Index(index)) => children.nth(*index),
        _ => None,
    }
}

/// Returns the offsets at which the keys and values of the array or object at `at` begin. The key
/// of an element of an array is the element.
pub(crate) fn children(bytes: &[u8], at: usize) -> impl Iterator<Item = (usize, usize)> {
    let is_object = bytes.get(at) == Some(&b'{');
    let mut at = skip_space(bytes, at + 1);
    std::iter::from_fn(move || {
        if matches!(bytes.get(at)?, b'}' | b']') {
            return None;
        }
        let key = at;
        let value = if is_object { skip_space(bytes, skip_space(bytes, skip_value(bytes, at)) + 1) } else { at };
        at = skip_space(bytes, skip_value(bytes, value));
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        Some((key, value))
    })
}

pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Returns the offset after the value that begins at `at`.
pub(crate) fn skip_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' | b':' if depth == 0 => return at,
            space if depth == 0 && space.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            break;
        }
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::{elements, locate, locate_key};
    use crate::document::Step;

    #[test]
    fn finds_values_past_nested_and_quoted_ones() {
        let json = r#" { "a" : [1, {"x": "}]\" ,"}, [2, 3]], "b\u0041": {"c": true} }"#;
        let key = |name: &str| Step::Key(name.to_owned());
        let value = |path: &[Step]| &json[locate(json, path)];
        assert_eq!(value(&[key("a"), Step::Index(2), Step::Index(1)]), "3");
        assert_eq!(value(&[key("bA"), key("c")]), "true");
        assert_eq!(value(&[key("a"), Step::Index(1), key("x")]), r#""}]\" ,""#);
        assert_eq!(value(&[key("a"), Step::Index(9)]), r#"[1, {"x": "}]\" ,"}, [2, 3]]"#);
        assert_eq!(value(&[]), json.trim());
        let parts: Vec<&str> = elements(json, &[key("a")]).into_iter().map(|range| &json[range]).collect();
        assert_eq!(parts, ["1", r#"{"x": "}]\" ,"}"#, "[2, 3]"]);
        assert!(elements(json, &[key("bA")]).is_empty());
        assert_eq!(&json[locate_key(json, &[key("bA"), key("c")])], r#""c""#);
    }
}
