//! The way in: the form of a file is told by its content.

use std::path::Path;

use super::super::json::parse;
use super::columns::Kind;
use super::{rows, scores, table};
use crate::error::Diagnostic;

/// What one row says.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Who wrote the summary.
    pub system: String,
    /// What it is of.
    pub document: String,
    /// Who rated it, where that is said.
    pub annotator: Option<String>,
    /// Numbers by metric or dimension, all finite; without those that are left empty.
    pub values: Vec<(String, f64)>,
    /// The row's line, from 1; 0 where it has none of its own.
    pub line: usize,
}

/// What to read, and how.
pub struct Reading<'a> {
    /// The file, as the user named it.
    pub file: &'a Path,
    /// The system of rows that name none.
    pub system: Option<&'a str>,
    /// What is read.
    pub kind: Kind,
    /// Metrics or dimensions that are wanted; others need be no numbers.
    pub wanted: &'a dyn Fn(&str) -> bool,
}

/// Reads a file's text: the rows that are right, and what is wrong with the others.
pub fn read(text: &str, reading: &Reading<'_>) -> (Vec<Row>, Vec<Diagnostic>) {
    let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
    if text.trim().is_empty() {
        let diagnostic = Diagnostic::new("the file is empty").in_file(reading.file);
        return (found, vec![diagnostic]);
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
    (found, diagnostics)
}
