//! Parses JSON text into a [`Value`] whose numbers keep their spelling.
//!
//! serde's data model has no exact numbers, and a visitor of serde_json never sees how a number was
//! spelt. So serde_json's [`RawValue`] checks the syntax and finds the end of a value, and the text
//! between is parsed here, where only escapes in strings, the range of numbers and the depth can
//! still be invalid.

use std::fmt;

use serde_json::value::RawValue;

use super::fields::Fields;
use super::number::Number;
use super::value::Value;
use crate::limits::{DEEPEST, too_deep};
use crate::text::cut;

/// The error for a value that is well-formed but cannot be represented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedValue {
    /// What is wrong.
    pub message: String,
    /// The byte offset in the text of the value.
    pub at: usize,
}

impl fmt::Display for RefusedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Value {
    /// Parses a text that serde_json has found to be well-formed.
    ///
    /// # Errors
    /// Fails on a number with a point or an exponent beyond the range of doubles, an unpaired
    /// surrogate, and nesting deeper than 128.
    pub fn from_raw(raw: &RawValue) -> Result<Self, RefusedValue> {
        JsonParser { text: raw.get(), at: 0 }.value(0)
    }
}

/// A parser for well-formed JSON.
struct JsonParser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> JsonParser<'a> {
    /// Skips white space, and returns the next byte without consuming it.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while matches!(bytes[self.at], b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        bytes[self.at]
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn literal(&mut self, length: usize, value: Value) -> Value {
        self.at += length;
        value
    }

    fn value(&mut self, depth: usize) -> Result<Value, RefusedValue> {
        match self.peek() {
            b'"' => self.string().map(Value::String),
            b'{' if depth < DEEPEST => self.object(depth + 1),
            b'[' if depth < DEEPEST => self.list(depth + 1),
            b'{' | b'[' => Err(self.refused(self.at, too_deep())),
            b'n' => Ok(self.literal(4, Value::Null)),
            b't' => Ok(self.literal(4, Value::Bool(true))),
            b'f' => Ok(self.literal(5, Value::Bool(false))),
            _ => self.number().map(Value::Number),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, RefusedValue> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        self.at += 1;
        if self.peek() == b'}' {
            return Ok(self.literal(1, Value::Object(Fields::new())));
        }
        loop {
            self.peek();
            let key = self.string()?;
            self.next();
            let value = self.value(depth)?;
            fields.push((key, value));
            if self.next() == b'}' {
                return Ok(Value::Object(fields.into_iter().collect()));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, RefusedValue> {
        let mut items = Vec::new();
        self.at += 1;
        if self.peek() == b']' {
            return Ok(self.literal(1, Value::Array(items)));
        }
        loop {
            items.push(self.value(depth)?);
            if self.next() == b']' {
                return Ok(Value::Array(items));
            }
        }
    }

    fn string(&mut self) -> Result<String, RefusedValue> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start + memchr::memchr2(b'"', b'\\', &bytes[start..]).unwrap_or_default();
        if bytes[end] == b'"' {
            self.at = end + 1;
            return Ok(self.text[start..end].to_owned());
        }
        while bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.at = end + 1;
        serde_json::from_str(&self.text[start - 1..=end]).map_err(|error| {
            let words = error.to_string();
            let bare = words.rfind(" at line ").map_or(words.as_str(), |at| &words[..at]);
            self.refused(start - 1, bare.to_owned())
        })
    }

    fn number(&mut self) -> Result<Number, RefusedValue> {
        let rest = &self.text[self.at..];
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|byte| !is_part(&byte)).unwrap_or(rest.len());
        let text = &rest[..length];
        self.at += length;
        Number::parse(text).ok_or_else(|| {
            self.refused(
                self.at - length,
                format!(
                    "the number {} is beyond the range of a double: write out its digits, or a text",
                    cut(text, 40)
                ),
            )
        })
    }

    fn refused(&self, at: usize, message: String) -> RefusedValue {
        RefusedValue { message, at }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use proptest::strategy::{Just, Strategy};

    use super::Value;

    fn read(text: &str) -> Result<Value, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_keep_their_spelling_at_any_depth() {
        let text = r#"{"a":[1,-2.50,{"b":9400111899223344556611}],"c":1E-7,"d":-0}"#;
        assert_eq!(read(text).unwrap().to_string(), text);
        assert_eq!(read(" [ 1.10 , true,null,\n{ } , [ ] ] ").unwrap().to_string(), "[1.10,true,null,{},[]]");
    }

    #[test]
    fn what_cannot_be_kept_is_refused_by_name() {
        assert!(read(r#"{"a": [1e400]}"#).unwrap_err().starts_with("the number 1e400 is beyond the range of a double"));
        assert!(read(r#"["\ud800"]"#).unwrap_err().contains("hex escape"));
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&deep(128)).is_ok() && read(&deep(129)).unwrap_err().contains("nested more than 128 deep"));
        for broken in ["", "[1,]", "{\"a\" 1}", "01", "+1", ".5", "1.", "nul", "\"", "[1] 2", "1e", "--1"] {
            assert!(read(broken).is_err(), "{broken}");
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let scalar = proptest::prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            (-1e300..1e300).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
            "[a\"\\\\\\n]{0,4}".prop_map(Into::into),
        ];
        scalar.prop_recursive(4, 24, 4, |inner| {
            let object = proptest::collection::btree_map("[a\"é]{0,2}", inner.clone(), 0..4);
            proptest::prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(serde_json::Value::from),
                object.prop_map(|fields| serde_json::json!(fields)),
            ]
        })
    }

    proptest! {
        #[test]
        fn values_are_what_serde_json_reads(value in json()) {
            for text in [value.to_string(), format!("{value:#}")] {
                let read = read(&text).unwrap();
                prop_assert_eq!(&read, &Value::from(value.clone()));
                prop_assert_eq!(read.to_string(), value.to_string());
            }
        }
    }
}
