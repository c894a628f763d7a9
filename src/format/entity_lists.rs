//! Formats in which a document is a list of objects with offsets, and nothing else: no text and no
//! id. A file is one list, a list of lists, or a list a line.

use super::Entry;
use super::definition::{Input, Look};
use super::json::{Json, Node, first_keys, parse};
use super::output::{Files, Output};
use super::reading;
use super::source_map::{SourceLocation, SourceMap};
use crate::document::{Entity, Value};
use crate::error::Diagnostic;

/// Returns the keys of the first object in a file of lists; `None` if the file does not begin with
/// a list. A list of keys is empty if all lists in the first 8 KiB are empty.
pub(super) fn first_object(look: &Look<'_>) -> Option<Vec<String>> {
    let text = look.head.trim_start();
    if !text.starts_with('[') {
        return None;
    }
    let object = text.trim_start_matches(|c: char| matches!(c, '[' | ']' | ',') || c.is_whitespace());
    if !object.is_empty() && !object.starts_with('{') {
        return None;
    }
    Some(first_keys(object).into_iter().map(|(key, _)| key).collect())
}

/// Whether a file consists of lists whose first object has all of the keys. A file of empty lists
/// matches, since it may be in any of these formats.
pub(super) fn begins_with(look: &Look<'_>, keys: &[&str]) -> bool {
    first_object(look).is_some_and(|found| {
        let is_empty = found.is_empty() && !look.head.contains('{');
        is_empty || keys.iter().all(|key| found.iter().any(|found| found == key))
    })
}

/// Reads the lists of a file. A file that is one list is one document, whose id is the name of the
/// file; lists in a list and lists on lines are numbered.
pub(super) fn read(
    input: &Input<'_>,
    entities: fn(&[Node<'_>]) -> Vec<(usize, Entity)>,
) -> Vec<Result<Entry, Diagnostic>> {
    let mut number = 0;
    reading::each_text(parse(input.file, input.text), |json, root| {
        let is_nested = json.value.as_array().is_some_and(|items| items.first().is_some_and(Value::is_array));
        let lists = if is_nested { root.items() } else { vec![root.clone()] };
        let one = |list: &Node<'_>| {
            number += 1;
            let is_numbered = is_nested || json.source.line > 0;
            let id = if is_numbered { number.to_string() } else { input.stem() };
            entry(json, list, id, is_numbered, entities)
        };
        lists.iter().map(one).collect()
    })
}

fn entry(
    json: &Json<'_>,
    list: &Node<'_>,
    id: String,
    is_numbered: bool,
    entities: fn(&[Node<'_>]) -> Vec<(usize, Entity)>,
) -> Entry {
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    let items = list.items();
    let mut places = SourceMap::default();
    let mut found = Vec::new();
    for (at, entity) in entities(&items) {
        places.note("entities", found.len(), SourceLocation::Json(items[at].path.clone()));
        found.push(entity);
    }
    entry.annotations.entities = Some(found);
    entry.places = Some(places);
    entry
}

/// Writes a file with a list for each document, which is named after its id.
pub(super) fn write(outputs: &[Output], object: fn(&Entity) -> serde_json::Value) -> Files {
    let file = |output: &Output| {
        let list: Vec<serde_json::Value> = output.annotations.entities.iter().flatten().map(object).collect();
        let text = serde_json::to_string(&list).expect("entities are plain data") + "\n";
        (format!("{}.json", output.document.id()).into(), text.into_bytes())
    };
    outputs.iter().map(file).collect()
}
