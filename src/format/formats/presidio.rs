//! Reads and writes the results of presidio's analyzer: a list a document of `entity_type`,
//! `start`, `end` and `score`. Offsets count code points, as Python does. `analysis_explanation`
//! and `recognition_metadata` are ignored.

use serde_json::json;

use crate::document::{Entity, Span};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::entity_lists;
use crate::format::json::Node;

/// The `presidio` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "presidio",
    about: "presidio's analyzer results: a list a document of `entity_type`, `start`, `end`, `score`",
    extensions: &["json", "jsonl"],
    folder: true,
    looks_like: |look| entity_lists::begins_with(look, &["entity_type", "start", "end"]),
    read,
    capabilities: Capabilities { text: false, confidence: true, ..SPANS },
    write: |outputs, _| entity_lists::write(outputs, object),
    ..Format::DEFAULTS
}];

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    entity_lists::read(input, |items| {
        items.iter().enumerate().filter_map(|(at, item)| Some((at, entity(item)?))).collect()
    })
}

fn entity(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start"), offset("end"));
    let label = item.need("entity_type").and_then(|label| label.string());
    let confidence = item.get("score").and_then(|score| score.number());
    Some(Entity { confidence, ..Entity::new(Span::new(start?, end?), label?) })
}

fn object(entity: &Entity) -> serde_json::Value {
    let mut object = json!({"entity_type": entity.label, "start": entity.start, "end": entity.end});
    if let Some(score) = entity.confidence {
        object["score"] = score.into();
    }
    object
}
