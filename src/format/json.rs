//! Reads JSON of other tools' formats. Accessors return the value at a key, and record a diagnostic
//! with its path if it is missing or of another type; readers thus stay short and still report all
//! errors.

use std::cell::RefCell;
use std::path::Path;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::JsonIndex;
use super::extension::has_extension;
use super::karat::{Source, broken};
use super::locate::{skip_space, skip_value};
use crate::document::{Fields, Step, Value};
use crate::error::Diagnostic;
use crate::limits::deep_json_if_lowered;

/// A JSON text: a file, or a line of a file.
pub(super) struct Json<'a> {
    /// The file and line of the text.
    pub source: Source,
    text: &'a str,
    /// The parsed value.
    pub value: Value,
    /// Made for the first diagnostic.
    index: RefCell<Option<JsonIndex>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// A value in a JSON text, with its path.
#[derive(Clone)]
pub(super) struct Node<'j> {
    json: &'j Json<'j>,
    /// The value.
    pub value: &'j Value,
    /// The path to the value.
    pub path: Vec<Step>,
}

/// Parses the JSON texts of a file: each of its lines, or the whole file.
pub(super) fn parse<'a>(file: &Path, text: &'a str) -> Vec<Result<Json<'a>, Diagnostic>> {
    let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, first)) = lines.next() else { return Vec::new() };
    let has_more = lines.next().is_some();
    let by_name = has_extension(file, "jsonl");
    let one = |line: usize, text: &'a str| {
        let source = Source { file: file.to_owned(), line };
        if let Some((at, diagnostic)) = deep_json_if_lowered(text) {
            return Err(source.place(diagnostic, text, at..at + 1));
        }
        let raw = serde_json::from_str::<&RawValue>(text).map_err(|error| broken(&source, text, &error))?;
        let value = Value::from_raw(raw).map_err(|refused| {
            let at = text.len() - text.trim_start().len() + refused.at;
            source.place(Diagnostic::new(refused.message), text, at..at + 1)
        })?;
        Ok(Json { source, text, value, index: RefCell::default(), diagnostics: RefCell::default() })
    };
    if if is_json(first) { has_more || by_name } else { by_name && !is_json(text) } {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        return lines.map(|(at, line)| one(at + 1, line)).collect();
    }
    vec![one(0, text)]
}

impl<'a> Json<'a> {
    /// Parses an object that was made from the row of a table; `None` if it is no JSON.
    pub fn of_row(source: Source, text: &'a str) -> Option<Self> {
        let value = serde_json::from_str::<&RawValue>(text).ok().and_then(|raw| Value::from_raw(raw).ok())?;
        Some(Self { source, text, value, index: RefCell::default(), diagnostics: RefCell::default() })
    }
}

impl Json<'_> {
    /// Returns the root value.
    pub fn root(&self) -> Node<'_> {
        Node { json: self, value: &self.value, path: Vec::new() }
    }

    /// Records a diagnostic at the value that a path leads to.
    pub fn diagnostic_at(&self, diagnostic: Diagnostic, path: &[Step]) {
        let mut index = self.index.borrow_mut();
        let index = index.get_or_insert_with(|| JsonIndex::new(self.text));
        let bytes = index.locate(self.text, path);
        let placed = self.source.place_by(diagnostic, (self.text, index), bytes);
        self.diagnostics.borrow_mut().push(placed);
    }

    /// Returns the values of the text: the elements of an array, or the value itself if it is none.
    pub fn objects(&self) -> &[Value] {
        self.value.as_array().map_or(std::slice::from_ref(&self.value), Vec::as_slice)
    }

    /// Returns the diagnostics that were recorded.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }
}

/// Returns the type of a value, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl<'j> Node<'j> {
    /// Records a diagnostic at the value.
    pub fn diagnostic(&self, diagnostic: Diagnostic) {
        self.json.diagnostic_at(diagnostic, &self.path);
    }

    fn expected(&self, what: &str) {
        let name = match self.path.last() {
            Some(Step::Key(key)) => format!("`{key}` must be {what}"),
            _ => format!("expected {what}"),
        };
        self.diagnostic(Diagnostic::new(format!("{name}, and is {}", kind(self.value))));
    }

    fn at(&self, step: Step, value: &'j Value) -> Self {
        Self { json: self.json, value, path: self.path.iter().cloned().chain([step]).collect() }
    }

    /// Returns the value of a key, unless it is absent or null.
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(self.at(Step::Key(key.to_owned()), value))
    }

    /// Returns the value of the first of the keys that is present.
    pub fn get_any(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// Returns the value of a key; records a diagnostic if it is absent.
    pub fn need(&self, key: &str) -> Option<Self> {
        let found = self.get(key);
        if found.is_none() {
            match self.value {
                Value::Object(_) => self.diagnostic(Diagnostic::new(format!("`{key}` is missing"))),
                _ => self.expected("an object"),
            }
        }
        found
    }

    /// Returns the elements of an array; records a diagnostic if the value is none.
    pub fn items(&self) -> Vec<Self> {
        match self.value {
            Value::Array(items) => items.iter().enumerate().map(|(at, item)| self.at(Step::Index(at), item)).collect(),
            _ => {
                self.expected("a list");
                Vec::new()
            }
        }
    }

    /// Returns the elements of an array, or the value itself if it is none.
    pub fn one_or_more(&self) -> Vec<Self> {
        if self.value.is_array() { self.items() } else { vec![self.clone()] }
    }

    /// Returns the fields of an object; records a diagnostic if the value is none.
    pub fn object(&self) -> Option<&'j Fields> {
        if !self.value.is_object() {
            self.expected("an object");
        }
        self.value.as_object()
    }

    /// Returns the string; records a diagnostic if the value is none.
    pub fn string(&self) -> Option<&'j str> {
        if !self.value.is_string() {
            self.expected("a string");
        }
        self.value.as_str()
    }

    /// Returns an id, which is a string or a whole number.
    pub fn id(&self) -> Option<String> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) if number.is_integer() => Some(number.to_string()),
            _ => {
                self.expected("a string or a whole number");
                None
            }
        }
    }

    /// Returns an offset; records a diagnostic if the value is not a whole number from 0.
    pub fn offset(&self) -> Option<u32> {
        // `u32::MAX` is reserved for invalid offsets.
        let offset = self.value.as_u64().and_then(|offset| u32::try_from(offset).ok()).filter(|at| *at < u32::MAX);
        if offset.is_none() {
            self.expected("an offset, a whole number from 0");
        }
        offset
    }

    /// Returns the number; records a diagnostic if the value is none.
    pub fn number(&self) -> Option<f64> {
        let number = self.value.as_f64();
        if number.is_none() {
            self.expected(if self.value.is_number() { "within the range of doubles" } else { "a number" });
        }
        number
    }
}

/// Returns the keys of the first object in a JSON text, each with the text from its value on. This
/// suffices to detect formats without parsing the whole text. Returns nothing if the text begins
/// with another type of value.
pub(super) fn first_keys(text: &str) -> Vec<(String, &str)> {
    let text = text.trim_start();
    let text = text.strip_prefix('[').unwrap_or(text).trim_start();
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if bytes.first() != Some(&b'{') {
        return found;
    }
    let mut at = skip_space(bytes, 1);
    while bytes.get(at) == Some(&b'"') {
        let end = skip_value(bytes, at);
        let Some(Ok(key)) = text.get(at..end).map(serde_json::from_str::<String>) else { break };
        let colon = skip_space(bytes, end);
        let value = skip_space(bytes, (colon + 1).min(bytes.len()));
        found.push((key, text.get(value..).unwrap_or_default()));
        at = skip_space(bytes, skip_value(bytes, value));
        if bytes.get(at) != Some(&b',') {
            break;
        }
        at = skip_space(bytes, at + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::first_keys;

    #[test]
    fn the_first_objects_keys_are_found_in_a_broken_text_too() {
        let keys = |text| first_keys(text).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys(r#" [ {"a": {"x": 1}, "b" : [1, "}"], "c": "#), ["a", "b", "c"]);
        assert_eq!(keys("{\"a\": 1}\n{\"b\": 2}"), ["a"]);
        assert!(keys("a,b\n").is_empty() && keys("{\"").is_empty() && keys("").is_empty());
    }
}
