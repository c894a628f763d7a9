//! Reads a file of scores or ratings. Its format is detected from its content.

use super::super::json::parse;
use super::row::{MeasurementSettings, Row};
use super::{rows, scores, table};
use crate::error::{Diagnostic, Recovered};

/// Reads the text of a file. Returns the valid rows, and the diagnostics of the others.
pub fn read(text: &str, reading: &MeasurementSettings<'_>) -> Recovered<Vec<Row>> {
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
