//! Reads and writes the entities of Azure's language service: `documents[].entities[]` with
//! `offset`, `length` and `category`, in an answer, in the results of a job, or as a list of
//! documents.
//!
//! The unit of offsets is a parameter of the request, `stringIndexType`. A file without this key is
//! read as UTF-16 units, unless `--offset-unit` names another unit. Relations, assertions, links
//! and warnings are ignored.

use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, first_keys, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;
use crate::format::{Entry, OffsetUnit};

/// The key of the unit of offsets.
const UNIT: &str = "stringIndexType";

/// The attribute of the only key that is kept besides label, offsets, text and score.
const SUBCATEGORY: &str = "subcategory";

/// The `azure-language` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "azure-language",
    about: "Azure's language service: `documents[].entities[]` with `offset`, `length`, `category` (UTF-16)",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities {
        text: false,
        label_texts: true,
        confidence: true,
        attribute: |name, value| name == SUBCATEGORY && value.is_string(),
        ..SPANS
    },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let has = |text: &str, key: &str| first_keys(text).iter().any(|(found, _)| found == key);
    let results = look.key("results").unwrap_or_default();
    let of_results = first_keys(results).into_iter().find(|(key, _)| key == "documents").map(|(_, value)| value);
    let documents = look.key("documents").or(of_results);
    documents.is_some_and(|documents| has(documents, "entities") || documents.starts_with("[]"))
        || (look.has("tasks") && look.mentions("documents") && look.mentions("category"))
        || (look.has_objects("entities", "category") && look.has_objects("entities", "length"))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_text(parse(input.file, input.text), |json, root| {
        let mut read = Vec::new();
        for answer in root.one_or_more() {
            let Some(unit) = unit(&answer, input) else { continue };
            for results in results(&answer) {
                let documents = results.get("documents").map_or_else(|| vec![results.clone()], |list| list.items());
                let entries = documents.iter().filter_map(|node| document(json, node));
                let errors = results.get("errors").map(|list| list.items()).unwrap_or_default();
                let failed = errors.iter().filter_map(|node| error(json, node));
                read.extend(entries.chain(failed).map(|entry| Entry { offset_unit: Some(unit), ..entry }));
            }
        }
        read
    })
}

/// Returns the unit that an answer states, or else the one that was given, or else UTF-16 units,
/// which are noted as assumed.
fn unit(answer: &Node<'_>, input: &Input<'_>) -> Option<OffsetUnit> {
    answer.object()?;
    let Some(stated) = answer.get(UNIT) else {
        if input.offset_unit.is_none() {
            input.note(
                "answers without a unit of offsets, which are read as UTF-16 (`--offset-unit` names another)",
                "",
            );
        }
        return Some(input.offset_unit.unwrap_or(OffsetUnit::Utf16));
    };
    match stated.string()? {
        "UnicodeCodePoint" => Some(OffsetUnit::CodePoint),
        "Utf16CodeUnit" => Some(OffsetUnit::Utf16),
        other => {
            let diagnostic = Diagnostic::new(format!("karat does not count offsets as {other:?}"));
            stated.diagnostic(diagnostic.help("request UnicodeCodePoint or Utf16CodeUnit"));
            None
        }
    }
}

/// Returns the objects with `documents` in an answer: itself, its `results`, or those of the tasks
/// of a job.
fn results<'j>(answer: &Node<'j>) -> Vec<Node<'j>> {
    if let Some(results) = answer.get("results") {
        return vec![results];
    }
    let Some(tasks) = answer.get("tasks") else { return vec![answer.clone()] };
    let items = tasks.need("items").map(|items| items.items()).unwrap_or_default();
    items.iter().filter_map(|item| item.need("results")).collect()
}

fn document(json: &Json<'_>, node: &Node<'_>) -> Option<Entry> {
    let mut entry = Entry::foreign(json.source.clone(), node.need("id")?.id()?);
    reading::set_entities(&mut entry, &node.need("entities")?.items(), entity);
    Some(entry)
}

fn entity(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, length) = (offset("offset"), offset("length"));
    let label = item.need("category").and_then(|label| label.string());
    let mut entity = Entity {
        text: item.get("text").and_then(|text| text.string()).map(str::to_owned),
        confidence: item.get_any(&["confidenceScore", "confidence_score"]).and_then(|score| score.number()),
        ..Entity::new(Span::new(start?, start?.saturating_add(length?)), label?)
    };
    if let Some(subcategory) = item.get(SUBCATEGORY).and_then(|subcategory| subcategory.string()) {
        entity.attributes.insert(SUBCATEGORY.to_owned(), subcategory.into());
    }
    Some(entity)
}

/// Reads a document for which the service returned an error.
fn error(json: &Json<'_>, node: &Node<'_>) -> Option<Entry> {
    let id = node.need("id")?.id()?;
    let message = node.get("error").and_then(|error| error.get("message")).and_then(|message| message.string());
    let error = Some(message.unwrap_or("the service returned an error").to_owned());
    Some(Entry { error, ..Entry::foreign(json.source.clone(), id) })
}

fn write(outputs: &[Output], _: bool) -> Files {
    let object = |entity: &Entity| {
        let length = entity.end - entity.start;
        let mut object = json!({"offset": entity.start, "length": length, "category": entity.label});
        let more = [
            ("text", entity.text.as_deref().map(Into::into)),
            ("confidenceScore", entity.confidence.map(Into::into)),
            (SUBCATEGORY, entity.attributes.get(SUBCATEGORY).and_then(Value::as_str).map(Into::into)),
        ];
        for (key, value) in more {
            if let Some(value) = value {
                object[key] = value;
            }
        }
        object
    };
    let document = |output: &Output| {
        let entities: Vec<_> = output.annotations.entities.iter().flatten().map(object).collect();
        json!({"id": output.document.id(), "entities": entities, "warnings": []}).to_string()
    };
    let documents = outputs.iter().map(document).collect::<Vec<_>>().join(",\n");
    let answer = format!("{{\"{UNIT}\": \"UnicodeCodePoint\", \"documents\": [\n{documents}\n], \"errors\": []}}\n");
    vec![(PathBuf::new(), answer.into_bytes())]
}
