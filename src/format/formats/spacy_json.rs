//! Reads and writes spaCy's documents as JSON: `{"text", "ents": [{"start", "end", "label"}]}`,
//! which displaCy takes and `Doc.to_json` writes. Other programs name the list `entities` or
//! `spans`, or write `[start, end, label]`.
//!
//! An identifier of `Doc.to_json` is that of a knowledge base or of a rule and can occur twice, so
//! it becomes an attribute rather than the id of the entity.

use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `spacy-json` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "spacy-json",
    about: "spaCy's `Doc.to_json`, and JSONL with `text` and `ents`, `entities` or `spans` of objects",
    extensions: &["jsonl", "json"],
    looks_like,
    read,
    capabilities: Capabilities { document_ids: false, attribute, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

/// Whether an attribute is one of spaCy's identifiers of an entity.
pub(super) fn attribute(name: &str, value: &Value) -> bool {
    matches!(name, "kb_id" | "ent_id") && value.as_str().is_some_and(|value| !value.is_empty())
}

fn looks_like(look: &Look<'_>) -> bool {
    let is_array = |key: &str| look.key(key).is_some_and(|value| value.starts_with('['));
    let is_export = ["start_offset", "answer", "_input_hash", "relations"].iter().any(|key| look.mentions(key));
    let entities = look.has("text")
        && !look.has("id")
        && is_array("entities")
        && (look.has_objects("entities", "start") || is_empty(look.key("entities")));
    let document = look.has("text") && look.has("tokens") && !look.has("id") && look.has_objects("tokens", "start");
    // The first document may have no entities; others of the file have.
    let is_doc = document
        && (look.key("spans").is_some_and(|value| value.starts_with('{'))
            || look.has("sents")
            || look.mentions("ents"));
    !is_export && (is_array("ents") || entities || is_doc)
}

fn is_empty(list: Option<&str>) -> bool {
    list.and_then(|list| list.strip_prefix('[')).is_some_and(|rest| rest.trim_start().starts_with(']'))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(json, node, number, input))
}

fn one(json: &Json<'_>, node: &Node<'_>, number: usize, input: &Input<'_>) -> Option<Entry> {
    node.object()?;
    let (id, is_numbered) = reading::id(node.get("id"), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    entry.text = node.get("text").and_then(|text| text.string()).map(str::to_owned);
    let Some(list) = entities(node, input, &entry.id) else { return Some(entry) };
    let mut places = SourceMap::default();
    let mut found = Vec::new();
    for item in list.items() {
        places.note("entities", found.len(), SourceLocation::Json(item.path.clone()));
        found.extend(if item.value.is_array() { super::spacy::entity(&item) } else { entity(&item) });
    }
    entry.annotations.entities = Some(found);
    entry.places = Some(places);
    Some(entry)
}

/// Returns the list of entities: `ents` or `entities`, otherwise the only list of spans.
fn entities<'j>(node: &Node<'j>, input: &Input<'_>, id: &str) -> Option<Node<'j>> {
    let groups = node.get("spans").filter(|spans| spans.value.is_object());
    let names: Vec<String> = groups.iter().filter_map(Node::object).flat_map(|groups| groups.keys().cloned()).collect();
    if let Some(list) = node.get_any(&["ents", "entities"]) {
        for name in names {
            input.note(
                "span groups that are not read, since there are entities",
                format!("{name:?} of document {id:?}"),
            );
        }
        return Some(list);
    }
    match (&groups, &names[..]) {
        (None, _) => {
            let list = node.get("spans");
            if list.is_none() {
                input.note("documents without entities, which count as not annotated", format!("document {id:?}"));
            }
            list
        }
        (Some(groups), [name]) => {
            input.note("span groups that are read as entities", format!("{name:?} of document {id:?}"));
            groups.get(name)
        }
        (Some(groups), _) => {
            groups.diagnostic(super::docbin::several_groups(&names));
            None
        }
    }
}

fn entity(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start"), offset("end"));
    let label = item.need("label").and_then(|label| label.string());
    let mut entity = Entity {
        text: item.get("text").and_then(|text| text.string()).map(str::to_owned),
        confidence: item.get("score").and_then(|score| score.number()),
        ..Entity::new(Span::new(start?, end?), label?)
    };
    for (key, name) in [("kb_id", "kb_id"), ("id", "ent_id")] {
        if let Some(value) = item.get(key).filter(|value| value.value.as_str() != Some("")) {
            entity.attributes.insert(name.to_owned(), value.value.clone());
        }
    }
    Some(entity)
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let entity = |entity: &Entity| {
            let mut object = json!({"start": entity.start, "end": entity.end, "label": entity.label});
            for (name, key) in [("kb_id", "kb_id"), ("ent_id", "id")] {
                if let Some(value) = entity.attributes.get(name).and_then(Value::as_str) {
                    object[key] = value.into();
                }
            }
            object
        };
        let entities: Vec<_> = output.annotations.entities.iter().flatten().map(entity).collect();
        let object = json!({"text": output.document.text(), "ents": entities});
        lines.push_str(&format!("{object}\n"));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
