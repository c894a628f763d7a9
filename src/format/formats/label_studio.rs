//! Reads and writes Label Studio's JSON export: a list of tasks with `data`, and results in
//! `annotations` or `predictions`.
//!
//! Offsets count code points, as Label Studio stores them since 2021; older exports count UTF-16
//! units.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::json::{Json, Node, parse};
use crate::format::registry::{Files, Format, Input, Look, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `label-studio` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "label-studio",
    about: "Label Studio's JSON export: tasks with annotations or predictions",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities { label_texts: true, ids: Ids::Any, confidence: true, relations: true, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    look.has("data") && ["annotations", "predictions", "completions"].iter().any(|key| look.has(key))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), one)
}

fn one(json: &Json<'_>, task: &Node<'_>, number: usize) -> Option<Entry> {
    let data = task.need("data")?;
    data.object()?;
    let (id, is_numbered) = reading::id(data.get("id").or_else(|| task.get("id")), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    entry.text = data.get("text").and_then(|text| text.string()).map(str::to_owned);
    let mut places = SourceMap::default();
    // A task without results has no layers.
    if let Some(results) = results(task) {
        let (mut entities, mut relations) = (Vec::<Entity>::new(), Vec::new());
        for item in results.items() {
            match item.get("type").and_then(|kind| kind.string()) {
                Some("relation") => {
                    places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
                    relations.extend(relation(&item));
                }
                Some(kind) if kind.ends_with("labels") => {
                    for entity in labelled(&item, kind) {
                        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
                        entities.push(entity);
                    }
                }
                Some(kind) => add_region_attributes(&item, kind, &mut entities),
                None => item.diagnostic(Diagnostic::new("a result needs a `type`")),
            }
        }
        entry.annotations.entities = Some(entities);
        entry.annotations.relations = (!relations.is_empty()).then_some(relations);
    }
    entry.places = Some(places);
    Some(entry)
}

/// Returns the results of the annotation that is used: the one marked as ground truth, or the only
/// one that was not cancelled, or else the first prediction.
fn results<'j>(task: &Node<'j>) -> Option<Node<'j>> {
    let all = task.get_any(&["annotations", "completions"]);
    let flag = |node: &Node<'_>, key: &str| node.value.get(key).and_then(Value::as_bool) == Some(true);
    let mut kept: Vec<Node<'j>> = all.map(|list| list.items()).unwrap_or_default();
    kept.retain(|one| !flag(one, "was_cancelled"));
    if let Some(truth) = kept.iter().position(|one| flag(one, "ground_truth")) {
        return kept.swap_remove(truth).need("result");
    }
    match &kept[..] {
        [] => task.get("predictions")?.items().first()?.need("result"),
        [one] => one.need("result"),
        [_, second, ..] => {
            let diagnostic =
                Diagnostic::new(format!("the task has {} annotations, and none is marked as ground truth", kept.len()));
            second.diagnostic(diagnostic.help("mark one in Label Studio, or export one annotator's at a time"));
            None
        }
    }
}

/// Reads one entity for each label of a region.
fn labelled(item: &Node<'_>, kind: &str) -> Vec<Entity> {
    let read = || {
        let value = item.need("value")?;
        let place = value.get("globalOffsets").unwrap_or_else(|| value.clone());
        let offset = |key: &str| place.need(key).and_then(|value| value.offset());
        let (start, end) = (offset("start"), offset("end"));
        let labels = value.get("labels").or_else(|| value.need(kind))?;
        let span = Span {
            text: value.get("text").and_then(|text| text.string()).map(str::to_owned),
            confidence: item.get("score").and_then(|score| score.number()),
            ..Span::new(start?, end?)
        };
        let id = item.get("id").and_then(|id| id.id());
        let labels: Vec<&str> = labels.items().iter().filter_map(Node::string).collect();
        Some((span, id, labels))
    };
    let Some((span, id, labels)) = read() else { return Vec::new() };
    let named = labels.into_iter().enumerate().map(|(at, label)| {
        // A region has one id, which its first label gets.
        Entity { id: id.clone().filter(|_| at == 0), ..Entity::new(span.clone(), label) }
    });
    named.collect()
}

fn relation(item: &Node<'_>) -> Option<Relation> {
    let target = |key: &str| item.need(key).and_then(|id| id.id());
    let (mut head, mut tail) = (target("from_id")?, target("to_id")?);
    if item.value.get("direction").and_then(Value::as_str) == Some("left") {
        std::mem::swap(&mut head, &mut tail);
    }
    let labels = item.get("labels").map(|labels| labels.items()).unwrap_or_default();
    let label = labels.first().and_then(Node::string).unwrap_or("related").to_owned();
    if labels.len() > 1 {
        item.diagnostic(Diagnostic::new("a relation must have one label").help("draw one relation for each"));
    }
    Some(Relation { label, head, tail, ..Relation::default() })
}

/// Reads a choice, a rating or a text about a region as an attribute of its entity. Those about the
/// whole task are ignored.
fn add_region_attributes(item: &Node<'_>, kind: &str, entities: &mut [Entity]) {
    let id = item.value.get("id").and_then(Value::as_str);
    let Some(value) = item.value.get("value").and_then(|value| value.get(kind)) else { return };
    let name = item.value.get("from_name").and_then(Value::as_str).unwrap_or(kind);
    let region = entities.iter_mut().find(|entity| entity.id.is_some() && entity.id.as_deref() == id);
    if let Some(region) = region {
        region.attributes.insert(name.to_owned(), value.clone());
    }
}

/// Gives each entity an id, and removes the ids of relations.
fn fix(output: &mut Output, losses: &mut crate::format::losses::Losses) {
    let entities = || output.annotations.entities.iter().flatten();
    let taken: BTreeSet<String> = entities().filter_map(|entity| entity.id.clone()).collect();
    let mut free = (1..).map(|number| format!("r{number}")).filter(|id| !taken.contains(id));
    for entity in output.annotations.entities.iter_mut().flatten().filter(|entity| entity.id.is_none()) {
        entity.id = free.next();
    }
    for relation in output.annotations.relations.iter_mut().flatten() {
        if let Some(id) = relation.id.take() {
            losses.note("ids of relations", &id);
        }
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let tasks: Vec<String> = outputs.iter().enumerate().map(|(at, output)| format!("{}", task(at, output))).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", tasks.join(",\n")).into_bytes())]
}

fn task(at: usize, output: &Output) -> serde_json::Value {
    let region = |entity: &Entity| {
        let mut value = json!({"start": entity.start, "end": entity.end, "labels": [entity.label]});
        if let Some(text) = &entity.text {
            value["text"] = text.as_str().into();
        }
        let mut region =
            json!({"id": entity.id, "from_name": "label", "to_name": "text", "type": "labels", "value": value});
        if let Some(score) = entity.confidence {
            region["score"] = score.into();
        }
        region
    };
    let entities = output.annotations.entities.as_deref().unwrap_or_default();
    let relations = output.annotations.relations.iter().flatten().map(|relation| {
        json!({"type": "relation", "from_id": relation.head, "to_id": relation.tail, "direction": "right",
            "labels": [relation.label]})
    });
    let results: Vec<_> = entities.iter().map(region).chain(relations).collect();
    let data = json!({"id": output.document.id(), "text": output.document.text()});
    let mut task = json!({"id": at + 1, "data": data});
    if entities.iter().any(|entity| entity.confidence.is_some()) {
        task["predictions"] = json!([{"model_version": "karat", "result": results}]);
    } else {
        task["annotations"] = json!([{"result": results}]);
    }
    task
}
