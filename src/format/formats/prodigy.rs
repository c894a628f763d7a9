//! Reads and writes Prodigy's JSONL: `text`, `spans`, `relations` and `answer`. Rejected and
//! ignored tasks are read as documents without layers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::annotator_choice::{AnnotatorChoice, Names};
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `prodigy` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "prodigy",
    about: "Prodigy's JSONL: `text`, `spans`, `answer`",
    extensions: &["jsonl", "json"],
    looks_like,
    read,
    capabilities: Capabilities {
        meta: true,
        absent_entities: true,
        label_texts: true,
        ids: Ids::Any,
        confidence: true,
        ..SPANS
    },
    write,
    has_annotators: true,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let marks = ["answer", "_input_hash", "_task_hash"];
    // spaCy's documents have an object of span groups.
    let has_spans = look.key("spans").is_some_and(|value| !value.starts_with('{')) && !look.has("ents");
    look.has("text") && (has_spans || marks.iter().any(|key| look.has(key))) && !look.has("entities")
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let parts = parse(input.file, input.text);
    let mut by_task: BTreeMap<String, Vec<Names>> = BTreeMap::new();
    for task in parts.iter().flatten().flat_map(Json::objects) {
        let id = task.get("id").or_else(|| task.get("meta")?.get("id")).or_else(|| task.get("_input_hash"));
        let names = annotator_names(task);
        if let Some(id) = id.filter(|_| !names.is_empty()) {
            by_task.entry(id.to_string()).or_default().push(names);
        }
    }
    let annotators = AnnotatorChoice::new(input, &by_task.into_values().collect::<Vec<_>>());
    let read = reading::each_object(parts, |json, node, number| {
        let annotator = annotators.select(&annotator_names(node.value))?;
        one(json, node, number).map(|entry| Entry { annotator, ..entry })
    });
    match annotators.diagnostic(input) {
        Some(diagnostic) => vec![Err(diagnostic)],
        None => read,
    }
}

/// Returns the names of the annotator of a task: that of the annotator, and that of the session.
fn annotator_names(task: &Value) -> Names {
    let names = ["_annotator_id", "_session_id"].iter().filter_map(|key| task.get(key)?.as_str());
    names.map(str::to_owned).collect()
}

fn one(json: &Json<'_>, node: &Node<'_>, number: usize) -> Option<Entry> {
    node.object()?;
    let named = node.get("id").or_else(|| node.get("meta").and_then(|meta| meta.get("id")));
    let (id, is_numbered) = reading::id(named.or_else(|| node.get("_input_hash")), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    entry.text = node.need("text")?.string().map(str::to_owned);
    if let Some(meta) = node.get("meta").and_then(|meta| meta.object()) {
        entry.meta = meta.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    let answer = node.get("answer").and_then(|answer| answer.string()).unwrap_or("accept");
    match answer {
        "accept" => {}
        // These labels were not accepted, so the layer was not annotated.
        "reject" | "ignore" => return Some(entry),
        _ => node.diagnostic(Diagnostic::new(format!("`answer` is {answer:?}")).help("it is accept, reject or ignore")),
    }
    let mut places = SourceMap::default();
    let mut entities: Vec<Entity> = Vec::new();
    for item in node.get("spans").map(|spans| spans.items()).unwrap_or_default() {
        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
        entities.extend(entity(&item));
    }
    if let Some(list) = node.get("relations") {
        let mut relations = Vec::new();
        for item in list.items() {
            places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
            relations.extend(relation(&item, &mut entities));
        }
        entry.annotations.relations = Some(relations);
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Some(entry)
}

fn entity(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start"), offset("end"));
    let label = item.need("label").and_then(|label| label.string());
    Some(Entity {
        id: item.get("id").and_then(|id| id.id()),
        text: item.get("text").and_then(|text| text.string()).map(str::to_owned),
        confidence: item.get("score").and_then(|score| score.number()),
        ..Entity::new(Span::new(start?, end?), label?)
    })
}

/// Reads a relation, which refers to spans by their positions in the text.
fn relation(item: &Node<'_>, entities: &mut [Entity]) -> Option<Relation> {
    let label = item.need("label").and_then(|label| label.string());
    let mut end = |key: &str| {
        let span = item.need(key)?;
        let (start, end) = (span.need("start")?.offset()?, span.need("end")?.offset()?);
        let label = span.get("label").and_then(|label| label.string());
        let fits = |entity: &Entity| {
            (entity.start, entity.end) == (start, end) && label.is_none_or(|label| label == entity.label)
        };
        let Some(at) = entities.iter().position(fits) else {
            span.diagnostic(Diagnostic::new(format!("there is no span at {start}..{end} with this label")));
            return None;
        };
        Some(entities[at].id.get_or_insert_with(|| format!("span{}", at + 1)).clone())
    };
    let (head, tail) = (end("head_span"), end("child_span"));
    Some(Relation { label: label?.to_owned(), head: head?, tail: tail?, ..Relation::default() })
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let document = &output.document;
        let span = |entity: &Entity| {
            let mut span = json!({"start": entity.start, "end": entity.end, "label": entity.label});
            let more = [
                ("id", entity.id.clone().map(Into::into)),
                ("text", entity.text.clone().map(Into::into)),
                ("score", entity.confidence.map(Into::into)),
            ];
            for (key, value) in more {
                if let Some(value) = value {
                    span[key] = value;
                }
            }
            Value::from(span)
        };
        let answer = if output.annotations.entities.is_some() { "accept" } else { "ignore" };
        let mut object: BTreeMap<&str, Value> =
            [("id", document.id().into()), ("text", document.text().into()), ("answer", answer.into())].into();
        if !document.meta().is_empty() {
            object.insert("meta", document.meta().clone().into());
        }
        if let Some(entities) = &output.annotations.entities {
            object.insert("spans", entities.iter().map(span).collect());
        }
        lines.push_str(&(serde_json::to_string(&object).expect("spans are plain data") + "\n"));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
