//! Reads and writes tables of spans, as CSV or TSV with a header: `document`, `start`, `end`,
//! `label`, and optional columns.
//!
//! A row with only a document means that it has no labels. Unknown columns become attributes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source};

/// The `csv` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "csv",
    about: "a table of spans with a header: document,start,end,label,...; separated by commas, tabs or semicolons",
    extensions: &["csv", "tsv"],
    omits_empty: true,
    looks_like,
    read,
    capabilities: Capabilities {
        text: false,
        label_texts: true,
        ids: Ids::Any,
        fragments: true,
        confidence: true,
        optional: true,
        attribute,
        ..SPANS
    },
    write,
    ..Format::DEFAULTS
}];

/// The columns, each with the names that headers use for it.
const COLUMNS: &[(&str, &[&str])] = &[
    ("document", &["document", "doc", "doc_id", "document_id"]),
    ("start", &["start", "begin", "start_offset"]),
    ("end", &["end", "stop", "end_offset"]),
    ("label", &["label", "type", "entity_type"]),
    ("text", &["text", "covered_text", "mention"]),
    ("confidence", &["confidence", "score"]),
    ("id", &["id", "entity_id"]),
    ("fragments", &["fragments"]),
    ("optional", &["optional"]),
];

/// The number of required columns, which come first in the list.
const REQUIRED_COLUMNS: usize = 4;

fn column(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

fn attribute(key: &str, value: &Value) -> bool {
    let plain = !key.is_empty() && key.trim() == key && !key.starts_with('\u{feff}') && column(key).is_none();
    plain && value.as_str().is_some_and(|value| !value.is_empty())
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let found = |delimiter: &u8| header.split(char::from(*delimiter)).filter(|name| column(name).is_some()).count() > 1;
    [b',', b'\t', b';'].into_iter().find(found).unwrap_or(b',')
}

fn looks_like(look: &Look<'_>) -> bool {
    let header = look.head.lines().next().unwrap_or_default();
    let delimiter = char::from(delimiter(look.head));
    let found: Vec<&str> = header.split(delimiter).filter_map(|name| column(name.trim().trim_matches('"'))).collect();
    COLUMNS[..REQUIRED_COLUMNS].iter().all(|(needed, _)| found.contains(needed))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut table = SpanTable { input, entries: BTreeMap::new(), diagnostics: Vec::new() };
    table.read();
    table.entries.into_values().map(Ok).chain(table.diagnostics.into_iter().map(Err)).collect()
}

struct SpanTable<'t, 'i> {
    input: &'t Input<'i>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
}

/// A row with its header, and its byte range in the file.
struct SpanRow<'r> {
    header: &'r [(Option<&'static str>, String)],
    record: &'r StringRecord,
    bytes: Range<usize>,
    delimiter: u8,
}

impl SpanRow<'_> {
    fn number_of(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|(column, _)| *column == Some(name))
    }

    /// Returns the trimmed content of a column; `None` if it is empty or absent.
    fn cell(&self, name: &str) -> Option<&str> {
        let cell = self.record.get(self.number_of(name)?)?;
        // The stored text of a span may begin or end with a space.
        let cell = if name == "text" { cell } else { cell.trim() };
        Some(cell).filter(|cell| !cell.is_empty())
    }

    /// Returns the byte range of a column, or of the whole row if it contains quotes, which change
    /// the length of cells.
    fn cell_range(&self, text: &str, name: &str) -> Range<usize> {
        let row = &text[self.bytes.clone()];
        let Some(number) = self.number_of(name).filter(|_| !row.contains('"')) else { return self.bytes.clone() };
        let before: usize = row.split(char::from(self.delimiter)).take(number).map(|cell| cell.len() + 1).sum();
        let width = row.split(char::from(self.delimiter)).nth(number).map_or(0, str::len);
        let start = (self.bytes.start + before).min(self.bytes.end);
        start..(start + width).max(start + 1)
    }
}

impl SpanTable<'_, '_> {
    fn diagnostic(&mut self, diagnostic: Diagnostic, bytes: Range<usize>) {
        self.diagnostics.push(diagnostic.in_file(self.input.file).at_bytes(self.input.text, bytes));
    }

    fn read(&mut self) {
        let text = self.input.text;
        let delimiter = delimiter(text);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records();
        let Some(Ok(header)) = records.next() else { return };
        let header: Vec<_> = header.iter().map(|name| (column(name), name.trim().to_owned())).collect();
        let missing: Vec<String> = COLUMNS[..REQUIRED_COLUMNS]
            .iter()
            .filter(|(needed, _)| !header.iter().any(|(found, _)| found == &Some(*needed)))
            .map(|(needed, _)| format!("`{needed}`"))
            .collect();
        if !missing.is_empty() {
            let diagnostic = Diagnostic::new(format!("the header lacks {}", missing.join(", ")));
            return self
                .diagnostic(diagnostic.help("the first line names the columns: document,start,end,label"), 0..1);
        }
        for (at, name) in header.iter().enumerate() {
            if header[..at].iter().any(|earlier| earlier == name || (name.0.is_some() && earlier.0 == name.0)) {
                return self
                    .diagnostic(Diagnostic::new(format!("two columns are `{}`", name.0.unwrap_or(&name.1))), 0..1);
            }
        }
        for record in records {
            // The text is UTF-8 and rows can have any length, so reading a record cannot fail.
            let Ok(record) = record else { continue };
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let start = start + text[start..].len() - text[start..].trim_start_matches(['\n', '\r']).len();
            let length = text[start..].find('\n').unwrap_or(text.len() - start);
            let end = start + text[start..start + length].trim_end_matches('\r').len();
            let line = text[..start].matches('\n').count() + 1;
            let row = SpanRow { header: &header, record: &record, bytes: start..end, delimiter };
            self.row(&row, line);
        }
    }

    fn row(&mut self, row: &SpanRow<'_>, line: usize) {
        let text = self.input.text;
        if row.record.len() != row.header.len() {
            let (found, wanted) = (row.record.len(), row.header.len());
            let diagnostic = Diagnostic::new(format!("the row has {found} columns, and the header {wanted}"));
            return self.diagnostic(diagnostic.help("quote cells that contain the delimiter"), row.bytes.clone());
        }
        let Some(document) = row.cell("document") else {
            return self.diagnostic(Diagnostic::new("`document` is empty"), row.cell_range(text, "document"));
        };
        let source = Source { file: self.input.file.to_owned(), line };
        if row.cell("start").is_none() && row.cell("end").is_none() && row.cell("label").is_none() {
            let entry =
                self.entries.entry(document.to_owned()).or_insert_with_key(|id| Entry::foreign(source, id.as_str()));
            entry.annotations.entities.get_or_insert_default();
            return;
        }
        let before = self.diagnostics.len();
        let start = self.offset(row, "start");
        let end = self.offset(row, "end");
        if row.cell("label").is_none() {
            self.diagnostic(Diagnostic::new("`label` is empty"), row.cell_range(text, "label"));
        }
        let confidence = row.cell("confidence").and_then(|cell| {
            let number = cell.parse::<f64>().ok();
            if number.is_none() {
                self.diagnostic(
                    Diagnostic::new(format!("`confidence` must be a number, and is {cell:?}")),
                    row.cell_range(text, "confidence"),
                );
            }
            number
        });
        let fragments = row.cell("fragments").map_or_else(|| Some(Vec::new()), fragments);
        if fragments.is_none() {
            let diagnostic = Diagnostic::new("`fragments` must be like `0-3;5-9`");
            self.diagnostic(diagnostic, row.cell_range(text, "fragments"));
        }
        let optional = match row.cell("optional").map(str::to_lowercase).as_deref() {
            None | Some("false" | "0" | "no") => false,
            Some("true" | "1" | "yes") => true,
            Some(other) => {
                let diagnostic = Diagnostic::new(format!("`optional` must be true or false, and is {other:?}"));
                self.diagnostic(diagnostic, row.cell_range(text, "optional"));
                false
            }
        };
        let (Some(start), Some(end), Some(fragments), true) = (start, end, fragments, self.diagnostics.len() == before)
        else {
            return;
        };
        let span = Span { text: row.cell("text").map(str::to_owned), confidence, ..Span::new(start, end) };
        let mut entity = Entity::new(span, row.cell("label").unwrap_or_default());
        entity.id = row.cell("id").map(str::to_owned);
        (entity.fragments, entity.optional) = (fragments, optional);
        let own = row.header.iter().zip(row.record).filter(|((column, _), cell)| column.is_none() && !cell.is_empty());
        entity.attributes = own.map(|((_, name), cell)| (name.clone(), Value::from(cell))).collect();
        let entry =
            self.entries.entry(document.to_owned()).or_insert_with_key(|id| Entry::foreign(source, id.as_str()));
        let entities = entry.annotations.entities.get_or_insert_default();
        let places = entry.places.get_or_insert_with(SourceMap::default);
        places.note("entities", entities.len(), SourceLocation::Bytes(row.bytes.clone()));
        entities.push(entity);
    }

    fn offset(&mut self, row: &SpanRow<'_>, name: &str) -> Option<u32> {
        let cell = row.cell(name).unwrap_or_default();
        let offset = cell.parse().ok().filter(|at| *at < u32::MAX);
        if offset.is_none() {
            let diagnostic =
                Diagnostic::new(format!("`{name}` must be an offset, a whole number from 0, and is {cell:?}"));
            self.diagnostic(diagnostic, row.cell_range(self.input.text, name));
        }
        offset
    }
}

/// Parses fragments such as `0-3;5-9`.
fn fragments(cell: &str) -> Option<Vec<(u32, u32)>> {
    let part = |part: &str| {
        let (start, end) = part.split_once('-')?;
        Some((start.trim().parse().ok()?, end.trim().parse().ok()?))
    };
    cell.split(';').map(part).collect()
}

/// Returns the content of an entity's column.
type Cell = fn(&Entity) -> Option<String>;

fn write(outputs: &[Output], _: bool) -> Files {
    let entities = || outputs.iter().flat_map(|output| output.annotations.entities.iter().flatten());
    let own: Vec<&String> = {
        let names: std::collections::BTreeSet<&String> =
            entities().flat_map(|entity| entity.attributes.keys()).collect();
        names.into_iter().collect()
    };
    let optional: [(&str, Cell); 5] = [
        ("text", |entity| entity.text.clone()),
        ("confidence", |entity| entity.confidence.map(|confidence| confidence.to_string())),
        ("id", |entity| entity.id.clone()),
        ("fragments", |entity| {
            let parts: Vec<String> = entity.fragments.iter().map(|(start, end)| format!("{start}-{end}")).collect();
            Some(parts.join(";")).filter(|parts| !parts.is_empty())
        }),
        ("optional", |entity| entity.optional.then(|| "true".to_owned())),
    ];
    let used: Vec<_> =
        optional.into_iter().filter(|(_, cell)| entities().any(|entity| cell(entity).is_some())).collect();
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let header = ["document", "start", "end", "label"].into_iter().map(str::to_owned);
    let header =
        header.chain(used.iter().map(|(name, _)| (*name).to_owned())).chain(own.iter().map(|name| (*name).clone()));
    let header: Vec<String> = header.collect();
    let mut rows = vec![header.clone()];
    for output in outputs {
        let document = output.document.id();
        let labels = output.annotations.entities.as_deref().unwrap_or_default();
        if labels.is_empty() {
            rows.push([document.to_owned()].into_iter().chain(header.iter().skip(1).map(|_| String::new())).collect());
        }
        rows.extend(labels.iter().map(|entity| {
            let first = [document.to_owned(), entity.start.to_string(), entity.end.to_string(), entity.label.clone()];
            let known = used.iter().map(|(_, cell)| cell(entity).unwrap_or_default());
            let own = own.iter().map(|name| entity.attributes.get(*name).and_then(Value::as_str).unwrap_or_default());
            first.into_iter().chain(known).chain(own.map(str::to_owned)).collect()
        }));
    }
    for row in rows {
        writer.write_record(row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    vec![(PathBuf::new(), bytes)]
}
