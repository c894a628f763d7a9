//! The rows that the readers of all layouts return, and the settings that they read with.

use std::path::Path;

use super::columns::MeasurementKind;

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
pub struct MeasurementSettings<'a> {
    /// The path of the file, as the user gave it.
    pub file: &'a Path,
    /// The system of rows that do not name one.
    pub system: Option<&'a str>,
    /// The kind of numbers.
    pub kind: MeasurementKind,
    /// Whether a metric or dimension is wanted. Values of the others are not validated.
    pub wanted: &'a dyn Fn(&str) -> bool,
}
