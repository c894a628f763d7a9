//! Reads and writes doccano's JSONL: `label` or `labels` as `[[start, end, label]]`, or the
//! relation export with `entities` and `relations`. Offsets count code points.
//!
//! Before 2021 doccano also exported `annotations` whose labels are numbers, and the names of the
//! labels in a file of their own.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::document::{Entity, Relation, Span};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `doccano` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "doccano",
    about: "doccano's JSONL: `label` lists, `entities` with `relations`, or `annotations` (before 2021)",
    extensions: &["jsonl", "json"],
    looks_like,
    read,
    capabilities: Capabilities { ids: Ids::Numbers, relations: true, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let has_text = look.has("text") || look.has("data");
    let lists = ["label", "labels", "entities"].iter().any(|key| look.has_lists(key) && !is_empty(look.key(key)))
        || ["label", "labels"].iter().any(|key| look.has_lists(key));
    let is_export = look.has("entities") || (look.has("annotations") && !look.has("data"));
    let export = is_export && look.mentions("start_offset") && look.mentions("end_offset");
    has_text && !look.has("spans") && !look.has("annotation_id") && (lists || export)
}

fn is_empty(list: Option<&str>) -> bool {
    list.and_then(|list| list.strip_prefix('[')).is_none_or(|rest| rest.trim_start().starts_with(']'))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(json, node, number, input))
}

fn one(json: &Json<'_>, node: &Node<'_>, number: usize, input: &Input<'_>) -> Option<Entry> {
    node.object()?;
    let (id, is_numbered) = reading::id(node.get_any(&["id", "doc_id"]), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    entry.text = node.get_any(&["text", "data"]).and_then(|text| text.string()).map(str::to_owned);
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    if let (Some(_), Some(labels)) = (node.get("label"), node.get("labels")) {
        let diagnostic = Diagnostic::new("there are both `label` and `labels`");
        labels.diagnostic(diagnostic.help("take one of the two out"));
    }
    let list = node.get_any(&["label", "labels", "entities", "annotations"]);
    if list.is_none() {
        node.diagnostic(Diagnostic::new("there is no `label`, `labels`, `entities` or `annotations`"));
    }
    for item in list.map(|list| list.items()).unwrap_or_default() {
        let entity = if item.value.is_array() { listed(&item) } else { exported(&item, input) };
        places.note("entities", entities.len(), SourceLocation::Json(item.path));
        entities.extend(entity);
    }
    if let Some(list) = node.get("relations") {
        let mut relations = Vec::new();
        for item in list.items() {
            places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
            relations.extend(relation(&item));
        }
        entry.annotations.relations = Some(relations);
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Some(entry)
}

/// Reads an entity as `[start, end, label]`.
fn listed(item: &Node<'_>) -> Option<Entity> {
    let parts = item.items();
    let [start, end, label] = &parts[..] else {
        item.diagnostic(Diagnostic::new("a label must be `[start, end, label]`"));
        return None;
    };
    let (start, end, label) = (start.offset(), end.offset(), label.string());
    Some(Entity::new(Span::new(start?, end?), label?))
}

/// Reads an entity as `{"id", "start_offset", "end_offset", "label"}`, whose label may be a number.
fn exported(item: &Node<'_>, input: &Input<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start_offset"), offset("end_offset"));
    let label = item.need("label").and_then(|label| label_name(&label, input));
    let id = item.get("id").and_then(|id| id.id());
    Some(Entity { id, ..Entity::new(Span::new(start?, end?), label?) })
}

/// Returns the name of a label, which the file of labels gives if the label is a number.
fn label_name(label: &Node<'_>, input: &Input<'_>) -> Option<String> {
    if !label.value.is_number() {
        return label.string().map(str::to_owned);
    }
    let number = label.value.to_string();
    let name = input.export.label_names.get(&number).cloned();
    if name.is_none() {
        let diagnostic = Diagnostic::new(format!("the label is the number {number}, whose name is not known"));
        let help = "export the labels from doccano, too, and name that file with `--label-names FILE`";
        label.diagnostic(diagnostic.help(help));
    }
    name
}

/// Reads a relation as `{"id", "from_id", "to_id", "type"}`.
fn relation(item: &Node<'_>) -> Option<Relation> {
    let target = |key: &str| item.need(key).and_then(|id| id.id());
    let (head, tail) = (target("from_id"), target("to_id"));
    let label = item.need("type").and_then(|label| label.string());
    let id = item.get("id").and_then(|id| id.id());
    Some(Relation { id, label: label?.to_owned(), head: head?, tail: tail?, ..Relation::default() })
}

fn write(outputs: &[Output], _: bool) -> Files {
    let has_relations = outputs.iter().any(|output| output.annotations.relations.is_some());
    let mut lines = String::new();
    for output in outputs {
        let entities = output.annotations.entities.iter().flatten();
        let document = &output.document;
        let object = if has_relations {
            let entities: Vec<Value> = entities
                .map(|entity| {
                    let (start, end) = (entity.start, entity.end);
                    json!({"id": number(entity.id.as_deref()), "label": entity.label, "start_offset": start, "end_offset": end})
                })
                .collect();
            let relation = |relation: &Relation| {
                let [id, from, to] = [relation.id.as_deref(), Some(&*relation.head), Some(&*relation.tail)].map(number);
                json!({"id": id, "from_id": from, "to_id": to, "type": relation.label})
            };
            let relations: Vec<Value> = output.annotations.relations.iter().flatten().map(relation).collect();
            json!({"id": document.id(), "text": document.text(), "entities": entities, "relations": relations})
        } else {
            let labels: Vec<Value> = entities.map(|entity| json!([entity.start, entity.end, entity.label])).collect();
            json!({"id": document.id(), "text": document.text(), "label": labels})
        };
        lines.push_str(&format!("{object}\n"));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}

fn number(id: Option<&str>) -> Value {
    id.and_then(|id| id.parse::<u64>().ok()).map_or(Value::Null, Value::from)
}
