//! The log of corrections, `edits/log.jsonl` beside golden files: one JSON line for each.

use serde::Serialize;

use super::GoldChange;
use crate::document::Value;

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

#[cfg(test)]
mod tests {
    use super::LoggedEdit;
    use crate::document::Annotations;
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
}
