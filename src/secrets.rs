//! Secrets: values of environment variables that programs and services receive from karat, and that
//! must not reach a message, a report or any other file.
//!
//! Extractors and judges inherit karat's environment, and their error messages quote it. What comes
//! from them is therefore redacted where it arrives, before it is cut to length, since half a key
//! is no longer recognised. Each value is replaced by `[secret NAME]`, also where it is encoded.

mod forms;
mod unescape;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::document::{Document, Value};
use forms::{Form, forms, is_base64};
use unescape::unescaped;

/// Minimum length of a value, in characters. Shorter ones occur in ordinary text.
const SHORTEST: usize = 6;
/// Length of a character as an escape with two backslashes, in bytes.
const LONGEST_ESCAPE: usize = 7;
/// Fields of a message whose values are not text from outside: its type, protocol and addressee.
const ENVELOPE: [&str; 4] = ["type", "protocol", "seq", "id"];
/// Fields of a message with an error.
const MESSAGES: [&str; 2] = ["message", "error"];

/// The values that must not be written, by the names of their variables.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The replacement of each value.
    masks: Vec<String>,
    searcher: Option<AhoCorasick>,
    /// The spellings that are searched for, each with the index of its value.
    forms: Vec<(Form, usize)>,
    /// Length of the longest spelling with its neighbours, in bytes.
    longest: usize,
    unprotectable: BTreeSet<String>,
}

/// Leaves out the values, so that no debug output contains them.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.masks).finish()
    }
}

impl Secrets {
    /// Collects variables, each with its name and its value. Empty values are ignored.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut secrets, mut known) = (Self::default(), BTreeSet::new());
        for (name, value) in variables {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if value.chars().count() < SHORTEST {
                secrets.unprotectable.insert(name);
                continue;
            }
            // Messages quote single lines of a value with several.
            let lines = value.lines().map(str::trim).filter(|line| line.chars().count() >= SHORTEST);
            let found: BTreeSet<Form> = lines.chain([value]).flat_map(forms).collect();
            let index = secrets.masks.len();
            secrets.forms.extend(found.into_iter().filter(|form| known.insert(form.clone())).map(|form| (form, index)));
            secrets.masks.push(mask(&name));
        }
        if !secrets.forms.is_empty() {
            let searcher = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(secrets.forms.iter().map(|(form, _)| &form.text));
            secrets.searcher = Some(searcher.expect("environment variables are short"));
            secrets.longest =
                secrets.forms.iter().map(|(form, _)| form.text.len() * LONGEST_ESCAPE + 8).max().unwrap_or(0);
        }
        secrets
    }

    /// Names of the variables whose values are too short to be told from ordinary text.
    pub fn unprotectable(&self) -> &BTreeSet<String> {
        &self.unprotectable
    }

    /// Whether there is no value to replace.
    pub fn is_empty(&self) -> bool {
        self.searcher.is_none()
    }

    /// Length of the longest text that is replaced, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Replaces all values in a text.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_from(text, 0, &BTreeSet::new())
    }

    /// Replaces all values in a text and leaves out its first `from` bytes, which must end at a
    /// character. A value that begins before `from` and ends after it is replaced as a whole.
    pub fn redact_after<'t>(&self, text: &'t str, from: usize) -> Cow<'t, str> {
        self.redact_from(text, from, &BTreeSet::new())
    }

    /// Returns the variables whose replacements occur in a text.
    pub fn replaced_in<'s>(&'s self, text: &str) -> impl Iterator<Item = &'s str> {
        self.masks.iter().filter(|mask| text.contains(mask.as_str())).map(String::as_str)
    }

    /// Returns a redactor of answers to a document, which keeps the values that the document itself
    /// contains: an answer that quotes its document reveals nothing.
    pub fn for_document(&self, document: &Document) -> Redactor<'_> {
        let mut kept = BTreeSet::new();
        if let Some(searcher) = &self.searcher {
            let meta = if document.meta().is_empty() {
                String::new()
            } else {
                serde_json::to_string(document.meta()).unwrap_or_default()
            };
            for text in [document.id(), document.text(), &meta] {
                kept.extend(searcher.find_iter(text).map(|found| self.forms[found.pattern()].1));
            }
        }
        Redactor { secrets: self, kept }
    }

    fn redact_from<'t>(&self, text: &'t str, from: usize, kept: &BTreeSet<usize>) -> Cow<'t, str> {
        let Some(searcher) = &self.searcher else { return Cow::Borrowed(&text[from..]) };
        let mut found = self.found(searcher, text);
        // The escapes of JSON hide values, and some writers escape characters that need it not.
        if let Some(decoded) = unescaped(text) {
            let of_decoded = self.found(searcher, &decoded.text).into_iter().map(|(start, end, index)| {
                let (start, end) = decoded.original(start, end);
                (start, end, index)
            });
            found.extend(of_decoded);
            found.sort_by_key(|(start, end, _)| (*start, Reverse(*end)));
        }
        let (mut redacted, mut last) = (String::new(), from);
        for (start, end, index) in found {
            if end <= last || kept.contains(&index) {
                continue;
            }
            redacted.push_str(&text[last..start.max(last)]);
            redacted.push_str(&self.masks[index]);
            last = end;
        }
        if redacted.is_empty() {
            return Cow::Borrowed(&text[last..]);
        }
        redacted.push_str(&text[last..]);
        Cow::Owned(redacted)
    }

    /// The places of all values in a text, in order: start, end, and the index of the value.
    fn found(&self, searcher: &AhoCorasick, text: &str) -> Vec<(usize, usize, usize)> {
        let place = |found: aho_corasick::Match| {
            let (form, index) = &self.forms[found.pattern()];
            let (mut start, mut end) = (found.start(), found.end());
            let bytes = text.as_bytes();
            if form.has_head && start > 0 && is_base64(bytes[start - 1]) {
                start -= 1;
            }
            if form.has_tail && bytes.get(end).copied().is_some_and(is_base64) {
                end += 1;
                end += bytes[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
            }
            (start, end, *index)
        };
        searcher.find_iter(text).map(place).collect()
    }
}

/// Replaces secret values in answers to one document.
pub struct Redactor<'s> {
    secrets: &'s Secrets,
    /// The values that the document contains.
    kept: BTreeSet<usize>,
}

impl Redactor<'_> {
    /// Replaces all values in a text.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets.redact_from(text, 0, &self.kept)
    }

    /// Replaces all values in the strings and object keys of a JSON value. Returns whether there
    /// were any.
    pub fn redact_value(&self, value: &mut Value) -> bool {
        match value {
            _ if self.secrets.is_empty() => false,
            Value::String(text) => match self.redact(text) {
                Cow::Owned(redacted) => {
                    *text = redacted;
                    true
                }
                Cow::Borrowed(_) => false,
            },
            Value::Array(items) => items.iter_mut().fold(false, |is_any, item| self.redact_value(item) | is_any),
            Value::Object(object) => {
                let is_in_keys = object.keys().any(|key| matches!(self.redact(key), Cow::Owned(_)));
                if is_in_keys {
                    let items = std::mem::take(object).into_iter();
                    *object = items.map(|(key, item)| (self.redact(&key).into_owned(), item)).collect();
                }
                object.values_mut().fold(is_in_keys, |is_any, item| self.redact_value(item) | is_any)
            }
            _ => false,
        }
    }

    /// Replaces all values in a message: an object with the annotations of the document or an
    /// error, as text. The names of its fields, its type and its id remain. In an error all values
    /// are replaced, whether the document contains them or not. Text that is not an object is
    /// redacted as it is.
    pub fn redact_message<'t>(&self, message: &'t str) -> Cow<'t, str> {
        // An escaped character may hide a value from the search.
        let is_clean = || matches!(self.secrets.redact(message), Cow::Borrowed(_)) && !message.contains("\\u");
        if self.secrets.is_empty() || is_clean() {
            return Cow::Borrowed(message);
        }
        let Ok(Value::Object(mut object)) = serde_json::from_str(message) else {
            return self.secrets.redact(message);
        };
        let all = Redactor { secrets: self.secrets, kept: BTreeSet::new() };
        let mut is_any = false;
        for (name, value) in object.iter_mut().filter(|(name, _)| !ENVELOPE.contains(&name.as_str())) {
            let redactor = if MESSAGES.contains(&name.as_str()) { &all } else { self };
            is_any |= redactor.redact_value(value);
        }
        if is_any { Cow::Owned(Value::Object(object).to_string()) } else { Cow::Borrowed(message) }
    }
}

/// The replacement of the value of a variable. Characters that JSON would escape are left out.
fn mask(name: &str) -> String {
    let name: String = name.chars().filter(|char| !char.is_control() && !matches!(char, '"' | '\\')).collect();
    format!("[secret {name}]")
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::document::{Document, Value, json};

    fn secrets(pairs: &[(&str, &str)]) -> Secrets {
        Secrets::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_spelling_is_replaced() {
        let secrets =
            secrets(&[("KEY", "sk-Ab/c+\"0123 é\n"), ("PART", "Ab/c+\"0123"), ("SHORT", "EMPTY"), ("NONE", "")]);
        for spelling in [
            "sk-Ab/c+\"0123 é",
            "SK-AB/C+\"0123 É",
            "sk-ab/c+\\\"0123 \\u00e9",
            "sk-Ab\\/c+\\\"0123 é",
            "sk-Ab%2Fc%2B%220123%20%C3%A9",
            "sk-ab%2fc%2b%220123+%c3%a9",
            "sk-Ab/c%2B%220123%20%C3%A9",
        ] {
            assert_eq!(secrets.redact(&format!("no {spelling}.")), "no [secret KEY].", "{spelling}");
        }
        assert_eq!(secrets.redact("Ab/c+\"0123, EMPTY"), "[secret PART], EMPTY");
        assert_eq!(secrets.unprotectable().iter().collect::<Vec<_>>(), ["SHORT"]);
        assert_eq!(format!("{secrets:?}"), r#"Secrets(["[secret KEY]", "[secret PART]"])"#);
    }

    #[test]
    fn base64_is_replaced_with_the_characters_that_it_shares() {
        let secrets = secrets(&[("KEY", "hunter-2-hunter")]);
        // The key alone, after "me:", after "a:" and after ":", some of them with "!" behind.
        for encoded in [
            "aHVudGVyLTItaHVudGVy",
            "bWU6aHVudGVyLTItaHVudGVy",
            "YTpodW50ZXItMi1odW50ZXI=",
            "Omh1bnRlci0yLWh1bnRlcg==",
            "YTpIVU5URVItMi1IVU5URVIh",
        ] {
            let redacted = secrets.redact(&format!("Basic {encoded} ")).into_owned();
            assert!(redacted.contains("[secret KEY]"), "{encoded}: {redacted}");
            let rest = redacted.replace("Basic ", "").replace("[secret KEY]", "");
            assert!(rest.trim().len() <= 4, "{encoded}: {redacted}");
        }
    }

    #[test]
    fn lines_of_a_value_are_values() {
        let secrets = secrets(&[("PEM", "-----BEGIN-----\nMIIEvQIBADANBg\nkqhk\n-----END-----")]);
        assert_eq!(secrets.redact("key: MIIEvQIBADANBg"), "key: [secret PEM]");
    }

    /// A writer may escape any character, and text that is cut off is no JSON.
    #[test]
    fn escaped_characters_hide_no_value() {
        let secrets = secrets(&[("KEY", "sk-Live+0123456789")]);
        for escaped in [
            "sk\\u002dLive\\u002B0123456789",
            "\\u0073k-Live+012345678\\u0039",
            "sk\\\\u002dLive+0123456789",
            "SK\\u002DLIVE+0123456789",
        ] {
            let text = format!("{{\"\\u00e9\": [\"no {escaped}. sk-Live+0123456789");
            assert_eq!(secrets.redact(&text), "{\"\\u00e9\": [\"no [secret KEY]. [secret KEY]", "{escaped}");
        }
        let redactor = secrets.for_document(&Document::new("d", "Ada"));
        assert_eq!(redactor.redact_message("[\"sk\\u002dLive\\u002b0123456789"), "[\"[secret KEY]");
    }

    #[test]
    fn a_value_on_the_edge_is_replaced_as_a_whole() {
        let secrets = secrets(&[("KEY", "0123456789")]);
        assert_eq!(secrets.redact_after("ab0123456789cd", 5), "[secret KEY]cd");
        assert_eq!(secrets.redact_after("ab0123456789cd", 12), "cd");
        assert_eq!(secrets.redact_after("ab0123456789cd", 1), "b[secret KEY]cd");
    }

    #[test]
    fn answers_keep_what_their_document_contains() {
        let secrets = secrets(&[("MODEL", "German"), ("KEY", "sk-0123456789"), ("TYPE", "result")]);
        let redactor = secrets.for_document(&Document::new("d", "A German text."));
        let message =
            |value: Value| -> Value { serde_json::from_str(&redactor.redact_message(&value.to_string())).unwrap() };
        assert_eq!(
            message(json!({"type": "result", "id": "d", "summary": "German sk-0123456789", "x": {"sk-0123456789": 1}})),
            json!({"type": "result", "id": "d", "summary": "German [secret KEY]", "x": {"[secret KEY]": 1}})
        );
        assert_eq!(message(json!({"message": "no German"})), json!({"message": "no [secret MODEL]"}));
        assert_eq!(redactor.redact_message(r#"{"summary": "sk\u002d0123456789"}"#), r#"{"summary":"[secret KEY]"}"#);
        assert_eq!(redactor.redact_message("sk-0123456789 {"), "[secret KEY] {");
        assert_eq!(redactor.redact_message(r#"{"summary":"caf\u00e9"}"#), r#"{"summary":"caf\u00e9"}"#);
    }
}
