//! Reads and writes Argilla's records, of version 1 (`annotation` and `prediction` as lists of
//! `[label, start, end]` or of objects) and of version 2 (`responses` and `suggestions` to a
//! question about spans).
//!
//! Golden annotations are read from `annotation` and from the responses only. A file that is read
//! as predictions gives `prediction` or the suggestions.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::json;

use super::label_studio::Texts;
use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::annotator_choice::{AnnotatorChoice, Names};
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Annotators, Entry, Purpose, reading};

/// The `argilla-v1` and `argilla` formats.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "argilla",
        about: "Argilla 2's records: `fields`, with spans in `responses` and `suggestions`",
        extensions: &["json", "jsonl"],
        looks_like: |look| look.has("fields") && look.has("responses") && look.has("suggestions"),
        read: |input| Version::Two.read(input),
        capabilities: Capabilities { absent_entities: true, ..SPANS },
        write: |outputs, _| write(outputs, record),
        has_annotators: true,
        has_text_key: true,
        ..Format::DEFAULTS
    },
    Format {
        name: "argilla-v1",
        about: "Argilla 1's records: `text`, with `annotation` and `prediction` as lists of [label, start, end]",
        extensions: &["json", "jsonl"],
        looks_like: looks_like_v1,
        read: |input| Version::One.read(input),
        capabilities: Capabilities { absent_entities: true, confidence: true, ..SPANS },
        write: |outputs, _| write(outputs, record_v1),
        has_annotators: true,
        has_text_key: true,
        ..Format::DEFAULTS
    },
];

/// Whether the first object is a record of version 1.
pub(super) fn looks_like_v1(look: &Look<'_>) -> bool {
    let is_record =
        ["annotation", "prediction"].iter().any(|key| look.key(key).is_some_and(|v| v.starts_with(['[', 'n'])));
    look.has("text")
        && is_record
        && ["annotation_agent", "prediction_agent", "tokens", "status"].iter().any(|key| look.has(key))
}

/// The version of the records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A list of spans, and the names of the annotator or model that they are by.
type Labelled<'j> = (Names, Node<'j>);

impl Version {
    fn read(self, input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
        let parts = parse(input.file, input.text);
        let records: Vec<&Value> = parts.iter().flatten().flat_map(Json::objects).collect();
        let annotators = |record: &&Value| self.annotators(record, false);
        let is_annotated = records.iter().any(|record| !annotators(record).is_empty());
        let reads_predictions = match input.export.purpose {
            Purpose::Predictions => true,
            Purpose::Gold => false,
            Purpose::Any => !is_annotated,
        };
        let all: Vec<Vec<Names>> = records
            .iter()
            .map(|record| {
                let predicted = if reads_predictions { self.annotators(record, true) } else { Vec::new() };
                // Annotations are not read beside predictions, unless an annotator is named.
                if predicted.is_empty() || input.export.annotators != Annotators::Only {
                    [annotators(record), predicted].concat()
                } else {
                    predicted
                }
            })
            .collect();
        let choice = AnnotatorChoice::new(input, &all);
        let texts = match self {
            Self::One => Texts::Key("text".to_owned()),
            Self::Two => self.texts(input, &records),
        };
        let file =
            RecordFile { version: self, input, choice, texts, reads_predictions, has_reported: Cell::new(false) };
        let read = reading::each_object(parts, |json, node, number| file.entries(json, node, number));
        match file.choice.diagnostic(input) {
            Some(diagnostic) => vec![Err(diagnostic)],
            None => read,
        }
    }

    /// Returns the names of the annotators, or of the models, of a record.
    fn annotators(self, record: &Value, of_predictions: bool) -> Vec<Names> {
        let name =
            |value: Option<&Value>| -> Names { value.and_then(Value::as_str).map(str::to_owned).into_iter().collect() };
        match self {
            Self::One => {
                let (list, agent) = keys_of_version_1(of_predictions);
                let is_there = record.get(list).is_some_and(|list| !list.is_null());
                is_there.then(|| name(record.get(agent))).into_iter().collect()
            }
            Self::Two if of_predictions => {
                let all = record
                    .get("suggestions")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(crate::document::Fields::values);
                all.filter(|one| is_spans(one.get("value"))).map(|one| name(one.get("agent"))).collect()
            }
            Self::Two => {
                let all = record
                    .get("responses")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(crate::document::Fields::values);
                let all = all.filter_map(Value::as_array).flatten().filter(|one| is_spans(one.get("value")));
                all.map(|one| name(one.get("user_id"))).collect()
            }
        }
    }

    /// Returns the field that contains the text.
    fn texts(self, input: &Input<'_>, records: &[&Value]) -> Texts {
        let data: Vec<_> = records
            .iter()
            .filter_map(|record| Some(super::label_studio::data_of(record.get("fields")?, &[])))
            .collect();
        Texts::choose(input, &data, &vec![Vec::new(); data.len()])
    }
}

fn keys_of_version_1(of_predictions: bool) -> (&'static str, &'static str) {
    if of_predictions { ("prediction", "prediction_agent") } else { ("annotation", "annotation_agent") }
}

/// Whether the value of a response is a list of spans.
fn is_spans(value: Option<&Value>) -> bool {
    value.and_then(Value::as_array).is_some_and(|all| all.iter().all(|one| one.get("start").is_some()))
}

/// What is known about all records of a file.
struct RecordFile<'f, 'i> {
    version: Version,
    input: &'f Input<'i>,
    choice: AnnotatorChoice,
    texts: Texts,
    reads_predictions: bool,
    /// Whether several questions about spans were reported.
    has_reported: Cell<bool>,
}

impl RecordFile<'_, '_> {
    fn entries(&self, json: &Json<'_>, record: &Node<'_>, number: usize) -> Vec<Entry> {
        let read = || {
            record.object()?;
            let (id, is_numbered) = reading::id(record.get("id"), number)?;
            let data = if self.version == Version::One { record.clone() } else { record.need("fields")? };
            let text = self.texts.text(self.input, &data, &id);
            let entry = |(annotator, list): (Option<String>, Option<Node<'_>>)| {
                let mut entry = Entry { is_numbered, annotator, ..Entry::foreign(json.source.clone(), id.clone()) };
                entry.text.clone_from(&text);
                if let Some(list) = list {
                    self.read_spans(&list, &mut entry);
                }
                entry
            };
            Some(self.chosen(record, &id).into_iter().map(entry).collect())
        };
        read().unwrap_or_default()
    }

    /// Returns the lists of spans that are read, each with its annotator if all are read.
    fn chosen<'j>(&self, record: &Node<'j>, id: &str) -> Vec<(Option<String>, Option<Node<'j>>)> {
        let select = |(names, list): Labelled<'j>| Some((self.choice.select(&names)?, Some(list)));
        let example = format!("record {id:?}");
        if self.reads_predictions {
            let found: Vec<_> = self.labelled(record, true).into_iter().filter_map(select).collect();
            if !found.is_empty() {
                let what = "records whose predictions are read (`--pred-annotator` reads those of an annotator)";
                self.input.note(what, example);
                return found;
            }
        }
        let found: Vec<_> = self.labelled(record, false).into_iter().filter_map(select).collect();
        if found.is_empty() {
            self.input.note("records without an annotation, which count as not annotated", example);
            return if self.input.export.annotators == Annotators::All { Vec::new() } else { vec![(None, None)] };
        }
        if self.reads_predictions {
            self.input.note("records without a prediction, whose annotations are read as predictions", example);
        }
        found
    }

    fn labelled<'j>(&self, record: &Node<'j>, of_predictions: bool) -> Vec<Labelled<'j>> {
        let name = |node: &Node<'j>, key: &str| -> Names {
            node.value.get(key).and_then(Value::as_str).map(str::to_owned).into_iter().collect()
        };
        if self.version == Version::One {
            let (list, agent) = keys_of_version_1(of_predictions);
            return record.get(list).map(|list| (name(record, agent), list)).into_iter().collect();
        }
        let (key, by) = if of_predictions { ("suggestions", "agent") } else { ("responses", "user_id") };
        let Some(answers) = record.get(key) else { return Vec::new() };
        let questions: Vec<&String> = answers.object().into_iter().flat_map(crate::document::Fields::keys).collect();
        let mut about_spans = BTreeSet::new();
        let mut found = Vec::new();
        for question in questions {
            for answer in answers.get(question).map(|answer| answer.one_or_more()).unwrap_or_default() {
                if let Some(value) = answer.get("value").filter(|value| is_spans(Some(value.value))) {
                    about_spans.insert(question);
                    found.push((name(&answer, by), value));
                }
            }
        }
        if about_spans.len() > 1 && !self.has_reported.replace(true) {
            let names: Vec<String> = about_spans.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("several questions are about spans: {}", names.join(", "));
            answers.diagnostic(Diagnostic::new(message).help("export one question at a time"));
        }
        found
    }

    fn read_spans(&self, list: &Node<'_>, entry: &mut Entry) {
        let mut places = SourceMap::default();
        let mut entities = Vec::new();
        for item in list.items() {
            places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
            entities.extend(if item.value.is_array() { listed(&item) } else { object(&item) });
        }
        entry.annotations.entities = Some(entities);
        entry.places = Some(places);
    }
}

/// Reads an entity as `[label, start, end]`, optionally followed by a score.
fn listed(item: &Node<'_>) -> Option<Entity> {
    let parts = item.items();
    let ([label, start, end] | [label, start, end, _]) = &parts[..] else {
        item.diagnostic(Diagnostic::new("a label must be `[label, start, end]`, with a score if it is predicted"));
        return None;
    };
    let (label, start, end) = (label.string(), start.offset(), end.offset());
    let confidence = parts.get(3).filter(|score| !score.value.is_null()).and_then(Node::number);
    Some(Entity { confidence, ..Entity::new(Span::new(start?, end?), label?) })
}

/// Reads an entity as `{"label", "start", "end"}`.
fn object(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start"), offset("end"));
    let label = item.need("label").and_then(|label| label.string());
    let confidence = item.get("score").and_then(|score| score.number());
    Some(Entity { confidence, ..Entity::new(Span::new(start?, end?), label?) })
}

fn write(outputs: &[Output], record: fn(&Output, bool) -> serde_json::Value) -> Files {
    let mut entities = outputs.iter().flat_map(|output| output.annotations.entities.iter().flatten());
    // A file contains annotations or predictions, so that it is read as it was written.
    let is_predicted = entities.any(|entity| entity.confidence.is_some());
    let records: Vec<String> = outputs.iter().map(|output| record(output, is_predicted).to_string()).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", records.join(",\n")).into_bytes())]
}

fn record(output: &Output, _: bool) -> serde_json::Value {
    let span = |entity: &Entity| json!({"start": entity.start, "end": entity.end, "label": entity.label});
    let spans = |entities: &Vec<Entity>| entities.iter().map(span).collect::<Vec<_>>();
    let user = "00000000-0000-0000-0000-000000000000";
    let responses = output
        .annotations
        .entities
        .as_ref()
        .map(|entities| BTreeMap::from([("span", json!([{"value": spans(entities), "user_id": user}]))]));
    let status = if responses.is_some() { "completed" } else { "pending" };
    json!({"id": output.document.id(), "fields": {"text": output.document.text()}, "metadata": {},
        "suggestions": {}, "responses": responses.unwrap_or_default(), "vectors": {}, "status": status})
}

fn record_v1(output: &Output, is_predicted: bool) -> serde_json::Value {
    let entities = output.annotations.entities.as_ref();
    let span = |entity: &Entity| match entity.confidence {
        Some(score) => json!([entity.label, entity.start, entity.end, score]),
        None => json!([entity.label, entity.start, entity.end]),
    };
    let spans = entities.map(|entities| entities.iter().map(span).collect::<Vec<_>>());
    let mut record = json!({"id": output.document.id(), "text": output.document.text(), "status": "Default"});
    record[if is_predicted { "prediction" } else { "annotation" }] = spans.into();
    record
}
