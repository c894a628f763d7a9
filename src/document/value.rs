//! JSON values with exact numbers, for records, metadata, attributes, and files in other tools'
//! formats.
//!
//! [`Value`] is `serde_json::Value` with another type of number. It is used for all values that
//! karat reads, compares and writes again; values that karat creates itself (reports, requests) use
//! `serde_json`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::number::Number;

/// A JSON value.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in its original spelling.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Fields),
}

static NULL: Value = Value::Null;

impl Value {
    /// Whether the value is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the span of an object with `start` and `end`, in code points.
    pub(crate) fn span(&self) -> Option<(u64, u64)> {
        Some((self.get("start")?.as_u64()?, self.get("end")?.as_u64()?))
    }

    /// Returns the value as reports show it: texts without quotes, spans by their text, lists item
    /// by item.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::String(text) => text.clone(),
            Self::Array(items) => items.iter().map(Self::shown).collect::<Vec<_>>().join(" | "),
            Self::Object(fields) => match (fields.get("text"), self.span()) {
                (Some(Self::String(text)), _) => text.clone(),
                (_, Some((start, end))) => format!("{start}..{end}"),
                _ => self.to_string(),
            },
            other => other.to_string(),
        }
    }

    /// Whether the value is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Whether the value is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Whether the value is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Whether the value is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Returns the boolean, if the value is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Returns the number as an unsigned integer, if it is written as an integer and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// Returns the nearest double, if the value is a number within the range of doubles.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// Returns the string, if the value is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items, if the value is an array.
    pub fn as_array(&self) -> Option<&Vec<Self>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the fields, if the value is an object.
    pub fn as_object(&self) -> Option<&Fields> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// Returns the fields for modification, if the value is an object.
    pub fn as_object_mut(&mut self) -> Option<&mut Fields> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// Returns the field with a name, if the value is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// Returns the value at a JSON pointer (RFC 6901).
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, step| match value {
            Self::Object(fields) => fields.get(&step.replace("~1", "/").replace("~0", "~")),
            // `01` and `+1` are not valid indexes.
            Self::Array(items) if !step.starts_with('+') && (step == "0" || !step.starts_with('0')) => {
                items.get(step.parse::<usize>().ok()?)
            }
            _ => None,
        })
    }
}

/// Returns the field with a name, or `null` if there is none.
impl Index<&str> for Value {
    type Output = Self;

    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&NULL)
    }
}

/// Writes the value as JSON, without white space.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(fields) => fields.serialize(serializer),
        }
    }
}

/// Deserializes from JSON only. It fails within `flatten` and within untagged and internally tagged
/// types, which keep no raw text.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_raw(&Box::<RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(flag),
            Json::Number(number) => Self::Number((&number).into()),
            Json::String(text) => Self::String(text),
            Json::Array(items) => items.into_iter().map(Self::from).collect(),
            Json::Object(fields) => fields.into_iter().map(|(name, value)| (name, value.into())).collect(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number).into())
    }
}

impl From<BTreeMap<String, Value>> for Value {
    fn from(fields: BTreeMap<String, Value>) -> Self {
        Self::Object(fields.into())
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Object(fields)
    }
}

impl FromIterator<Self> for Value {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::Array(items.into_iter().collect())
    }
}

impl FromIterator<(String, Self)> for Value {
    fn from_iter<I: IntoIterator<Item = (String, Self)>>(fields: I) -> Self {
        Self::Object(fields.into_iter().collect())
    }
}

impl PartialEq<u32> for Value {
    fn eq(&self, other: &u32) -> bool {
        self.as_u64() == Some((*other).into())
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == Some(*other)
    }
}

/// Creates a value with the syntax of `serde_json::json!`, for tests.
#[cfg(test)]
macro_rules! json {
    ($($token:tt)+) => { $crate::document::Value::from(serde_json::json!($($token)+)) };
}

#[cfg(test)]
pub(crate) use json;

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn pointers_lead_to_values() {
        let value = json!({"a/b": [{"~": 1}, 2], "": 3});
        let at = |pointer: &str| value.pointer(pointer).map(ToString::to_string);
        assert_eq!(at("/a~1b/0/~0").as_deref(), Some("1"));
        assert_eq!((at("/").as_deref(), at("/a~1b/1").as_deref()), (Some("3"), Some("2")));
        for nowhere in ["a", "/a~1b/01", "/a~1b/+1", "/a~1b/2", "/x", "/a~1b/1/0"] {
            assert_eq!(at(nowhere), None, "{nowhere}");
        }
        assert_eq!(value["x"]["y"], Value::Null);
    }

    #[test]
    fn values_show_their_text() {
        assert_eq!(json!({"start": 1, "end": 2, "text": "x"}).shown(), "x");
        assert_eq!(json!({"start": 1, "end": 2}).shown(), "1..2");
        assert_eq!(json!(["a", "b"]).shown(), "a | b");
    }
}
