//! Reads a file of scores or ratings. Its format is detected from its content.

use std::path::Path;

use super::super::json::parse;
use super::columns::Kind;
use super::{rows, scores, table};
use crate::error::{Diagnostic, Recovered};

/// One row of a file: the numbers of a system's summary of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The system that wrote the summary.
    pub system: String,
    /// The id of the document.
    pub document: String,
    /// The annotator, if the file names one.
    pub annotator: Option<String>,
    /// The numbers by metric or dimension. All are finite; empty cells are omitted.
    pub values: Vec<(String, f64)>,
    /// The line of the row, counted from 1; 0 if it has no line of its own.
    pub line: usize,
}

/// The settings for reading a file.
pub struct Reading<'a> {
    /// The path of the file, as the user gave it.
    pub file: &'a Path,
    /// The system of rows that do not name one.
    pub system: Option<&'a str>,
    /// The kind of numbers.
    pub kind: Kind,
    /// Whether a metric or dimension is wanted. Values of the others are not validated.
    pub wanted: &'a dyn Fn(&str) -> bool,
}

/// Reads the text of a file. Returns the valid rows, and the diagnostics of the others.
pub fn read(text: &str, reading: &Reading<'_>) -> Recovered<Vec<Row>> {
    let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
    if text.trim().is_empty() {
        let diagnostic = Diagnostic::new("the file is empty").in_file(reading.file);
        return Recovered { value: found, diagnostics: vec![diagnostic] };
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return table::read(text, reading);
    }
    for json in parse(reading.file, text) {
        match json {
            Ok(json) => {
                if scores::is_karat(&json.root()) {
                    scores::read(&json.root(), json.source.line, reading, &mut found);
                } else {
                    rows::read(&json.root(), json.source.line, reading, &mut found);
                }
                diagnostics.extend(json.into_diagnostics());
            }
            Err(diagnostic) => diagnostics.push(Diagnostic { help: Some(rows::EXAMPLE.to_owned()), ..diagnostic }),
        }
    }
    Recovered { value: found, diagnostics }
}
