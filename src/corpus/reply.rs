//! Reads an extractor's reply to a document, and checks it like a line of predictions. Errors are a
//! single sentence, since they become the note of a failed document in the reports.

use std::path::Path;

use super::unlocated::Unlocated;
use super::validate::{Checks, check_as};
use crate::document::{Annotations, Document, Step};
use crate::error::Diagnostic;
use crate::format::{OffsetUnit, read_line, unknown_reply};

/// Reads the annotations in a JSON object with the layers of `karat.document/1`, with offsets in
/// code points. Unknown keys are ignored if there is any layer: without one they may be layers
/// under other names, which would count as nothing found. `unit` is the offset unit if the object
/// does not declare one.
///
/// # Errors
/// Fails with one sentence: the first error, and the number of further ones.
pub fn read_reply(json: &str, unit: Option<OffsetUnit>, document: &Document) -> Result<Annotations, String> {
    let mut entry = read_line(Path::new("reply"), 1, json).map_err(|diagnostic| in_one_sentence(&diagnostic, 0))?;
    if entry.annotations.layers().is_empty()
        && let Some(message) = unknown_reply(json)
    {
        return Err(message);
    }
    entry.text = None;
    entry.offset_unit = entry.offset_unit.or(unit);
    let checks = Checks { unlocated: Unlocated::Keep, ..Checks::default() };
    let mut validation = check_as(&mut entry, Some(document), &checks);
    if let Some(diagnostic) = validation.take_shift() {
        return Err(in_one_sentence(&diagnostic, 0));
    }
    match validation.diagnostics.split_first() {
        None => Ok(entry.annotations),
        Some(((diagnostic, path), more)) => {
            let path_text: String = path.iter().map(step).collect();
            let diagnostic = Diagnostic::new(format!("{}: {}", path_text.trim_start_matches('.'), diagnostic.message));
            Err(in_one_sentence(&diagnostic, more.len()))
        }
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Key(key) => format!(".{key}"),
        Step::Index(at) => format!("[{at}]"),
    }
}

fn in_one_sentence(diagnostic: &Diagnostic, more: usize) -> String {
    let more = if more > 0 { format!(", and {more} more errors") } else { String::new() };
    format!("{}{more}", diagnostic.in_one_sentence())
}

#[cfg(test)]
mod tests {
    use super::read_reply;
    use crate::document::Document;

    #[test]
    fn a_reply_without_a_layer_but_with_an_unknown_key_is_refused() {
        let document = Document::new("a", "Ada met Bo.");
        let read = |json: &str| read_reply(json, None, &document);
        let message = read(r#"{"id": "a", "ents": [{"start": 0, "end": 3, "label": "X"}]}"#).unwrap_err();
        assert_eq!(message, "the reply has no layer that karat knows, but `ents` (did you mean `entities` by `ents`?)");
        assert!(read(r#"{"id": "a", "took": 3}"#).unwrap_err().contains("but `took` (docs/FORMAT.md"));
        // A layer that is left out stays an empty one, and so does what the protocol has.
        assert!(read(r#"{"id": "a", "seq": 1, "type": "result", "usage": {"cost": 1}}"#).is_ok());
        assert!(read(r#"{"id": "a", "entities": [], "took": 3}"#).is_ok());
    }
}
