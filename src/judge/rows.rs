//! The rows of files that people write by hand: JSON lines, or a table with a header.

use crate::document::{Fields, Value};
use crate::error::{Diagnostic, Recovered};

/// A row before validation.
pub(super) struct Row<const N: usize> {
    /// The line, from 1.
    pub line: usize,
    /// The values of the columns.
    pub cells: [Option<Value>; N],
}

/// The columns of a file.
pub(super) struct Columns<const N: usize> {
    /// The names, the required ones first.
    pub names: [&'static str; N],
    /// The number of columns without which a table is refused.
    pub required: usize,
    /// What a row has, for messages.
    pub help: &'static str,
}

impl<const N: usize> Columns<N> {
    /// Reads a file: JSON lines if it begins with a brace, otherwise a table that is separated by
    /// tabs, semicolons or commas. Other keys and columns are ignored.
    pub fn read(&self, text: &str) -> Recovered<Vec<Row<N>>> {
        let is_json = text.trim_start().starts_with('{') || text.trim().is_empty();
        if is_json { self.of_lines(text) } else { self.of_table(text) }
    }

    fn of_lines(&self, text: &str) -> Recovered<Vec<Row<N>>> {
        let (mut rows, mut diagnostics) = (Vec::new(), Vec::new());
        for (line, json) in (1..).zip(text.lines()).filter(|(_, json)| !json.trim().is_empty()) {
            match serde_json::from_str::<Fields>(json) {
                Ok(mut object) => rows.push(Row { line, cells: self.names.map(|column| object.remove(column)) }),
                Err(error) => {
                    let bare = crate::plain_words::plain_words(&error.to_string());
                    let diagnostic = Diagnostic::new(format!("broken JSON: {bare}"));
                    diagnostics.push(diagnostic.at((line, error.column().max(1))).help(self.help));
                }
            }
        }
        Recovered { value: rows, diagnostics }
    }

    fn of_table(&self, text: &str) -> Recovered<Vec<Row<N>>> {
        let head = text.lines().next().unwrap_or_default();
        let delimiter = [b'\t', b';', b','].into_iter().find(|byte| head.as_bytes().contains(byte)).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let positions = self.names.map(|column| header.iter().position(|name| name.trim() == column));
        let mut required = self.names.iter().zip(positions).take(self.required);
        if let Some((column, _)) = required.find(|(_, position)| position.is_none()) {
            let diagnostic = Diagnostic::new(format!("the header has no column `{column}`")).at((1, 1)).help(self.help);
            return Recovered { value: Vec::new(), diagnostics: vec![diagnostic] };
        }
        let (mut rows, mut diagnostics) = (Vec::new(), Vec::new());
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, |position| position.line() as usize);
                    let cell =
                        |position: Option<usize>| record.get(position?).map(|cell| Value::String(cell.to_owned()));
                    rows.push(Row { line, cells: positions.map(cell) });
                }
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line() as usize);
                    diagnostics.push(Diagnostic::new("a broken row").at((line, 1)));
                }
            }
        }
        Recovered { value: rows, diagnostics }
    }
}

/// The text of a string or number; `None` if it is empty or of another type.
pub(super) fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
