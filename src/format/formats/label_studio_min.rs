//! Reads and writes Label Studio's smaller exports, one row an annotation: JSON-MIN, CSV and TSV.
//! Cells of the tables contain the same JSON as the values of JSON-MIN.
//!
//! These exports contain neither ids of regions nor relations, and no predictions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use csv::{ReaderBuilder, WriterBuilder};
use serde_json::{Map, json};

use super::label_studio::{self, Texts};
use crate::document::{Entity, Value};
use crate::error::Diagnostic;
use crate::format::annotator_choice::AnnotatorChoice;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source, reading};

const CAPABILITIES: Capabilities = Capabilities { label_texts: true, ..SPANS };

/// The `label-studio-min`, `label-studio-csv` and `label-studio-tsv` formats.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "label-studio-min",
        about: "Label Studio's JSON-MIN export: one object an annotation",
        extensions: &["json", "jsonl"],
        looks_like: |look| look.has("annotation_id") && look.has("annotator"),
        read: read_json,
        capabilities: CAPABILITIES,
        write: write_json,
        has_annotators: true,
        has_text_key: true,
        ..Format::DEFAULTS
    },
    Format {
        name: "label-studio-csv",
        about: "Label Studio's CSV export: one row an annotation",
        extensions: &["csv"],
        looks_like: |look| is_table(look, ','),
        read: |input| read_table(input, b','),
        capabilities: CAPABILITIES,
        write: |outputs, _| write_table(outputs, b','),
        has_annotators: true,
        has_text_key: true,
        ..Format::DEFAULTS
    },
    Format {
        name: "label-studio-tsv",
        about: "Label Studio's TSV export: one row an annotation",
        extensions: &["tsv"],
        looks_like: |look| is_table(look, '\t'),
        read: |input| read_table(input, b'\t'),
        capabilities: CAPABILITIES,
        write: |outputs, _| write_table(outputs, b'\t'),
        has_annotators: true,
        has_text_key: true,
        ..Format::DEFAULTS
    },
];

/// The fields of a row that are neither data nor labels.
const OTHER_FIELDS: &[&str] =
    &["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "ground_truth"];

fn is_table(look: &Look<'_>, delimiter: char) -> bool {
    let header = look.head.lines().next().unwrap_or_default();
    let names: BTreeSet<&str> = header.split(delimiter).map(|name| name.trim().trim_matches('"')).collect();
    names.contains("annotation_id") && names.contains("annotator")
}

fn read_json(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let parts = parse(input.file, input.text);
    let rows: Vec<&Value> = parts.iter().flatten().flat_map(Json::objects).collect();
    let context = RowContext::new(input, &rows);
    let read = reading::each_object(parts, |json, node, number| context.entry(json, node, number));
    context.finish(read)
}

/// Reads a table by turning its rows into objects. Cells that contain JSON are parsed.
fn read_table(input: &Input<'_>, delimiter: u8) -> Vec<Result<Entry, Diagnostic>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(input.text.as_bytes());
    let wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, |position| position.line() as usize).max(1);
        let message = "the rows have different numbers of cells, or a quotation mark is not closed";
        Err(Diagnostic::new(message).in_file(input.file).at((line, 1)))
    };
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return vec![wrong(&error)],
    };
    let mut texts = Vec::new();
    let mut diagnostics = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(1, |position| position.line() as usize);
                let cells = header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), value_of_cell(name, cell)));
                texts.push((line, serde_json::Value::Object(cells.collect()).to_string()));
            }
            Err(error) => diagnostics.push(wrong(&error)),
        }
    }
    let parsed: Vec<Json<'_>> = texts
        .iter()
        .filter_map(|(line, text)| Json::of_row(Source { file: input.file.to_owned(), line: *line }, text))
        .collect();
    let rows: Vec<&Value> = parsed.iter().map(|json| &json.value).collect();
    let context = RowContext::new(input, &rows);
    let mut read = Vec::new();
    for (number, json) in (1..).zip(&parsed) {
        read.extend(context.entry(json, &json.root(), number).map(Ok));
    }
    for json in parsed {
        let Source { file, line } = json.source.clone();
        // Positions in the object are none in the row.
        let place = |diagnostic: Diagnostic| Diagnostic { excerpt: None, ..diagnostic }.in_file(&file).at((line, 1));
        read.extend(json.into_diagnostics().into_iter().map(place).map(Err));
    }
    context.finish(read.into_iter().chain(diagnostics).collect())
}

/// Returns the value of a cell: a list of objects as JSON, a whole number where the field is one,
/// null for an empty cell, otherwise a string.
fn value_of_cell(name: &str, cell: &str) -> serde_json::Value {
    let is_number =
        matches!(name, "id" | "annotator" | "annotation_id") && cell.bytes().all(|byte| byte.is_ascii_digit());
    let parse = || serde_json::from_str::<serde_json::Value>(cell).ok();
    match cell {
        _ if name == "text" => cell.into(),
        "" => serde_json::Value::Null,
        _ if is_number => parse().unwrap_or_else(|| cell.into()),
        _ => {
            let is_list = |value: &serde_json::Value| {
                value.as_array().is_some_and(|all| all.iter().all(serde_json::Value::is_object))
            };
            parse().filter(is_list).unwrap_or_else(|| cell.into())
        }
    }
}

/// What is known about all rows of a file.
struct RowContext<'c, 'i> {
    input: &'c Input<'i>,
    texts: Texts,
    annotators: AnnotatorChoice,
}

impl<'c, 'i> RowContext<'c, 'i> {
    fn new(input: &'c Input<'i>, rows: &[&Value]) -> Self {
        let data = rows.iter().map(|row| label_studio::data_of(row, OTHER_FIELDS)).collect::<Vec<_>>();
        let stored = rows.iter().map(|row| stored_texts(row)).collect::<Vec<_>>();
        let texts = Texts::choose(input, &data, &stored);
        let mut by_task: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for (number, row) in (1..).zip(rows) {
            let id = row.get("id").map_or_else(|| number.to_string(), ToString::to_string);
            by_task.entry(id).or_default().push(label_studio::annotator_names(row.get("annotator")));
        }
        Self { input, texts, annotators: AnnotatorChoice::new(input, &by_task.into_values().collect::<Vec<_>>()) }
    }

    fn finish(&self, read: Vec<Result<Entry, Diagnostic>>) -> Vec<Result<Entry, Diagnostic>> {
        match self.annotators.diagnostic(self.input) {
            Some(diagnostic) => vec![Err(diagnostic)],
            None => read,
        }
    }

    fn entry(&self, json: &Json<'_>, row: &Node<'_>, number: usize) -> Option<Entry> {
        row.object()?;
        let annotator = self.annotators.select(&label_studio::annotator_names(row.value.get("annotator")))?;
        let (id, is_numbered) = reading::id(row.get("id"), number)?;
        let mut entry = Entry { is_numbered, annotator, ..Entry::foreign(json.source.clone(), id) };
        entry.text = self.texts.text(self.input, row, &entry.id);
        let mut places = SourceMap::default();
        let mut entities = Vec::new();
        let fields = row.value.as_object().into_iter().flat_map(crate::document::Fields::keys);
        for field in fields.filter(|name| !OTHER_FIELDS.contains(&name.as_str())) {
            let regions = row.get(field).filter(|value| is_regions(value.value));
            for region in regions.iter().flat_map(Node::items) {
                for entity in label_studio::region(&region, &region, "labels", self.input, &entry.id) {
                    places.note("entities", entities.len(), SourceLocation::Json(region.path.clone()));
                    entities.push(entity);
                }
            }
        }
        label_studio::accept_white_space(self.input, &entry.id, entry.text.as_deref(), &mut entities);
        entry.annotations.entities = Some(entities);
        entry.places = Some(places);
        Some(entry)
    }
}

/// Whether a value is a list of labelled spans.
fn is_regions(value: &Value) -> bool {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.first().is_some_and(|item| item.get("start").is_some() && item.get("end").is_some())
}

fn stored_texts(row: &Value) -> Vec<(u32, u32, String)> {
    let fields = row.as_object().into_iter().flat_map(crate::document::Fields::values);
    let lists = fields.filter(|value| is_regions(value)).filter_map(Value::as_array);
    lists.flatten().filter_map(label_studio::stored_text).collect()
}

/// Returns the fields of a row, except its text.
fn region_of(entity: &Entity) -> serde_json::Value {
    let mut region = json!({"start": entity.start, "end": entity.end});
    if let Some(text) = &entity.text {
        region["text"] = text.as_str().into();
    }
    region["labels"] = json!([entity.label]);
    region
}

/// Returns a row: the text, the task's id, the labels, the annotator and the annotation's number.
fn row(number: usize, output: &Output) -> Map<String, serde_json::Value> {
    let entities: Vec<_> = output.annotations.entities.iter().flatten().map(region_of).collect();
    let fields = [
        ("text", output.document.text().into()),
        ("id", output.document.id().into()),
        ("label", entities.into()),
        ("annotator", 1.into()),
        ("annotation_id", number.into()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn write_json(outputs: &[Output], _: bool) -> Files {
    let rows: Vec<String> =
        (1..).zip(outputs).map(|(number, output)| serde_json::Value::Object(row(number, output)).to_string()).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", rows.join(",\n")).into_bytes())]
}

fn write_table(outputs: &[Output], delimiter: u8) -> Files {
    let columns = ["text", "id", "label", "annotator", "annotation_id"];
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let mut write = |cells: Vec<String>| writer.write_record(&cells).expect("memory takes all bytes");
    write(columns.map(str::to_owned).to_vec());
    for (number, output) in (1..).zip(outputs) {
        let row = row(number, output);
        let cell = |name: &&str| match &row[*name] {
            serde_json::Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        write(columns.iter().map(cell).collect());
    }
    vec![(PathBuf::new(), writer.into_inner().expect("memory takes all bytes"))]
}
