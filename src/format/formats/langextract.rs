//! Reads and writes LangExtract's JSONL of annotated documents: `document_id`, `text` and
//! `extractions` with `extraction_class`, `extraction_text`, `char_interval` and `attributes`.
//! Offsets count code points.
//!
//! LangExtract searches the model's text in the document, also inexactly. If the document has
//! another text at the interval, the model's is kept as the attribute `extraction_text`. Its
//! indexes, groups, descriptions and alignment statuses are ignored.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::document::{Document, Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Purpose, reading};

/// The attribute with the model's text where it is not the document's.
const MODEL_TEXT: &str = "extraction_text";

/// The `langextract` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "langextract",
    about: "LangExtract's JSONL: `document_id`, `text`, `extractions`",
    extensions: &["jsonl", "json"],
    looks_like: |look| look.has("extractions") && (look.has("text") || look.has("document_id")),
    read,
    capabilities: Capabilities { label_texts: true, attribute, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

/// Attributes are strings and lists of strings. A name that the format uses otherwise is none.
fn attribute(name: &str, value: &Value) -> bool {
    let is_text = |value: &Value| value.is_string();
    if name == MODEL_TEXT {
        is_text(value)
    } else {
        is_text(value) || value.as_array().is_some_and(|list| list.iter().all(is_text))
    }
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(input, json, node, number))
}

fn one(input: &Input<'_>, json: &Json<'_>, node: &Node<'_>, number: usize) -> Option<Entry> {
    node.object()?;
    let (id, is_numbered) = reading::id(node.get("document_id"), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    entry.text = node.get("text").and_then(|text| text.string()).map(str::to_owned);
    let document = entry.text.as_ref().map(|text| Document::new("", text.as_str()));
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    // LangExtract writes null if the model was not asked.
    if let Some(list) = node.get("extractions") {
        for item in list.items() {
            places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
            entities.extend(extraction(input, &item, document.as_ref()));
        }
        entry.annotations.entities = Some(entities);
    }
    entry.places = Some(places);
    Some(entry)
}

/// Reads an extraction. One that LangExtract did not find in the document has no offsets, and is a
/// prediction only.
fn extraction(input: &Input<'_>, item: &Node<'_>, document: Option<&Document>) -> Option<Entity> {
    let label = item.need("extraction_class").and_then(|label| label.string());
    let text = item.need("extraction_text").and_then(|text| text.string());
    let interval = item.get("char_interval");
    let Some(interval) = interval else {
        if input.export.purpose == Purpose::Predictions {
            input.note("extractions that LangExtract did not find in the document, which are spurious", text?);
            return Some(Entity { not_found: true, ..Entity::of_text(text?, label?) });
        }
        let diagnostic = Diagnostic::new("`char_interval` is null: LangExtract did not find this text in the document");
        item.diagnostic(diagnostic);
        return None;
    };
    let offset = |key: &str| interval.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start_pos"), offset("end_pos"));
    let mut entity = Entity::new(Span::new(start?, end?), label?);
    if let Some(attributes) = item.get("attributes") {
        entity.attributes = attributes.object()?.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    let text = text?;
    let found = document.and_then(|document| document.slice(entity.start, entity.end));
    if found == Some(text) {
        entity.text = Some(text.to_owned());
    } else if found.is_some() {
        entity.attributes.insert(MODEL_TEXT.to_owned(), text.into());
    }
    Some(entity)
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let extraction = |entity: &Entity| {
            let mut attributes: BTreeMap<&str, &Value> =
                entity.attributes.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let text = attributes.remove(MODEL_TEXT).and_then(Value::as_str).or(entity.text.as_deref());
            json!({
                "extraction_class": entity.label,
                "extraction_text": text,
                "char_interval": {"start_pos": entity.start, "end_pos": entity.end},
                "attributes": attributes,
            })
        };
        let extractions: Vec<_> = output.annotations.entities.iter().flatten().map(extraction).collect();
        let document = &output.document;
        let object = json!({"document_id": document.id(), "text": document.text(), "extractions": extractions});
        lines.push_str(&format!("{object}\n"));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
