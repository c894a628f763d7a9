//! What an extractor says of a document, checked like a line of predictions.

use std::path::Path;

use super::validate::check;
use crate::document::{Annotations, Document, Step};
use crate::error::Diagnostic;
use crate::format::{OffsetUnit, read_line};

/// The annotations of an object with the layers of `karat.document/1`, their offsets in code points, or what is wrong with them.
/// Keys that no layer has are let be. `unit` is what offsets count where the object does not say so.
///
/// # Errors
/// In one sentence: the first fault, and how many more there are.
pub fn read_reply(json: &str, unit: Option<OffsetUnit>, document: &Document) -> Result<Annotations, String> {
    let mut entry = read_line(Path::new("reply"), 1, json).map_err(|diagnostic| told(&diagnostic, 0))?;
    entry.text = None;
    entry.offset_unit = entry.offset_unit.or(unit);
    let verdict = check(&mut entry, Some(document));
    if let Some(looks_like) = verdict.looks_like {
        return Err(told(&looks_like.diagnostic(), 0));
    }
    match verdict.diagnostics.split_first() {
        None => Ok(entry.annotations),
        Some(((diagnostic, path), more)) => {
            let place: String = path.iter().map(step).collect();
            let diagnostic = Diagnostic::new(format!("{}: {}", place.trim_start_matches('.'), diagnostic.message));
            Err(told(&diagnostic, more.len()))
        }
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Key(key) => format!(".{key}"),
        Step::Index(at) => format!("[{at}]"),
    }
}

fn told(diagnostic: &Diagnostic, more: usize) -> String {
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let more = if more > 0 { format!(", and {more} more errors") } else { String::new() };
    format!("{}{help}{more}", diagnostic.message)
}
