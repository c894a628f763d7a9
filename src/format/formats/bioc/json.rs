//! Reads and writes BioC in JSON: a collection, a list of collections, PubTator's object with a
//! list of documents, or a document a line.

use std::path::PathBuf;

use super::model::{BiocAnnotation, BiocDocument, BiocRelation, Infons, Node, Passage};
use super::{ROLES, TYPE, USUAL_ROLES, are_roles, convert};
use crate::document::{Entity, Relation, Value};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::definition::{Input, Look};
use crate::format::json::{self, Json, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;
use crate::format::source_map::SourceLocation;

/// The keys under which PubTator lists documents.
const PUBTATOR: [&str; 2] = ["PubTator3", "PubTator"];

pub(super) fn looks_like(look: &Look<'_>) -> bool {
    let is_collection = look.has("documents") && (look.has("source") || look.has("bioctype") || look.has("infons"));
    is_collection || look.has("passages") || PUBTATOR.iter().any(|key| look.has(key))
}

/// Whether an attribute can be an infon, which JSON does not restrict to text.
pub(super) fn attribute(key: &str, value: &Value) -> bool {
    match (key, value) {
        (_, Value::Null) | (TYPE, _) => false,
        (ROLES, Value::Array(_)) => are_roles(value),
        _ => true,
    }
}

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let collections = |json: &Json<'_>, node: &json::Node<'_>, _| collection(json, node);
    let mut read = reading::each_object(parse(input.file, input.text), collections);
    convert::level_records(&mut read);
    read
}

/// Reads the documents of a collection, or the document that an object is.
fn collection(json: &Json<'_>, node: &json::Node<'_>) -> Vec<Entry> {
    let keys: Vec<&str> = ["documents"].into_iter().chain(PUBTATOR).collect();
    let documents = node.get_any(&keys).map_or_else(|| vec![node.clone()], |documents| documents.items());
    documents.iter().filter_map(|node| one(json, node)).collect()
}

fn one(json: &Json<'_>, node: &json::Node<'_>) -> Option<Entry> {
    let document = document(node)?;
    match convert::entry(&document, json.source.clone()) {
        Ok(entry) => Some(entry),
        Err(errors) => {
            for (diagnostic, location) in errors {
                let path = if let SourceLocation::Json(path) = location { path } else { node.path.clone() };
                json.diagnostic_at(diagnostic.of_document(&document.id), &path);
            }
            None
        }
    }
}

fn document(node: &json::Node<'_>) -> Option<BiocDocument> {
    let id = node.need("id")?.id()?;
    let (mut annotations, mut relations) = (Vec::new(), Vec::new());
    let mut passages = Vec::new();
    for passage in node.need("passages")?.items() {
        let mut sentences = Vec::new();
        items(&passage, &mut annotations, &mut relations)?;
        for sentence in list(&passage, "sentences") {
            sentences.push(part(&sentence, Vec::new())?);
            items(&sentence, &mut annotations, &mut relations)?;
        }
        passages.push(part(&passage, sentences)?);
    }
    items(node, &mut annotations, &mut relations)?;
    Some(BiocDocument { id, infons: infons(node), passages, annotations, relations })
}

fn list<'j>(node: &json::Node<'j>, key: &str) -> Vec<json::Node<'j>> {
    node.get(key).map(|list| list.items()).unwrap_or_default()
}

fn part(node: &json::Node<'_>, sentences: Vec<Passage>) -> Option<Passage> {
    let text = match node.get("text") {
        Some(text) => Some(text.string()?.to_owned()),
        None => None,
    };
    Some(Passage { offset: node.need("offset")?.offset()?, text, sentences, location: location(node) })
}

fn location(node: &json::Node<'_>) -> SourceLocation {
    SourceLocation::Json(node.path.clone())
}

fn infons(node: &json::Node<'_>) -> Infons {
    let fields = node.get("infons").and_then(|infons| infons.object());
    let fields = fields.into_iter().flat_map(crate::document::Fields::iter).filter(|(_, value)| !value.is_null());
    fields.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Reads the annotations and relations of a document, passage or sentence.
fn items(
    node: &json::Node<'_>,
    annotations: &mut Vec<BiocAnnotation>,
    relations: &mut Vec<BiocRelation>,
) -> Option<()> {
    for item in list(node, "annotations") {
        let mut locations = Vec::new();
        for place in item.need("locations")?.items() {
            locations.push((place.need("offset")?.offset()?, place.need("length")?.offset()?));
        }
        annotations.push(BiocAnnotation {
            id: item.get("id").and_then(|id| id.id()),
            infons: infons(&item),
            locations,
            text: item.get("text").and_then(|text| text.string()).map(str::to_owned),
            location: location(&item),
        });
    }
    for item in list(node, "relations") {
        let mut nodes = Vec::new();
        for end in list(&item, "nodes") {
            let role = end.get("role").and_then(|role| role.string()).unwrap_or_default().to_owned();
            nodes.push(Node { target: end.need("refid")?.id()?, role });
        }
        relations.push(BiocRelation {
            id: item.get("id").and_then(|id| id.id()),
            infons: infons(&item),
            nodes,
            location: location(&item),
        });
    }
    Some(())
}

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let documents = outputs.iter().map(|output| {
        let annotations = output.annotations.entities.iter().flatten().map(annotation).collect();
        let relations = output.annotations.relations.iter().flatten().map(relation).collect();
        let passage = object([
            ("offset", 0.into()),
            ("infons", object([])),
            ("text", output.document.text().into()),
            ("sentences", empty()),
            ("annotations", annotations),
            ("relations", relations),
        ]);
        object([
            ("id", output.document.id().into()),
            ("infons", output.document.meta().clone().into()),
            ("passages", [passage].into_iter().collect()),
            ("annotations", empty()),
            ("relations", empty()),
        ])
    });
    let collection = object([
        ("source", "karat".into()),
        ("date", "".into()),
        ("key", "".into()),
        ("version", "1.0".into()),
        ("infons", object([])),
        ("documents", documents.collect()),
    ]);
    let text = serde_json::to_string(&collection).expect("a collection is plain data") + "\n";
    vec![(PathBuf::new(), text.into_bytes())]
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn empty() -> Value {
    Value::Array(Vec::new())
}

fn annotation(entity: &Entity) -> Value {
    let whole = [(entity.start, entity.end)];
    let parts = if entity.fragments.is_empty() { &whole[..] } else { &entity.fragments };
    let locations =
        parts.iter().map(|(start, end)| object([("offset", (*start).into()), ("length", (end - start).into())]));
    object([
        ("id", entity.id.as_deref().unwrap_or_default().into()),
        ("infons", with_label(&entity.label, &entity.attributes)),
        ("text", entity.text.as_deref().map_or(Value::Null, Value::from)),
        ("locations", locations.collect()),
    ])
}

fn relation(relation: &Relation) -> Value {
    let node = |at: usize, target: &str| {
        let role = relation.attributes.get(ROLES).and_then(|roles| roles.as_array()?.get(at)?.as_str());
        object([("refid", target.into()), ("role", role.unwrap_or(USUAL_ROLES[at]).into())])
    };
    let mut attributes = relation.attributes.clone();
    attributes.retain(|key, value| key != ROLES || !value.is_array());
    object([
        ("id", relation.id.as_deref().unwrap_or_default().into()),
        ("infons", with_label(&relation.label, &attributes)),
        ("nodes", [node(0, &relation.head), node(1, &relation.tail)].into_iter().collect()),
    ])
}

fn with_label(label: &str, attributes: &Infons) -> Value {
    let others = attributes.iter().map(|(key, value)| (key.clone(), value.clone()));
    [(TYPE.to_owned(), label.into())].into_iter().chain(others).collect()
}
