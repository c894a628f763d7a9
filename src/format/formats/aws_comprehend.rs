//! Reads and writes the entities of AWS Comprehend: an answer (`Entities`), a batch of answers
//! (`ResultList`), or the output of a job, an answer a line with `File` and `Line`. Offsets count
//! code points.
//!
//! The id is the name of `File` without `.txt`. An answer with a `Line` is a document of its own,
//! with the number of the line from 1. `Category` becomes an attribute; what Comprehend Medical
//! adds (`Traits`, `Attributes`) is ignored, as is everything except entities.

use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;

/// The attribute of the only key that is kept besides label, offsets, text and score.
const CATEGORY: &str = "Category";

/// The `aws-comprehend` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "aws-comprehend",
    about: "AWS Comprehend: answers and job output with `Entities`, `BeginOffset`, `EndOffset`, `Type`",
    extensions: &["json", "jsonl"],
    looks_like: |look| {
        ["Entities", "ResultList"].iter().any(|key| look.has(key)) || (look.has("File") && look.has("ErrorCode"))
    },
    read,
    capabilities: Capabilities {
        text: false,
        label_texts: true,
        confidence: true,
        attribute: |name, value| name == CATEGORY && value.is_string(),
        ..SPANS
    },
    write,
    ..Format::DEFAULTS
}];

/// Where a document is from: its file and line in the output of a job, or a number.
struct Origin {
    file: Option<String>,
    line: Option<u32>,
    number: usize,
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut number = 0;
    let read = reading::each_text(parse(input.file, input.text), |json, root| {
        let mut read = Vec::new();
        for node in root.one_or_more() {
            if node.object().is_none() {
                continue;
            }
            let batch = ["ResultList", "ErrorList"].map(|key| node.get(key));
            if batch.iter().any(Option::is_some) {
                for item in batch.iter().flatten().flat_map(Node::items) {
                    let index = item.need("Index").and_then(|index| index.offset());
                    read.extend(index.and_then(|index| {
                        let origin = Origin { file: None, line: None, number: index as usize + 1 };
                        Some((origin, one(json, &item)?))
                    }));
                }
                continue;
            }
            number += 1;
            let file = node.get("File").and_then(|file| file.string()).filter(|file| !matches!(*file, "" | ".txt"));
            let file = file.map(str::to_owned);
            let line = node.get("Line").and_then(|line| line.offset());
            let number = if json.source.line == 0 && !json.value.is_array() { 0 } else { number };
            read.extend(one(json, &node).map(|entry| (Origin { file, line, number }, entry)));
        }
        read
    });
    name(input, read)
}

/// Gives the entries their ids. Lines are numbered; if there are several files, the number follows
/// the name of the file.
fn name(input: &Input<'_>, read: Vec<Result<(Origin, Entry), Diagnostic>>) -> Vec<Result<Entry, Diagnostic>> {
    let mut files: Vec<String> = read.iter().flatten().filter_map(|(origin, _)| origin.file.clone()).collect();
    files.sort();
    files.dedup();
    let give = |(origin, mut entry): (Origin, Entry)| {
        let stem = |file: &String| file.strip_suffix(".txt").unwrap_or(file).to_owned();
        (entry.id, entry.is_numbered) = match (&origin.file, origin.line) {
            (Some(file), Some(line)) if files.len() > 1 => (format!("{}.{}", stem(file), line + 1), false),
            (_, Some(line)) => ((line + 1).to_string(), true),
            (Some(file), None) => (stem(file), false),
            (None, None) if origin.number == 0 => (input.stem(), false),
            (None, None) => (origin.number.to_string(), true),
        };
        entry
    };
    read.into_iter().map(|one| one.map(give)).collect()
}

fn one(json: &Json<'_>, node: &Node<'_>) -> Option<Entry> {
    let mut entry = Entry::foreign(json.source.clone(), "");
    if let Some(code) = node.get("ErrorCode").and_then(|code| code.string()) {
        let message = node.get("ErrorMessage").and_then(|message| message.string()).unwrap_or_default();
        entry.error = Some(format!("{code}: {message}"));
        return Some(entry);
    }
    reading::set_entities(&mut entry, &node.need("Entities")?.items(), entity);
    Some(entry)
}

fn entity(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("BeginOffset"), offset("EndOffset"));
    let label = item.need("Type").and_then(|label| label.string());
    let mut entity = Entity {
        text: item.get("Text").and_then(|text| text.string()).map(str::to_owned),
        confidence: item.get("Score").and_then(|score| score.number()),
        ..Entity::new(Span::new(start?, end?), label?)
    };
    if let Some(category) = item.get(CATEGORY).and_then(|category| category.string()) {
        entity.attributes.insert(CATEGORY.to_owned(), category.into());
    }
    Some(entity)
}

fn write(outputs: &[Output], _: bool) -> Files {
    let object = |entity: &Entity| {
        let mut object = json!({"BeginOffset": entity.start, "EndOffset": entity.end, "Type": entity.label});
        let more = [
            ("Text", entity.text.as_deref().map(Into::into)),
            ("Score", entity.confidence.map(Into::into)),
            (CATEGORY, entity.attributes.get(CATEGORY).and_then(Value::as_str).map(Into::into)),
        ];
        for (key, value) in more {
            if let Some(value) = value {
                object[key] = value;
            }
        }
        object
    };
    let mut lines = String::new();
    for output in outputs {
        let entities: Vec<_> = output.annotations.entities.iter().flatten().map(object).collect();
        let file = format!("{}.txt", output.document.id());
        lines.push_str(&format!("{}\n", json!({"File": file, "Entities": entities})));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
