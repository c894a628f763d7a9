//! Reads and writes what the token-classification pipeline of Hugging Face returns: a list a
//! document of `entity_group` (or `entity`), `start`, `end`, `word` and `score`. Offsets count code
//! points.
//!
//! Without an aggregation strategy the pipeline returns tokens with their tags (`entity`, `index`).
//! They are joined as its strategy `simple` does, and the score is the mean of the tokens' scores.
//! `word` is what the tokenizer makes of the text (in lower case, with `##`), so it is not compared
//! with the document.

use serde_json::json;

use crate::document::{Entity, Span};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::entity_lists::{self, begins_with};
use crate::format::json::Node;

/// The `hf-pipeline` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "hf-pipeline",
    about: "Hugging Face's token-classification output: a list a document of `entity_group`, `start`, `end`, `score`",
    extensions: &["json", "jsonl"],
    folder: true,
    looks_like,
    read,
    capabilities: Capabilities { text: false, confidence: true, ..SPANS },
    write: |outputs, _| entity_lists::write(outputs, object),
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    begins_with(look, &["entity_group", "start"]) || begins_with(look, &["entity", "word", "start"])
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    entity_lists::read(input, entities)
}

fn entities(items: &[Node<'_>]) -> Vec<(usize, Entity)> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(token) = Token::read(item) else { continue };
        match groups.last_mut().filter(|group| token.continues(group)) {
            Some(group) => group.add(&token),
            None => groups.push(Group::new(at, &token)),
        }
    }
    groups.into_iter().map(Group::into_entity).collect()
}

/// An object of the list: an entity, or a token if it has a tag.
struct Token<'j> {
    span: (u32, u32),
    label: &'j str,
    score: Option<f64>,
    /// The index among the tokens of the text; `None` for an entity.
    index: Option<u64>,
    /// Whether the tag is `B-`.
    begins: bool,
}

impl<'j> Token<'j> {
    fn read(item: &Node<'j>) -> Option<Self> {
        item.object()?;
        let offset = |key: &str| item.need(key).and_then(|value| value.offset());
        let (start, end) = (offset("start"), offset("end"));
        let score = item.get("score").and_then(|score| score.number());
        if let Some(group) = item.get("entity_group") {
            let label = group.string()?;
            return Some(Self { span: (start?, end?), label, score, index: None, begins: true });
        }
        let tag = item.need("entity")?.string()?;
        let index = item.need("index").and_then(|index| index.offset()).map(u64::from);
        // A tag without a prefix continues an entity of the same label, as in the pipeline.
        let (begins, label) = match tag.strip_prefix("B-") {
            Some(label) => (true, label),
            None => (false, tag.strip_prefix("I-").unwrap_or(tag)),
        };
        Some(Self { span: (start?, end?), label, score, index: Some(index?), begins })
    }

    /// Whether the token is the next one after a group and continues it. Tokens outside of entities
    /// are left out of the list, and leave a gap in the indexes.
    fn continues(&self, group: &Group) -> bool {
        let is_next = self.index.zip(group.index).is_some_and(|(index, last)| index == last + 1);
        is_next && !self.begins && self.label == group.label
    }
}

/// Tokens that are one entity.
struct Group {
    at: usize,
    span: (u32, u32),
    label: String,
    scores: Vec<f64>,
    index: Option<u64>,
}

impl Group {
    fn new(at: usize, token: &Token<'_>) -> Self {
        let scores = token.score.into_iter().collect();
        Self { at, span: token.span, label: token.label.to_owned(), scores, index: token.index }
    }

    fn add(&mut self, token: &Token<'_>) {
        self.span.1 = token.span.1;
        self.scores.extend(token.score);
        self.index = token.index;
    }

    fn into_entity(self) -> (usize, Entity) {
        let mean = self.scores.iter().sum::<f64>() / self.scores.len() as f64;
        let confidence = (!self.scores.is_empty()).then_some(mean);
        (self.at, Entity { confidence, ..Entity::new(Span::new(self.span.0, self.span.1), self.label) })
    }
}

fn object(entity: &Entity) -> serde_json::Value {
    let mut object = json!({"entity_group": entity.label, "start": entity.start, "end": entity.end});
    if let Some(score) = entity.confidence {
        object["score"] = score.into();
    }
    object
}
