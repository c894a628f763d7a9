//! Reads and writes spaCy's training data: `[text, {"entities": [[start, end, label]]}]`, one per
//! line or as a list. Offsets count code points.

use std::path::PathBuf;

use serde_json::json;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Node, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;

/// The `spacy` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "spacy",
    about: "spaCy's training data: `[text, {\"entities\": [[start, end, label]]}]`",
    extensions: &["jsonl", "json"],
    looks_like,
    read,
    capabilities: Capabilities { document_ids: false, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let Some(rest) = look.head.trim_start().strip_prefix('[') else { return false };
    let rest = rest.trim_start();
    rest.strip_prefix('[').unwrap_or(rest).trim_start().starts_with('"')
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut number = 0;
    reading::each_text(parse(input.file, input.text), |json, root| {
        let is_one = json.value.as_array().is_some_and(|items| items.first().is_some_and(Value::is_string));
        let pairs = if is_one { vec![root.clone()] } else { root.items() };
        let one = |pair: &Node<'_>| {
            number += 1;
            let mut entry = Entry { is_numbered: true, ..Entry::foreign(json.source.clone(), number.to_string()) };
            example(pair, &mut entry).map(|()| entry)
        };
        pairs.iter().filter_map(one).collect()
    })
}

/// Reads an example: `[text, {"entities": [[start, end, label]]}]`.
pub(super) fn example(pair: &Node<'_>, entry: &mut Entry) -> Option<()> {
    let parts = pair.items();
    let [text, labels] = &parts[..] else {
        if pair.value.is_array() {
            pair.diagnostic(Diagnostic::new("an example must be `[text, {\"entities\": [...]}]`"));
        }
        return None;
    };
    entry.text = Some(text.string()?.to_owned());
    reading::set_entities(entry, &labels.need("entities")?.items(), entity);
    Some(())
}

/// Reads an entity as `[start, end, label]`, optionally followed by an identifier in a knowledge
/// base.
pub(super) fn entity(item: &Node<'_>) -> Option<Entity> {
    let parts = item.items();
    let ([start, end, label] | [start, end, label, _]) = &parts[..] else {
        if item.value.is_array() {
            item.diagnostic(Diagnostic::new("an entity must be `[start, end, label]`"));
        }
        return None;
    };
    let (start, end, label) = (start.offset(), end.offset(), label.string());
    let mut entity = Entity::new(Span::new(start?, end?), label?);
    if let Some(id) = parts.get(3) {
        entity.attributes.insert("kb_id".to_owned(), id.value.clone());
    }
    Some(entity)
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let entities = output.annotations.entities.iter().flatten();
        let labels: Vec<_> = entities.map(|entity| json!([entity.start, entity.end, entity.label])).collect();
        lines.push_str(&format!("{}\n", json!([output.document.text(), {"entities": labels}])));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
