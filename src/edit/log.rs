//! The log of corrections, `edits/log.jsonl` beside golden files: one JSON line for each.
//!
//! Lines are only appended, so that the corrections since some moment are those below the lines
//! that the log had then. A line whose change is `undo` takes the last correction of its document
//! back.

use std::path::Path;

use serde::Serialize;

use super::GoldChange;
use crate::document::{Document, Value};
use crate::error::Diagnostic;
use crate::text::{cut, shown_name};

/// A correction, as it is logged.
#[derive(Debug, Clone)]
pub struct LoggedEdit<'e> {
    /// The id of the document.
    pub document: &'e str,
    /// The change.
    pub change: &'e GoldChange,
    /// What was there before; `null` if nothing was.
    pub old: &'e Value,
    /// What is there now; `null` if nothing is.
    pub new: &'e Value,
    /// The reviewer's reason; may be empty.
    pub why: &'e str,
    /// Who made the change, if that is recorded.
    pub who: Option<&'e str>,
    /// When it was made, if that is recorded.
    pub when: Option<&'e str>,
}

#[derive(Serialize)]
struct Line<'e> {
    document: &'e str,
    change: &'static str,
    #[serde(flatten)]
    target: Target<'e>,
    old: &'e Value,
    new: &'e Value,
    why: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'e str>,
}

/// What the change is about, as far as `old` and `new` do not say it.
#[derive(Default, Serialize)]
struct Target<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'e super::LabelSpan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'e str>,
}

impl LoggedEdit<'_> {
    /// Returns the line of the log, with its line break.
    pub fn to_line(&self) -> String {
        let target = match self.change {
            GoldChange::AddAlternative { of, .. } | GoldChange::SetOptional { of, .. } => {
                Target { of: Some(of), ..Target::default() }
            }
            GoldChange::SetValue { record, index, path, .. } => {
                Target { record: Some(record), index: Some(*index), path: Some(path), ..Target::default() }
            }
            GoldChange::SetReference { index, .. } | GoldChange::SetKeyPoint { index, .. } => {
                Target { index: Some(*index), ..Target::default() }
            }
            _ => Target::default(),
        };
        let Self { document, change, old, new, why, who, when } = *self;
        let line = Line { document, change: change.kind(), target, old, new, why, who, when };
        let mut text = serde_json::to_string(&line).expect("an edit is plain data");
        text.push('\n');
        text
    }
}

/// A correction as it is read from a log.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedCorrection {
    /// The line of the log, counted from 1.
    pub line: usize,
    /// The line that takes the correction back, if one does.
    pub undone: Option<usize>,
    /// The id of the document.
    pub document: String,
    /// The kind of the change, as `kind` of [`GoldChange`] has it. A later version of karat may
    /// write others.
    pub change: String,
    /// All keys of the line.
    keys: Value,
}

/// The change of a line that takes a correction back.
const UNDO: &str = "undo";
/// The maximum length of a quoted text, in code points.
const LONGEST: usize = 30;

/// Reads a log of corrections. Unknown keys and kinds of changes are allowed, and empty lines are
/// ignored. `file` is the path of the log, for messages.
///
/// # Errors
/// Fails with the number of the first line that is not a JSON object with a document and a change.
/// The message does not quote the line, since it may have texts of confidential documents.
pub fn read_log(file: &Path, content: &[u8]) -> Result<Vec<LoggedCorrection>, Diagnostic> {
    let mut corrections: Vec<LoggedCorrection> = Vec::new();
    let lines = (1..).zip(content.split(|byte| *byte == b'\n'));
    for (line, bytes) in lines.filter(|(_, bytes)| !bytes.trim_ascii().is_empty()) {
        let refused = |message: &str| Diagnostic::new(message).in_file(file).at((line, 1));
        let keys: Value = serde_json::from_slice(bytes).map_err(|_| refused("this line of the log is not JSON"))?;
        let text = |name: &str| keys.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(document), Some(change)) = (text("document"), text("change")) else {
            return Err(refused("this line of the log has no `document` or no `change`"));
        };
        if change == UNDO {
            let mut standing = corrections.iter_mut().rev().filter(|one| one.undone.is_none());
            if let Some(last) = standing.find(|one| one.document == document) {
                last.undone = Some(line);
            }
        } else {
            corrections.push(LoggedCorrection { line, undone: None, document, change, keys });
        }
    }
    Ok(corrections)
}

impl LoggedCorrection {
    /// Returns what was corrected in a few words, such as `ORG -> GPE "Paris"`. Texts are quoted
    /// from the document; without it, offsets stand for them, and neither texts nor values are
    /// quoted.
    pub fn to_words(&self, document: Option<&Document>) -> String {
        let null = Value::Null;
        let key = |name: &str| self.keys.get(name).unwrap_or(&null);
        let (old, new) = (key("old"), key("new"));
        let text = |of: &Value| {
            let offset = |name: &str| u32::try_from(of.get(name)?.as_u64()?).ok();
            let Some((start, end)) = offset("start").zip(offset("end")) else { return "?".to_owned() };
            let text = document.and_then(|document| document.slice(start, end));
            text.map_or_else(|| format!("{start}..{end}"), |text| format!("{:?}", cut(text, LONGEST)))
        };
        let name = |of: &Value| shown_name(of.get("label").and_then(Value::as_str).unwrap_or("?")).into_owned();
        let label = |of: &Value| format!("{} {}", name(of), text(of));
        let index = key("index").as_u64().unwrap_or_default();
        match self.change.as_str() {
            "add_entity" => format!("{} added", label(new)),
            "add_alternative" => format!("{} added as an alternative", label(new)),
            "set_label" => format!("{} -> {} {}", name(old), name(new), text(new)),
            "set_span" => format!("{} -> {}", label(old), text(new)),
            "delete" => format!("{} deleted", label(old)),
            "set_optional" => {
                let state = if new.as_bool() == Some(true) { "optional" } else { "required" };
                format!("{} {state}", label(key("of")))
            }
            "ignore" => format!("{} ignored", text(new)),
            "set_value" => {
                let record = shown_name(key("record").as_str().unwrap_or("?"));
                let path = shown_name(key("path").as_str().unwrap_or_default());
                match document {
                    Some(_) => {
                        let [old, new] = [old, new].map(|value| cut(&value.to_string(), LONGEST).into_owned());
                        format!("{record} {index} {path}: {old} -> {new}")
                    }
                    None => format!("{record} {index} changed"),
                }
            }
            "set_reference" if old.is_null() => format!("reference {} added", index + 1),
            "set_reference" => format!("reference {} changed", index + 1),
            "set_key_point" => format!("key point {} changed", index + 1),
            other => shown_name(&other.replace('_', " ")).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LoggedEdit, read_log};
    use crate::document::{Annotations, Document};
    use crate::edit::GoldChange;

    /// The line of a change to these annotations.
    fn line(change: &str, gold: &str, who: Option<&str>) -> String {
        let change: GoldChange = serde_json::from_str(change).unwrap();
        let (old, new) = change.old_and_new(&serde_json::from_str::<Annotations>(gold).unwrap());
        let (change, old, new) = (&change, &old, &new);
        LoggedEdit { document: "a", change, old, new, why: "typo\n", who, when: who.map(|_| "2026-11-30") }.to_line()
    }

    #[test]
    fn an_edit_is_one_line_that_names_a_person_only_if_asked_to() {
        let set = r#"{"kind": "set_label", "of": {"start": 0, "end": 3, "label": "PER"}, "label": "ORG"}"#;
        let old = r#"{"end":3,"label":"PER","start":0}"#;
        let logged = format!(
            "{{\"document\":\"a\",\"change\":\"set_label\",\"old\":{old},\"new\":{},\"why\":\"typo\\n\"",
            old.replace("PER", "ORG")
        );
        assert_eq!(line(set, "{}", None), format!("{logged}}}\n"));
        let named = format!("{logged},\"who\":\"me\",\"when\":\"2026-11-30\"}}\n");
        assert_eq!(line(set, "{}", Some("me")), named);
        let value = r#"{"kind": "set_value", "record": "r", "index": 0, "path": "/n", "value": null}"#;
        let logged = line(value, r#"{"records": {"r": [{"n": 1.50}]}}"#, None);
        let place = r#""change":"set_value","record":"r","index":0,"path":"/n","old":1.50,"new":null"#;
        assert!(logged.contains(place), "{logged}");
        let text = r#"{"kind": "set_reference", "index": 0, "text": "b"}"#;
        let logged = line(text, r#"{"summaries": ["a"]}"#, None);
        assert!(logged.contains(r#""index":0,"old":"a","new":"b""#), "{logged}");
    }

    #[test]
    fn corrections_are_read_as_they_were_written() {
        let of = r#""of": {"start": 0, "end": 3, "label": "PER"}"#;
        let changes = [
            (r#"{"kind": "add_entity", "start": 0, "end": 3, "label": "ORG"}"#.to_owned(), r#"ORG "Ada" added"#),
            (
                format!(r#"{{"kind": "add_alternative", {of}, "start": 0, "end": 5, "label": "PER"}}"#),
                r#"PER "Ada B" added as an alternative"#,
            ),
            (format!(r#"{{"kind": "set_label", {of}, "label": "ORG"}}"#), r#"PER -> ORG "Ada""#),
            (format!(r#"{{"kind": "set_span", {of}, "start": 0, "end": 5}}"#), r#"PER "Ada" -> "Ada B""#),
            (format!(r#"{{"kind": "delete", {of}}}"#), r#"PER "Ada" deleted"#),
            (format!(r#"{{"kind": "set_optional", {of}, "optional": true}}"#), r#"PER "Ada" optional"#),
            (r#"{"kind": "ignore", "start": 4, "end": 5}"#.to_owned(), r#""B" ignored"#),
            (
                r#"{"kind": "set_value", "record": "r", "index": 0, "path": "/n", "value": "x"}"#.to_owned(),
                r#"r 0 /n: 1.50 -> "x""#,
            ),
            (r#"{"kind": "set_reference", "index": 0, "text": "b"}"#.to_owned(), "reference 1 changed"),
            (r#"{"kind": "set_reference", "index": 1, "text": "b"}"#.to_owned(), "reference 2 added"),
            (r#"{"kind": "set_key_point", "index": 0, "text": "b"}"#.to_owned(), "key point 1 changed"),
        ];
        let gold = r#"{"records": {"r": [{"n": 1.50}]}, "summaries": ["a"], "key_points": [{"text": "a"}]}"#;
        let log: String = changes.iter().map(|(change, _)| line(change, gold, None)).collect();
        let read = read_log(Path::new("log.jsonl"), log.as_bytes()).unwrap();
        let document = Document::new("a", "Ada B");
        let words: Vec<String> = read.iter().map(|one| one.to_words(Some(&document))).collect();
        assert_eq!(words, changes.each_ref().map(|(_, words)| *words));
        // Without the document no text and no value is quoted.
        let words: Vec<String> = read.iter().map(|one| one.to_words(None)).collect();
        assert_eq!(words[2], "PER -> ORG 0..3");
        assert_eq!(words[7], "r 0 changed");
        assert!(words.iter().all(|words| !words.contains('"') && !words.contains("Ada")), "{words:?}");
    }

    #[test]
    fn an_undo_takes_the_last_correction_of_its_document_back() {
        let log = r#"{"document": "a", "change": "delete", "old": {"start": 0, "end": 3, "label": "PER"}}
{"document": "a", "change": "polish", "later": [1]}

{"document": "b", "change": "delete", "old": null}
{"document": "a", "change": "undo", "what": "Saved"}
{"document": "a", "change": "undo", "what": "Saved"}
{"document": "a", "change": "undo", "what": "Saved"}
"#;
        let read = read_log(Path::new("log.jsonl"), log.as_bytes()).unwrap();
        let undone: Vec<_> = read.iter().map(|one| (one.line, one.undone)).collect();
        assert_eq!(undone, [(1, Some(6)), (2, Some(5)), (4, None)]);
        assert_eq!(read[1].to_words(None), "polish");
        assert_eq!(read[2].to_words(None), "? ? deleted");
    }

    #[test]
    fn a_line_that_is_no_correction_is_named() {
        let error = |log: &str| {
            let error = read_log(Path::new("edits/log.jsonl"), log.as_bytes()).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
            error
        };
        let first = "{\"document\": \"a\", \"change\": \"delete\"}\n";
        let broken = error(&format!("{first}{{\"document\": \"secret"));
        assert!(broken.contains("edits/log.jsonl:2") && broken.contains("is not JSON"), "{broken}");
        let other = error(&format!("{first}[\"secret\"]\n"));
        assert!(other.contains("edits/log.jsonl:2") && other.contains("no `document`"), "{other}");
    }
}
