//! Reads an extractor's reply to a document, and checks it like a line of predictions. Errors are a
//! single sentence, since they become the note of a failed document in the reports.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::unlocated::Unlocated;
use super::validate::{Checks, check_as};
use crate::document::{Annotations, Document, Layer, Step};
use crate::error::Diagnostic;
use crate::format::{OffsetUnit, UnknownReply, read_line, unknown_reply};
use crate::nearest::nearest;
use crate::text::short_quotes;

/// The keys of a reply beside its layers that are read.
const READ: [&str; 2] = ["id", "offset_unit"];

/// Why a reply cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReplyError {
    /// One sentence: the first error, and the number of further ones.
    pub message: String,
    /// Whether the first error is the text of a span that differs from the document's in upper and
    /// lower case only.
    pub differs_in_case: bool,
}

impl From<String> for ReplyError {
    fn from(message: String) -> Self {
        Self { message, differs_in_case: false }
    }
}

/// Reads the annotations in a JSON object with the layers of `karat.document/1`, with offsets in
/// code points. An object with a declared layer is read whatever other keys it has. Without any,
/// another key is an error: it may be a layer under another name, which would count as nothing
/// found. `unit` is the offset unit if the object does not name one.
///
/// # Errors
/// Fails with the first error.
pub fn read_reply(
    json: &str,
    unit: Option<OffsetUnit>,
    document: &Document,
    declared: &[Layer],
) -> Result<Annotations, ReplyError> {
    // The reader of the format says what is wrong with an object that has a key twice.
    let Ok(Keys(keys)) = serde_json::from_str::<Keys<'_>>(json) else {
        return read(json, unit, document);
    };
    if let Some(UnknownReply { message, help }) = unknown_reply(&keys, declared) {
        return Err(format!("{message} ({help})").into());
    }
    // Layers that the extractor does not declare are read if they can be, since declared ones may
    // refer to them.
    read(&only(&keys, declared, true), unit, document).or_else(|error| {
        let without = only(&keys, declared, false);
        read(&without, unit, document).map_err(|_| error)
    })
}

/// The values of an object by key. An object that has a key twice is an error.
struct Keys<'j>(BTreeMap<String, &'j RawValue>);

impl<'de: 'j, 'j> Deserialize<'de> for Keys<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EachOnce<'j>(PhantomData<&'j ()>);

        impl<'de: 'j, 'j> Visitor<'de> for EachOnce<'j> {
            type Value = Keys<'j>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Keys<'j>, M::Error> {
                let mut keys = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if keys.contains_key(&key) {
                        return Err(M::Error::custom(format!("duplicate field `{key}`")));
                    }
                    keys.insert(key, value);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(EachOnce(PhantomData))
    }
}

/// Returns the object with the keys that are read.
fn only(keys: &BTreeMap<String, &RawValue>, declared: &[Layer], with_undeclared: bool) -> String {
    let key_of = |layer: &Layer| match layer {
        Layer::Records(_) => "records".to_owned(),
        other => other.to_string(),
    };
    let names: Vec<String> = declared.iter().map(key_of).collect();
    let has_summary = declared.contains(&Layer::Summaries);
    let absent = || names.iter().map(String::as_str).filter(|name| !keys.contains_key(*name));
    let is_read = |key: &str| {
        let is_declared = names.iter().any(|name| name == key) || (has_summary && key == "summary");
        let is_layer = key == "summary" || key == "records" || key.parse::<Layer>().is_ok();
        // A misspelt layer is reported as such.
        let is_misspelt = || !is_layer && !READ.contains(&key) && nearest(key, absent()).is_some();
        READ.contains(&key) || is_declared || (is_layer && with_undeclared) || is_misspelt()
    };
    let kept: BTreeMap<&str, &RawValue> =
        keys.iter().filter(|(key, _)| is_read(key)).map(|(key, value)| (key.as_str(), *value)).collect();
    serde_json::to_string(&kept).expect("raw JSON is JSON")
}

fn read(json: &str, unit: Option<OffsetUnit>, document: &Document) -> Result<Annotations, ReplyError> {
    let mut entry = read_line(Path::new("reply"), 1, json).map_err(|diagnostic| in_one_sentence(&diagnostic, 0))?;
    entry.text = None;
    entry.offset_unit = entry.offset_unit.or(unit);
    let checks = Checks { unlocated: Unlocated::Keep, ..Checks::default() };
    let mut validation = check_as(&mut entry, Some(document), &checks);
    if let Some(diagnostic) = validation.take_shift() {
        return Err(in_one_sentence(&diagnostic, 0).into());
    }
    match validation.diagnostics.split_first() {
        None => Ok(entry.annotations),
        Some(((diagnostic, path), more)) => {
            let path_text: String = path.iter().map(step).collect();
            let diagnostic = Diagnostic::new(format!("{}: {}", path_text.trim_start_matches('.'), diagnostic.message));
            let message = in_one_sentence(&diagnostic, more.len());
            Err(ReplyError { message, differs_in_case: differs_in_case(&mut entry.annotations, path, document) })
        }
    }
}

/// Returns whether the text of the span at a path differs from the document's, and the two are
/// equal but for upper and lower case.
fn differs_in_case(annotations: &mut Annotations, path: &[Step], document: &Document) -> bool {
    let mut differs = false;
    annotations.each_range(&mut |other, &mut (start, end), stored| {
        if other == path
            && let Some((text, stored)) = document.slice(start, end).zip(stored)
        {
            differs = text != stored && text.to_lowercase() == stored.to_lowercase();
        }
    });
    differs
}

fn step(step: &Step) -> String {
    match step {
        Step::Key(key) => format!(".{key}"),
        Step::Index(at) => format!("[{at}]"),
    }
}

fn in_one_sentence(diagnostic: &Diagnostic, more: usize) -> String {
    let more = if more > 0 { format!(", and {more} more errors") } else { String::new() };
    format!("{}{more}", short_quotes(&diagnostic.in_one_sentence()))
}

#[cfg(test)]
mod tests {
    use super::read_reply;
    use crate::document::{Document, Layer};

    #[test]
    fn a_reply_without_a_layer_but_with_an_unknown_key_is_refused() {
        let document = Document::new("a", "Ada met Bo.");
        let read = |json: &str| read_reply(json, None, &document, &[Layer::Entities]);
        let message =
            read(r#"{"id": "a", "ents": [{"start": 0, "end": 3, "label": "X"}], "took": 3}"#).unwrap_err().message;
        assert_eq!(message, "the reply has no `entities`, but `ents` and `took` (did you mean `entities` by `ents`?)");
        assert!(read(r#"{"id": "a", "took": 3}"#).unwrap_err().message.contains("but `took` (docs/FORMAT.md"));
        let twice = r#"{"entities": [{"start": 0, "end": 3, "label": "X"}], "entities": []}"#;
        assert!(read(twice).unwrap_err().message.contains("duplicate field `entities`"));
        assert!(read(r#"{"id": "a", "summaries": ["x"]}"#).unwrap_err().message.contains("but `summaries`"));
        // A layer that is left out stays an empty one, and so does what the protocol has.
        assert!(read(r#"{"id": "a", "seq": 1, "type": "result", "usage": {"cost": 1}}"#).is_ok());
    }

    #[test]
    fn other_keys_beside_a_layer_are_ignored() {
        let document = Document::new("a", "Ada met Bo.");
        let read = |json: &str| read_reply(json, None, &document, &[Layer::Entities, Layer::Summaries]);
        for other in [
            r#""took": 3"#,
            r#""status": "success""#,
            r#""status": 200, "repeat": "no", "meta": [], "error": {"code": 0}"#,
            r#""text": 5, "relations": "none", "metadat": 1, "records": []"#,
        ] {
            let json = format!(r#"{{"id": "a", "entities": [{{"start": 0, "end": 3, "label": "X"}}], {other}}}"#);
            assert_eq!(read(&json).unwrap().entities.map(|found| found.len()), Some(1), "{other}");
        }
        let misspelt = read(r#"{"id": "a", "entities": [], "sumaries": ["x"]}"#).unwrap_err().message;
        assert!(misspelt.contains("unknown key `sumaries`"), "{misspelt}");
    }
    #[test]
    fn texts_that_differ_in_case_only_are_known_without_their_message() {
        // The text of a span may contain what a message says.
        let text = "Ada is \"x\", but the annotation has \"X\".";
        let document = Document::new("a", text);
        let error = |start: usize, end: usize, stored: &str| {
            let entity = serde_json::json!({"start": start, "end": end, "label": "X", "text": stored});
            let json = serde_json::json!({"id": "a", "entities": [entity]}).to_string();
            read_reply(&json, None, &document, &[Layer::Entities]).unwrap_err()
        };
        assert!(error(0, 3, "ADA").differs_in_case);
        assert!(!error(0, 3, "Bo").differs_in_case);
        assert!(!error(0, 3, &text[4..]).differs_in_case);
        assert!(error(0, text.len(), &text.to_uppercase()).differs_in_case);
        assert!(!error(0, 90, "ADA").differs_in_case);
    }
}
