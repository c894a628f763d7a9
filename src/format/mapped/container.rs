//! Containers of rows: JSON lines, a JSON document or array, CSV and TSV, and text files with one
//! text a line. Parquet files are JSON lines here (see `parquet_file`). Each row becomes a JSON
//! object with the line on which it begins.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::value::RawValue;

use super::super::extension::{has_any_extension, has_extension};
use super::super::karat::{Source, broken};
use super::known_shapes;
use crate::document::Value;
use crate::error::{Diagnostic, position_of};

/// The name of the only column of a file with one text a line.
pub(super) const LINE: &str = "line";

/// How a file contains rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// An object on each line that is not blank.
    JsonLines,
    /// One object, or an array of objects.
    Json,
    /// The objects in an array that is the value of this key of the file's only object.
    JsonBelow(&'static str),
    /// A table with a header, and this delimiter.
    Table(u8),
    /// One text a line. Blank lines are empty texts.
    Lines,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// The object.
    pub value: Value,
}

impl Container {
    /// Returns the container of a file by its extension and its first character; `None` if it may
    /// be of any kind, and can only be one of texts.
    pub fn of(file: &Path, text: &str) -> Option<Self> {
        let start = text.trim_start();
        if has_extension(file, "csv") || has_extension(file, "tsv") {
            return Some(Self::Table(delimiter(file, text)));
        }
        // The text of a Parquet file is JSON lines.
        if ["jsonl", "ndjson", "parquet"].iter().any(|extension| has_extension(file, extension)) {
            return Some(if start.starts_with('[') { Self::Json } else { Self::JsonLines });
        }
        if start.starts_with('[') {
            return Some(Self::Json);
        }
        if start.starts_with('{') {
            let is_one = has_extension(file, "json") && serde_json::from_str::<&RawValue>(text).is_ok();
            return Some(match is_one.then(|| below(text)) {
                Some(Some(key)) => Self::JsonBelow(key),
                Some(None) => Self::Json,
                None => Self::JsonLines,
            });
        }
        None
    }

    /// Whether a file has a name that files of texts have: one without an extension, or `.txt`, or
    /// a language or a role (`.en`, `.ref`), which no other format has.
    pub fn may_be_lines(file: &Path) -> bool {
        const OTHERS: [&str; 11] =
            ["json", "jsonl", "ndjson", "csv", "tsv", "xml", "html", "md", "toml", "yaml", "parquet"];
        !has_any_extension(file) || !OTHERS.iter().any(|extension| has_extension(file, extension))
    }

    /// Reads all rows of a text, or those at its beginning: rows are read until `enough` bytes of
    /// the text are read, and at least one.
    pub fn rows(self, file: &Path, text: &str, enough: usize) -> Vec<Result<Row, Diagnostic>> {
        match self {
            Self::Lines => {
                let row = |(at, line): (usize, &str)| {
                    let value = [(LINE.to_owned(), Value::from(line))].into_iter().collect();
                    Ok(Row { line: at + 1, value })
                };
                text.lines().take_while(within(text, enough)).enumerate().map(row).collect()
            }
            Self::JsonLines => {
                let lines = text.lines().take_while(within(text, enough)).enumerate();
                let lines = lines.filter(|(_, line)| !line.trim().is_empty());
                lines.map(|(at, line)| json_row(file, line, at + 1)).collect()
            }
            Self::Json => json_rows(file, text),
            Self::JsonBelow(key) => {
                let object: BTreeMap<&str, &RawValue> = serde_json::from_str(text).unwrap_or_default();
                let Some(rows) = object.get(key) else { return Vec::new() };
                let before = rows.get().as_ptr() as usize - text.as_ptr() as usize;
                let lines = memchr::memchr_iter(b'\n', &text.as_bytes()[..before]).count();
                let below = |row: Row| Row { line: row.line + lines, ..row };
                json_rows(file, rows.get()).into_iter().map(|row| row.map(below)).collect()
            }
            Self::Table(delimiter) => table_rows(file, text, delimiter, enough),
        }
    }
}

/// Returns the key of an object below which a known tool writes its rows.
fn below(text: &str) -> Option<&'static str> {
    let value = serde_json::from_str::<&RawValue>(text).ok().and_then(|raw| Value::from_raw(raw).ok())?;
    known_shapes::rows_key(&value)
}

/// Returns a predicate that is true for parts of a text that begin in its first `enough` bytes.
fn within<'t>(text: &'t str, enough: usize) -> impl FnMut(&&'t str) -> bool {
    move |part| (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) <= enough
}

/// Returns the row of a JSON text on one line.
fn json_row(file: &Path, text: &str, line: usize) -> Result<Row, Diagnostic> {
    let source = Source { file: file.to_owned(), line };
    let raw = serde_json::from_str::<&RawValue>(text).map_err(|error| broken(&source, text, &error))?;
    row_of(file, raw, line)
}

fn row_of(file: &Path, raw: &RawValue, line: usize) -> Result<Row, Diagnostic> {
    let diagnostic = |message: String| Diagnostic::new(message).in_file(file).at((line, 1));
    let value = Value::from_raw(raw).map_err(|refused| diagnostic(refused.message))?;
    match value {
        Value::Object(_) => Ok(Row { line, value }),
        _ => Err(diagnostic("this row is no JSON object".to_owned()).help("a row is an object with named fields")),
    }
}

/// Returns the rows of a JSON array, or the only row of an object.
fn json_rows(file: &Path, text: &str) -> Vec<Result<Row, Diagnostic>> {
    let error = |error: &serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let bare = message.rfind(" at line ").map_or(message.as_str(), |at| &message[..at]);
        vec![Err(Diagnostic::new(format!("broken JSON: {bare}")).in_file(file).at((line.max(1), column.max(1))))]
    };
    if !text.trim_start().starts_with('[') {
        return match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => vec![row_of(file, raw, position_of(text, text.len() - text.trim_start().len()).0)],
            Err(broken) => error(&broken),
        };
    }
    let elements: Vec<&RawValue> = match serde_json::from_str(text) {
        Ok(elements) => elements,
        Err(broken) => return error(&broken),
    };
    let (mut line, mut counted) = (1, 0);
    let row = |raw: &&RawValue| {
        let at = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count();
        counted = at;
        row_of(file, raw, line)
    };
    elements.iter().map(row).collect()
}

/// Returns the delimiter of a table: a tab in a `.tsv` file, otherwise the character that is most
/// frequent in the header.
fn delimiter(file: &Path, text: &str) -> u8 {
    if has_extension(file, "tsv") {
        return b'\t';
    }
    let header = text.lines().next().unwrap_or_default().as_bytes();
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, header).count();
    // The last of several equal maxima is taken, so that a header without any has a comma.
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Returns the rows of a table. Cells are strings; an empty cell is no value.
fn table_rows(file: &Path, text: &str, delimiter: u8, enough: usize) -> Vec<Result<Row, Diagnostic>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::Headers).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return vec![Err(table_error(file, &error))],
    };
    if let Some(twice) =
        header.iter().enumerate().find(|(at, name)| header.iter().take(*at).any(|other| other == *name))
    {
        let diagnostic = Diagnostic::new(format!("two columns are named {:?}", twice.1)).in_file(file).at((1, 1));
        return vec![Err(diagnostic.help("give each column a name of its own"))];
    }
    let (mut rows, mut record) = (Vec::new(), StringRecord::new());
    let (mut line, mut counted) = (1, 0);
    while (reader.position().byte() as usize) < enough || rows.is_empty() {
        match reader.read_record(&mut record) {
            Ok(true) => {
                // The position of a record is that of the blank lines before it.
                let begin = record.position().map_or(counted, |position| position.byte() as usize).min(text.len());
                let blank = text[begin..].len() - text[begin..].trim_start_matches(['\r', '\n']).len();
                line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..begin + blank]).count();
                counted = begin + blank;
                let cells = header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), Value::from(cell)));
                rows.push(Ok(Row { line, value: cells.collect() }));
            }
            Ok(false) => break,
            Err(error) => rows.push(Err(table_error(file, &error))),
        }
    }
    rows
}

fn count(cells: u64) -> String {
    if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") }
}

fn table_error(file: &Path, error: &csv::Error) -> Diagnostic {
    let line = error.position().map_or(1, |position| position.line() as usize);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this row has {}, but the header has {expected_len}", count(*len))
        }
        _ => "this row cannot be read".to_owned(),
    };
    let diagnostic = Diagnostic::new(message).in_file(file).at((line.max(1), 1));
    diagnostic.help("a cell with a delimiter or a line break is written in double quotes")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Container, Row};

    fn rows(file: &str, text: &str) -> Vec<(usize, String)> {
        let container = Container::of(Path::new(file), text).unwrap_or(Container::Lines);
        let rows = container.rows(Path::new(file), text, usize::MAX);
        rows.into_iter().map(|row| row.map(|Row { line, value }| (line, value.to_string())).unwrap()).collect()
    }

    #[test]
    fn rows_have_the_lines_on_which_they_begin() {
        let row = |line: usize, json: &str| (line, json.to_owned());
        assert_eq!(rows("a.jsonl", "{\"a\": 1}\n\n{\"a\": 2.0}"), [row(1, "{\"a\":1}"), row(3, "{\"a\":2.0}")]);
        assert_eq!(rows("a.json", "[\n {\"a\":\n 1},\n {\"a\": 2}]"), [row(2, "{\"a\":1}"), row(4, "{\"a\":2}")]);
        assert_eq!(rows("a.json", "\n{\"a\":\n1}"), [row(2, "{\"a\":1}")]);
        assert_eq!(
            rows("a.csv", "a,b\n\"x\ny\",\"\"\"z\"\n\n1,2\n"),
            [row(2, "{\"a\":\"x\\ny\",\"b\":\"\\\"z\"}"), row(5, "{\"a\":\"1\",\"b\":\"2\"}")]
        );
        assert_eq!(rows("a.tsv.gz", "a\tb\r\n1,2\t\r\n"), [row(2, "{\"a\":\"1,2\",\"b\":\"\"}")]);
        assert_eq!(
            rows("a.txt", "x\n\ny"),
            [row(1, "{\"line\":\"x\"}"), row(2, "{\"line\":\"\"}"), row(3, "{\"line\":\"y\"}")]
        );
    }

    #[test]
    fn malformed_rows_are_located() {
        let error = |file: &str, text: &str| {
            let container = Container::of(Path::new(file), text).unwrap();
            let diagnostic =
                container.rows(Path::new(file), text, usize::MAX).into_iter().find_map(Result::err).unwrap();
            (diagnostic.message, diagnostic.position.unwrap().0)
        };
        assert_eq!(error("a.csv", "a,b\n1,2\n3\n"), ("this row has 1 cell, but the header has 2".to_owned(), 3));
        assert_eq!(error("a.csv", "a,a\n1,2\n"), ("two columns are named \"a\"".to_owned(), 1));
        assert_eq!(error("a.jsonl", "{\"a\": 1}\n7\n"), ("this row is no JSON object".to_owned(), 2));
        assert_eq!(error("a.json", "[{\"a\": 1},\n 7]"), ("this row is no JSON object".to_owned(), 2));
        assert_eq!(error("a.json", "[{\"a\": 1},\n"), ("broken JSON: EOF while parsing a value".to_owned(), 2));
    }
}
