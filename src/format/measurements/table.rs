//! Reads rows as CSV with a header. Tabs and semicolons are also recognised as delimiters.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Columns, MeasurementKind, RATING, Role};
use super::row::{MeasurementSettings, Row};
use crate::error::{Diagnostic, Recovered};

/// The help of diagnostics: how to write a table.
const EXAMPLE: &str = "the first line names the columns: system,document,rouge1,... or system,document,rating";

pub(super) fn read(text: &str, reading: &MeasurementSettings<'_>) -> Recovered<Vec<Row>> {
    let delimiter = delimiter(text);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else { return Recovered::default() };
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let wrong = |message: String| {
        let diagnostic = Diagnostic::new(message).in_file(reading.file).at_bytes(text, 0..1);
        Recovered { value: Vec::new(), diagnostics: vec![diagnostic.help(EXAMPLE)] }
    };
    let columns = match Columns::new(&names, reading.kind) {
        Ok(columns) => columns,
        Err(message) => return wrong(message),
    };
    let needed = [(columns.document, Role::Document), (columns.system, Role::System)];
    let is_given = |role: Role| role == Role::System && reading.system.is_some();
    for (column, role) in needed {
        if column.is_none() && !is_given(role) {
            return wrong(format!("the header lacks `{}`", reading.kind.name_of(role)));
        }
    }
    if columns.long.is_none() && columns.wide.is_empty() {
        return wrong("there is no column of numbers".to_owned());
    }
    let mut table =
        MeasurementTable { text, reading, names: &names, columns: &columns, delimiter, diagnostics: Vec::new() };
    let mut rows = Vec::new();
    // The text is UTF-8 and rows can have any length, so reading a record cannot fail.
    for record in records.flatten() {
        rows.extend(table.row(&record));
    }
    Recovered { value: rows, diagnostics: table.diagnostics }
}

/// Returns the delimiter that is most frequent in the header.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

struct MeasurementTable<'t> {
    text: &'t str,
    reading: &'t MeasurementSettings<'t>,
    names: &'t [&'t str],
    columns: &'t Columns,
    delimiter: u8,
    diagnostics: Vec<Diagnostic>,
}

impl MeasurementTable<'_> {
    fn row(&mut self, record: &StringRecord) -> Option<Row> {
        if record.len() != self.names.len() {
            let (found, wanted) = (record.len(), self.names.len());
            let diagnostic = Diagnostic::new(format!("the row has {found} columns, and the header {wanted}"));
            self.diagnostic(diagnostic.help("quote cells that contain the delimiter"), record, None);
            return None;
        }
        let system = match self.columns.system {
            None => self.reading.system.map(str::to_owned),
            Some(at) => self.id(record, at, Role::System),
        };
        let document = self.columns.document.and_then(|at| self.id(record, at, Role::Document));
        let annotator = match self.columns.annotator {
            None => None,
            Some(at) => Some(self.id(record, at, Role::Annotator)?),
        };
        let mut values = Vec::new();
        match self.columns.long {
            Some((None, at)) => values.extend(self.number(record, at, RATING)),
            Some((Some(name), at)) => match record.get(name).map(str::trim).unwrap_or_default() {
                // A row without a name and a number is skipped.
                "" if self.reading.kind == MeasurementKind::Scores
                    && record.get(at).is_some_and(|cell| cell.trim().is_empty()) => {}
                "" => {
                    self.id(record, name, Role::Name);
                }
                name => values.extend(self.number(record, at, name)),
            },
            None => {
                for at in &self.columns.wide {
                    values.extend(self.number(record, *at, self.names[*at]));
                }
            }
        }
        let line = record.position().map_or(0, |position| position.line() as usize);
        Some(Row { system: system?, document: document?, annotator, values, line })
    }

    fn id(&mut self, record: &StringRecord, at: usize, role: Role) -> Option<String> {
        let cell = record.get(at).map(str::trim).unwrap_or_default();
        if cell.is_empty() {
            let diagnostic = Diagnostic::new(format!("`{}` is empty", self.reading.kind.name_of(role)));
            self.diagnostic(diagnostic, record, Some(at));
            return None;
        }
        Some(cell.to_owned())
    }

    /// Returns the number in a column with its name, if it is wanted and not empty.
    fn number(&mut self, record: &StringRecord, at: usize, name: &str) -> Option<(String, f64)> {
        let cell = record.get(at).map(str::trim).filter(|cell| !cell.is_empty())?;
        if !(self.reading.wanted)(name) {
            return None;
        }
        let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            let option = if self.reading.kind == MeasurementKind::Scores {
                "metrics with `--metric`"
            } else {
                "dimensions with `--dimension`"
            };
            let diagnostic = Diagnostic::new(format!("`{name}` must be a number, and is {cell:?}"));
            let help =
                format!("leave the cell empty if there is no number; name the {option} if not all columns are numbers");
            self.diagnostic(diagnostic.help(help), record, Some(at));
        }
        number.map(|number| (name.to_owned(), number))
    }

    /// Adds a diagnostic, located at the cell of a column, or at the row if it contains quotes.
    fn diagnostic(&mut self, diagnostic: Diagnostic, record: &StringRecord, column: Option<usize>) {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let start = start + self.text[start..].len() - self.text[start..].trim_start_matches(['\n', '\r']).len();
        let line = self.text[start..].lines().next().unwrap_or_default();
        let cell = column.filter(|_| !line.contains('"')).map(|at| cell(line, self.delimiter, at));
        let bytes = cell.unwrap_or(0..line.len());
        let mut diagnostic = diagnostic.in_file(self.reading.file);
        let number = record.position().map_or(0, |position| position.line() as usize);
        diagnostic.position = Some((number, line[..bytes.start].chars().count() + 1));
        diagnostic.excerpt = (line.len() <= 240).then(|| (line.to_owned(), bytes));
        self.diagnostics.push(diagnostic);
    }
}

/// Returns the byte range of a cell in a line without quotes.
fn cell(line: &str, delimiter: u8, at: usize) -> Range<usize> {
    let mut cells = line.split(char::from(delimiter));
    let before: usize = cells.by_ref().take(at).map(|cell| cell.len() + 1).sum();
    let width = cells.next().map_or(0, str::len);
    let start = before.min(line.len());
    start..(start + width).min(line.len())
}
