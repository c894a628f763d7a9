//! Reads and writes GLiNER's training data, `tokenized_text` with `ner` as `[first, last, label]`
//! whose last token is included, and its predictions, a list a document of `start`, `end`, `text`,
//! `label` and `score` in code points.

use std::path::PathBuf;

use serde_json::json;

use super::tokens::{token_range, words};
use crate::document::{Entity, Span, locate_tokens};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::json::{Json, Node, parse};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, entity_lists, reading};

/// The formats `gliner` and `gliner-predictions`.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "gliner",
        about: "GLiNER's training data: `tokenized_text` and `ner` as `[first, last, label]` in tokens",
        extensions: &["json", "jsonl"],
        looks_like: |look| look.has("tokenized_text"),
        read,
        capabilities: Capabilities { fix, ..SPANS },
        write,
        ..Format::DEFAULTS
    },
    Format {
        name: "gliner-predictions",
        about: "GLiNER's predictions: a list a document of `start`, `end`, `text`, `label`, `score`",
        extensions: &["json", "jsonl"],
        folder: true,
        looks_like: |look| entity_lists::begins_with(look, &["start", "end", "label"]),
        read: read_predictions,
        capabilities: Capabilities { text: false, label_texts: true, confidence: true, ..SPANS },
        write: |outputs, _| entity_lists::write(outputs, object),
        ..Format::DEFAULTS
    },
];

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(input, json, node, number))
}

fn one(input: &Input<'_>, json: &Json<'_>, node: &Node<'_>, number: usize) -> Option<Entry> {
    node.object()?;
    let (id, is_numbered) = reading::id(node.get("id"), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    let list = node.need("tokenized_text")?;
    let tokens = list.items();
    let tokens: Vec<&str> = tokens.iter().map(Node::string).collect::<Option<_>>()?;
    entry.text = node.get("text").and_then(|text| text.string()).map(str::to_owned);
    let known = (input.documents)(&entry.id).filter(|_| entry.text.is_none());
    let ranges = match known {
        Some(document) => locate_tokens(tokens.iter().copied(), document.text()),
        None => locate_tokens(tokens.iter().copied(), entry.text.get_or_insert_with(|| tokens.join(" "))),
    };
    let ranges = match ranges {
        Ok(ranges) => ranges,
        Err(at) => {
            let message = format!("the token {:?} does not occur in the text behind the tokens before it", tokens[at]);
            list.diagnostic(Diagnostic::new(message).help("the tokens must be those of the document's text, in order"));
            return None;
        }
    };
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    for item in node.get("ner").map(|list| list.items()).unwrap_or_default() {
        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
        entities.extend(entity(&item, &ranges));
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Some(entry)
}

/// Reads an entity as `[first, last, label]`, given the range of each token.
fn entity(item: &Node<'_>, ranges: &[(u32, u32)]) -> Option<Entity> {
    let parts = item.items();
    let [first, last, label] = &parts[..] else {
        item.diagnostic(Diagnostic::new("an entity must be `[first token, last token, label]`"));
        return None;
    };
    let (first, last, label) = (first.offset()?, last.offset()?, label.string()?);
    let (Some(begin), Some(end)) = (ranges.get(first as usize), ranges.get(last as usize)) else {
        let message = format!("{first}..{last} lies past the end of the text, which has {} tokens", ranges.len());
        item.diagnostic(Diagnostic::new(message).help("tokens are counted from 0, and the last one is included"));
        return None;
    };
    if last < first {
        let diagnostic = Diagnostic::new(format!("the last token {last} comes before the first {first}"));
        item.diagnostic(diagnostic.help("tokens are counted from 0, and the last one is included"));
        return None;
    }
    Some(Entity::new(Span::new(begin.0, end.1), label))
}

/// Removes entities that do not begin and end where words do.
fn fix(output: &mut Output, losses: &mut Losses) {
    let document = output.document.clone();
    let words = words(document.text());
    output.annotations.entities.iter_mut().for_each(|entities| {
        entities.retain(|entity| match token_range(&document, entity, &words) {
            Ok(_) => true,
            Err(why) => {
                losses.note(why, &format!("{} at {}..{}", entity.label, entity.start, entity.end));
                false
            }
        });
    });
}

/// Writes a list of objects, one a line. The keys `id` and `text` are not GLiNER's, which ignores
/// them.
fn write(outputs: &[Output], _: bool) -> Files {
    let object = |output: &Output| {
        let document = &output.document;
        let words = words(document.text());
        let entities = output.annotations.entities.iter().flatten();
        let ner: Vec<serde_json::Value> = entities
            .filter_map(|entity| {
                let tokens = token_range(document, entity, &words).ok()?;
                Some(json!([tokens.start, tokens.end - 1, entity.label]))
            })
            .collect();
        let tokens: Vec<&str> = words.iter().map(|range| &document.text()[range.clone()]).collect();
        json!({"id": document.id(), "text": document.text(), "tokenized_text": tokens, "ner": ner}).to_string()
    };
    let objects: Vec<String> = outputs.iter().map(object).collect();
    vec![(PathBuf::new(), format!("[{}]\n", objects.join(",\n")).into_bytes())]
}

fn read_predictions(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    entity_lists::read(input, |items| {
        items.iter().enumerate().filter_map(|(at, item)| Some((at, prediction(item)?))).collect()
    })
}

fn prediction(item: &Node<'_>) -> Option<Entity> {
    let offset = |key: &str| item.need(key).and_then(|value| value.offset());
    let (start, end) = (offset("start"), offset("end"));
    let label = item.need("label").and_then(|label| label.string());
    Some(Entity {
        text: item.get("text").and_then(|text| text.string()).map(str::to_owned),
        confidence: item.get("score").and_then(|score| score.number()),
        ..Entity::new(Span::new(start?, end?), label?)
    })
}

fn object(entity: &Entity) -> serde_json::Value {
    let mut object = json!({"start": entity.start, "end": entity.end, "label": entity.label});
    if let Some(text) = &entity.text {
        object["text"] = text.as_str().into();
    }
    if let Some(score) = entity.confidence {
        object["score"] = score.into();
    }
    object
}
