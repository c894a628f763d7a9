//! Worklists: documents, or places in documents, that someone is to look at in the given order.
//!
//! Four forms are read: the JSON of `karat check --format json` (`karat.check/1`), lines of JSON, a
//! table with a header, and plain lines of ids.

use std::path::Path;

use serde::Deserialize;

use crate::error::Diagnostic;
use crate::format::decode;

/// A document, or a place in it, and why it is to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkItem {
    /// The id of the document.
    pub document: String,
    /// The place in code points.
    pub span: Option<(u32, u32)>,
    /// Why, in words; may be empty.
    pub note: String,
    /// The line of the file, counted from 1; 0 if the file is not read by lines.
    pub line: usize,
}

/// A row of JSON. Other keys are passed over.
#[derive(Deserialize)]
struct Row {
    #[serde(alias = "id")]
    document: Option<String>,
    start: Option<u32>,
    end: Option<u32>,
    #[serde(alias = "message")]
    note: Option<String>,
}

#[derive(Deserialize)]
struct CheckReport {
    schema: String,
    findings: Vec<Row>,
}

const HELP: &str = "write one document id a line, a table or lines of JSON with `document` and, if known, `start`, \
    `end` and `note`, or pass what `karat check --format json` printed";

/// Reads a worklist.
///
/// # Errors
/// Fails if the file cannot be read, names no document, or has a line that is not understood.
pub fn read_worklist(path: &Path) -> Result<Vec<WorkItem>, Diagnostic> {
    let bytes = std::fs::read(path).map_err(|error| Diagnostic::io("read the worklist", path, &error))?;
    let items = decode(&bytes).and_then(items).map_err(|diagnostic| diagnostic.in_file(path))?;
    if items.is_empty() {
        return Err(Diagnostic::new("the worklist names no document").in_file(path).help(HELP));
    }
    Ok(items)
}

fn items(text: &str) -> Result<Vec<WorkItem>, Diagnostic> {
    if let Ok(report) = serde_json::from_str::<CheckReport>(text) {
        if report.schema != "karat.check/1" {
            let message = format!("the schema {:?} is no worklist: `karat.check/1` is", report.schema);
            return Err(Diagnostic::new(message).help(HELP));
        }
        // A finding about the dataset as a whole names no document.
        return report.findings.into_iter().filter(|row| row.document.is_some()).map(|row| row.item(0)).collect();
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.trim_start().starts_with('{') {
        return rows_of_json(text);
    }
    let separator = if first.contains('\t') { b'\t' } else { b',' };
    let header: Vec<&str> = first.split(char::from(separator)).map(|name| name.trim().trim_matches('"')).collect();
    let of = |names: &[&str]| header.iter().position(|name| names.contains(name));
    match of(&["document", "id"]) {
        Some(document) => {
            let columns = [Some(document), of(&["start"]), of(&["end"]), of(&["note", "message"])];
            rows_of_table(text, separator, columns)
        }
        // An id may contain a comma.
        None => Ok(ids(text)),
    }
}

fn ids(text: &str) -> Vec<WorkItem> {
    let lines = (1..).zip(text.lines()).map(|(line, id)| (line, id.trim()));
    let items = lines.filter(|(_, id)| !id.is_empty());
    items.map(|(line, id)| WorkItem { document: id.to_owned(), line, ..WorkItem::default() }).collect()
}

fn rows_of_json(text: &str) -> Result<Vec<WorkItem>, Diagnostic> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let item = |(number, line)| {
        let at = |diagnostic: Diagnostic| diagnostic.at((number, 1)).help(HELP);
        let row: Row = serde_json::from_str(line)
            .map_err(|error| at(Diagnostic::new(format!("this line is not understood: {error}"))))?;
        row.item(number).map_err(at)
    };
    lines.map(item).collect()
}

fn rows_of_table(text: &str, separator: u8, columns: [Option<usize>; 4]) -> Result<Vec<WorkItem>, Diagnostic> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    let mut items = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| Diagnostic::new(format!("the table is not understood: {error}")).help(HELP))?;
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        let cell =
            |column: Option<usize>| column.and_then(|at| record.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
        let offset = |column| {
            let parse = |cell: &str| {
                let message = format!("{cell:?} is no offset");
                cell.parse().map_err(|_| Diagnostic::new(message).at((line, 1)).help(HELP))
            };
            cell(column).map(parse).transpose()
        };
        let (start, end) = (offset(columns[1])?, offset(columns[2])?);
        let (document, note) = (cell(columns[0]).map(str::to_owned), cell(columns[3]).map(str::to_owned));
        let item = Row { document, start, end, note }.item(line);
        items.push(item.map_err(|diagnostic| diagnostic.at((line, 1)).help(HELP))?);
    }
    Ok(items)
}

impl Row {
    fn item(self, line: usize) -> Result<WorkItem, Diagnostic> {
        let document = self.document.filter(|document| !document.is_empty());
        let document = document.ok_or_else(|| Diagnostic::new("this line names no `document`"))?;
        let span = match (self.start, self.end) {
            (None, None) => None,
            (Some(start), Some(end)) if start <= end => Some((start, end)),
            (Some(_), Some(_)) => return Err(Diagnostic::new("`start` is after `end`")),
            _ => return Err(Diagnostic::new("`start` and `end` belong together: one of them is missing")),
        };
        Ok(WorkItem { document, span, note: self.note.unwrap_or_default(), line })
    }
}

#[cfg(test)]
mod tests {
    use super::{WorkItem, items};

    fn item(document: &str, span: Option<(u32, u32)>, note: &str, line: usize) -> WorkItem {
        WorkItem { document: document.to_owned(), span, note: note.to_owned(), line }
    }

    #[test]
    fn four_forms_are_read() {
        assert_eq!(items("a 1\n\n b\n").unwrap(), [item("a 1", None, "", 1), item("b", None, "", 3)]);
        let lines =
            "{\"id\": \"a\", \"score\": 1}\n{\"document\": \"b\", \"start\": 2, \"end\": 5, \"note\": \"why\"}\n";
        assert_eq!(items(lines).unwrap(), [item("a", None, "", 1), item("b", Some((2, 5)), "why", 2)]);
        let table = "score,document,note\n0.5,a,\"why, then\"\n0.1,b,\n";
        assert_eq!(items(table).unwrap(), [item("a", None, "why, then", 2), item("b", None, "", 3)]);
        assert_eq!(items("a,1\n").unwrap(), [item("a,1", None, "", 1)]);
        assert_eq!(items("id\nid\n").unwrap(), [item("id", None, "", 2)]);
        let check = r#"{"schema": "karat.check/1", "findings": [
            {"code": "x", "document": null, "message": "m"},
            {"code": "x", "document": "a", "message": "m", "start": 1, "end": 2, "line": 7}], "documents": 1}"#;
        assert_eq!(items(check).unwrap(), [item("a", Some((1, 2)), "m", 0)]);
    }

    #[test]
    fn other_contents_are_refused_by_line() {
        for (text, message, line) in [
            ("{\"document\": \"a\"}\n{\"x\": 1}\n", "names no `document`", Some((2, 1))),
            ("document,start,end\na,x,3\n", "no offset", Some((2, 1))),
            ("document,start,end\na,,3\n", "one of them is missing", Some((2, 1))),
            ("{\"document\": \"a\", \"start\": 4, \"end\": 3}\n", "`start` is after `end`", Some((1, 1))),
            (r#"{"schema": "karat.gate/1", "findings": []}"#, "karat.gate/1", None),
        ] {
            let diagnostic = items(text).unwrap_err();
            assert!(diagnostic.message.contains(message), "{diagnostic:?}");
            assert_eq!(diagnostic.position, line, "{text}");
        }
    }
}
