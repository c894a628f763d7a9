//! Finds the text of a task among its data, whose keys every project names itself.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::WhiteSpace;
use crate::document::{Document, Value};
use crate::error::Diagnostic;
use crate::format::definition::Input;
use crate::format::json::Node;

/// The data of a task, by key.
pub(in crate::format::formats) type Data<'v> = BTreeMap<&'v str, &'v Value>;

/// The start and end of a region, and the text that the file stores for it.
pub(in crate::format::formats) type StoredText = (u32, u32, String);

/// Which key of the data contains the text of the tasks in a file.
pub(in crate::format::formats) enum Texts {
    /// One key.
    Key(String),
    /// Several keys contain texts, and the regions fit several of them, or none.
    Several(BTreeSet<String>, Cell<bool>),
    /// No key contains a text.
    None,
}

impl Texts {
    /// Chooses the key that the user or the labelling configuration names, or `text`, or the only
    /// key with a text, or the only key whose texts fit the stored texts of the regions.
    pub fn choose(input: &Input<'_>, data: &[Data<'_>], stored: &[Vec<StoredText>]) -> Self {
        if let Some(key) = &input.export.text_key {
            return Self::Key(key.clone());
        }
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !is_path(text));
        let has_text = |key: &str| data.iter().any(|data| data.get(key).is_some_and(|value| is_text(value)));
        if has_text("text") {
            return Self::Key("text".to_owned());
        }
        let keys: BTreeSet<&str> = data.iter().flat_map(BTreeMap::keys).copied().filter(|key| *key != "id").collect();
        let keys: Vec<&str> = keys.into_iter().filter(|key| has_text(key)).collect();
        let fits = |key: &&str| {
            let mut pairs = data.iter().zip(stored).filter(|(_, stored)| !stored.is_empty()).peekable();
            pairs.peek().is_some()
                && pairs.all(|(data, stored)| {
                    data.get(*key).and_then(|text| text.as_str()).is_some_and(|text| all_fit(text, stored))
                })
        };
        let fitting: Vec<&str> = keys.iter().copied().filter(|key| fits(key)).collect();
        match (&keys[..], &fitting[..]) {
            ([], _) => Self::None,
            ([key], _) | (_, [key]) => {
                input.note("keys of the data that are read as the text", format!("`{key}`"));
                Self::Key((*key).to_owned())
            }
            _ => Self::Several(keys.into_iter().map(str::to_owned).collect(), Cell::new(false)),
        }
    }

    /// Returns the text of a task, given its data. A path is no text.
    pub fn text(&self, input: &Input<'_>, data: &Node<'_>, id: &str) -> Option<String> {
        let found = match self {
            Self::Key(key) if key.starts_with('/') => data.value.pointer(key),
            Self::Key(key) => data.value.get(key),
            Self::None => data.value.get("text"),
            Self::Several(keys, is_reported) => {
                if (input.documents)(id).is_none() && !is_reported.replace(true) {
                    let list: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                    let message = format!("the data have several texts: {}", list.join(", "));
                    let help = "name the one that was labelled with `--map text=KEY`, or the labelling configuration \
                                with `--label-config FILE`";
                    data.diagnostic(Diagnostic::new(message).help(help));
                }
                return None;
            }
        };
        let text = found.and_then(Value::as_str);
        match text {
            Some(text) if is_path(text) => {
                let what = "texts that are paths, so the texts are not known (`--documents` names them)";
                input.note(what, format!("{text:?}"));
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                if let (Self::Key(key), Some(value)) = (self, found) {
                    let _ = value;
                    data.diagnostic(Diagnostic::new(format!("`{key}` of the data is no text")));
                }
                None
            }
        }
    }
}

/// Whether all stored texts are those at their offsets, except for white space.
fn all_fit(text: &str, stored: &[StoredText]) -> bool {
    let document = Document::new("", text);
    stored.iter().all(|(start, end, stored)| {
        document.slice(*start, *end).is_some_and(|found| WhiteSpace::is_all_that_differs(found, stored))
    })
}

/// Whether a value is the path or the address of a file rather than a text.
fn is_path(text: &str) -> bool {
    let name = text.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return false;
    }
    let is_file = || {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let is_short =
            extension.is_some_and(|e| (2..=5).contains(&e.len()) && e.chars().all(|c| c.is_ascii_alphanumeric()));
        is_short && name.contains('/')
    };
    name.contains("://") || name.starts_with("/data/") || is_file()
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn a_path_is_no_text() {
        for path in ["s3://bucket/a.txt", "/data/upload/1/a.txt", "folder/note.html", "https://example.org/x"] {
            assert!(is_path(path), "{path}");
        }
        for text in ["", "Jane", "Jane left.", "and/or", "see https://example.org/x today", "a.txt"] {
            assert!(!is_path(text), "{text}");
        }
    }
}
