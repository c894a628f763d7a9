//! Reads the regions of a task: labelled spans, with the choices and texts that were entered about
//! them.

use crate::document::{Document, Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::definition::Input;
use crate::format::json::Node;

use super::texts::StoredText;

/// Compares texts without their white space.
pub(in crate::format::formats) struct WhiteSpace;

impl WhiteSpace {
    /// Whether two texts differ in white space only, if at all. Label Studio stores line breaks as
    /// a backslash and a letter in some versions.
    pub fn is_all_that_differs(one: &str, other: &str) -> bool {
        one == other || Self::remove(one) == Self::remove(other)
    }

    fn remove(text: &str) -> String {
        let text = ["\\n", "\\r", "\\t"].iter().fold(text.to_owned(), |text, escape| text.replace(escape, ""));
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }
}

/// Reads one entity for each label of a region. `value` contains its offsets and labels.
pub(in crate::format::formats) fn region(
    item: &Node<'_>,
    value: &Node<'_>,
    kind: &str,
    input: &Input<'_>,
    task: &str,
) -> Vec<Entity> {
    let read = || {
        let place = value.get("globalOffsets").unwrap_or_else(|| value.clone());
        let offset = |key: &str| place.need(key).and_then(|value| value.offset());
        let (start, end) = (offset("start"), offset("end"));
        let id = item.get("id").and_then(|id| id.id());
        let labels = value.get("labels").or_else(|| value.get(kind));
        let labels = labels.map(|labels| labels.items()).unwrap_or_default();
        if labels.is_empty() {
            let name = id.as_ref().map_or_else(String::new, |id| format!(", region {id:?}"));
            input.note("regions without a label, which are left out", format!("task {task:?}{name}"));
        }
        let span = Span {
            text: value.get("text").and_then(|text| text.string()).map(str::to_owned),
            confidence: item.get("score").and_then(|score| score.number()),
            ..Span::new(start?, end?)
        };
        let labels: Vec<&str> = labels.iter().filter_map(Node::string).collect();
        Some((span, id, labels))
    };
    let Some((span, id, labels)) = read() else { return Vec::new() };
    let named = labels.into_iter().enumerate().map(|(at, label)| {
        // A region has one id, which its first label gets.
        Entity { id: id.clone().filter(|_| at == 0), ..Entity::new(span.clone(), label) }
    });
    named.collect()
}

/// Returns the offsets of a region with its stored text, if it has both.
pub(in crate::format::formats) fn stored_text(value: &Value) -> Option<StoredText> {
    let place = value.get("globalOffsets").unwrap_or(value);
    let offset = |key: &str| place.get(key).and_then(Value::as_u64).and_then(|offset| u32::try_from(offset).ok());
    Some((offset("start")?, offset("end")?, value.get("text")?.as_str()?.to_owned()))
}

/// Removes stored texts that differ from the document's in white space only, with a note. Any other
/// difference remains, and is an error later.
pub(in crate::format::formats) fn accept_white_space(
    input: &Input<'_>,
    task: &str,
    text: Option<&str>,
    entities: &mut [Entity],
) {
    let own = text.map(|text| Document::new("", text));
    let Some(document) = (input.documents)(task).or(own.as_ref()) else { return };
    for entity in entities {
        let (Some(found), Some(stored)) = (document.slice(entity.start, entity.end), &entity.text) else { continue };
        if found != stored && WhiteSpace::is_all_that_differs(found, stored) {
            let what = "stored texts that differ from the document's in white space only, which are accepted";
            input.note(what, format!("{stored:?} of task {task:?}"));
            entity.text = None;
        }
    }
}

/// Adds what was entered about a region to the attributes of its entity: choices, texts, numbers,
/// dates. Returns whether the result is about a region.
pub(super) fn add_attribute(item: &Node<'_>, kind: &str, entities: &mut [Entity]) -> bool {
    let id = item.value.get("id").and_then(Value::as_str);
    let Some(region) = entities.iter_mut().find(|entity| entity.id.is_some() && entity.id.as_deref() == id) else {
        return false;
    };
    let content = item.value.get("value");
    // The text that a text area contains is beside the offsets.
    let value =
        content.and_then(|content| content.get(kind).or_else(|| content.get("text").filter(|_| kind == "textarea")));
    let name = item.value.get("from_name").and_then(Value::as_str).unwrap_or(kind);
    if let Some(value) = value {
        region.attributes.insert(name.to_owned(), value.clone());
    } else {
        item.diagnostic(Diagnostic::new(format!("the result about a region has no `{kind}`")));
    }
    true
}
