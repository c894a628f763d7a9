//! Reads an extractor's reply to a document, and checks it like a line of predictions. Errors are a
//! single sentence, since they become the note of a failed document in the reports.

use std::path::Path;

use super::unlocated::Unlocated;
use super::validate::{Checks, check_as};
use crate::document::{Annotations, Document, Step};
use crate::error::Diagnostic;
use crate::format::{OffsetUnit, read_line};

/// Reads the annotations in a JSON object with the layers of `karat.document/1`, with offsets in
/// code points. Unknown keys are ignored. `unit` is the offset unit if the object does not declare
/// one.
///
/// # Errors
/// Fails with one sentence: the first error, and the number of further ones.
pub fn read_reply(json: &str, unit: Option<OffsetUnit>, document: &Document) -> Result<Annotations, String> {
    let mut entry = read_line(Path::new("reply"), 1, json).map_err(|diagnostic| in_one_sentence(&diagnostic, 0))?;
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
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let more = if more > 0 { format!(", and {more} more errors") } else { String::new() };
    format!("{}{help}{more}", diagnostic.message)
}
