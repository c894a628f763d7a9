//! Reads and writes the JSONL of DyGIE++ and SciERC: a document a line, with sentences of tokens
//! and annotations whose offsets count the document's tokens, the last one included.
//!
//! The models add their predictions to the golden annotations, under the same names with the prefix
//! `predicted_`. These are a format of their own, so that a file with both is never read by guess.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::document::{Argument, Cluster, Document, Entity, Event, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::token_text::{self, TokenRange};
use crate::format::{Entry, reading};

/// The `dygie` and `dygie-predicted` formats.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "dygie",
        about: "DyGIE++ and SciERC: sentences of tokens, `ner`, `relations`, `clusters`, `events`",
        looks_like: |look| is_dygie(look) && (has_layer(look, "") || !has_layer(look, "predicted_")),
        read: |input| read(input, ""),
        write: |outputs, _| write(outputs, ""),
        ..DYGIE
    },
    Format {
        name: "dygie-predicted",
        about: "DyGIE++'s predictions: `predicted_ner`, `predicted_relations`, ... beside the golden layers",
        looks_like: |look| is_dygie(look) && has_layer(look, "predicted_"),
        read: |input| read(input, "predicted_"),
        write: |outputs, _| write(outputs, "predicted_"),
        ..DYGIE
    },
];

const DYGIE: Format = Format {
    extensions: &["jsonl", "json"],
    capabilities: Capabilities { ids: Ids::Any, relations: true, events: true, coreference: true, fix, ..SPANS },
    ..Format::DEFAULTS
};

const LAYERS: [&str; 4] = ["ner", "relations", "clusters", "events"];

fn is_dygie(look: &Look<'_>) -> bool {
    let is_tokens = look.has_lists("sentences");
    is_tokens && (look.has("doc_key") || has_layer(look, "") || has_layer(look, "predicted_"))
}

fn has_layer(look: &Look<'_>, prefix: &str) -> bool {
    LAYERS.iter().any(|layer| look.has(&format!("{prefix}{layer}")))
}

fn read(input: &Input<'_>, prefix: &str) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(input, prefix, json, node, number))
}

fn one(input: &Input<'_>, prefix: &str, json: &Json<'_>, node: &Node<'_>, number: usize) -> Option<Entry> {
    let (id, is_numbered) = reading::id(node.get("doc_key"), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    let sentences = node.need("sentences")?;
    let mut words: Vec<Vec<&str>> = Vec::new();
    for sentence in sentences.items() {
        words.push(sentence.items().iter().map(Node::string).collect::<Option<_>>()?);
    }
    let (text, ranges) = reading::token_text(&words, &sentences, (input.documents)(&entry.id))?;
    let mut document = TokenDocument { text: Document::new("", text), ranges, places: SourceMap::default() };
    let sentence_lists = |layer: &str| {
        let list = node.get(&format!("{prefix}{layer}"))?;
        let lists = list.items();
        if lists.len() != words.len() {
            let message = format!("`{prefix}{layer}` has {} lists for {} sentences", lists.len(), words.len());
            list.diagnostic(Diagnostic::new(message).help("there is one list a sentence"));
        }
        Some(lists.iter().flat_map(Node::items).collect::<Vec<_>>())
    };
    let mut entities = Vec::new();
    let ner = sentence_lists("ner");
    for item in ner.iter().flatten() {
        document.places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
        let id = Some(format!("T{}", entities.len() + 1));
        entities.push(Entity { id, ..document.entity(item)? });
    }
    if let Some(items) = sentence_lists("relations") {
        let mut relations = Vec::new();
        for item in &items {
            document.places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
            relations.push(document.relation(item, &entities)?);
        }
        entry.annotations.relations = Some(relations);
    }
    if let Some(items) = sentence_lists("events") {
        let mut events = Vec::new();
        for item in &items {
            document.places.note("events", events.len(), SourceLocation::Json(item.path.clone()));
            let id = Some(format!("E{}", events.len() + 1));
            events.push(Event { id, ..document.event(item, &entities)? });
        }
        entry.annotations.events = Some(events);
    }
    if let Some(list) = node.get(&format!("{prefix}clusters")) {
        let mut clusters = Vec::new();
        for item in list.items() {
            document.places.note("coreference", clusters.len(), SourceLocation::Json(item.path.clone()));
            let mentions: Option<Vec<Span>> = item.items().iter().map(|pair| document.mention(pair)).collect();
            clusters.push(Cluster { id: None, mentions: mentions? });
        }
        entry.annotations.coreference = Some(clusters);
    }
    entry.annotations.entities = ner.is_some().then_some(entities);
    entry.text = Some(document.text.text().to_owned());
    entry.places = Some(document.places);
    Some(entry)
}

/// A document whose annotations count tokens.
struct TokenDocument {
    text: Document,
    ranges: Vec<TokenRange>,
    places: SourceMap,
}

impl TokenDocument {
    /// Returns the code point range from a first to a last token.
    fn range(&self, first: &Node<'_>, last: &Node<'_>) -> Option<TokenRange> {
        let (from, to) = (first.offset()?, last.offset()?);
        let found = self.ranges.get(from as usize).zip(self.ranges.get(to as usize)).filter(|_| from <= to);
        if found.is_none() {
            let message = format!("{from}..{to} are no tokens of the document, which has {}", self.ranges.len());
            last.diagnostic(
                Diagnostic::new(message).help("offsets count the document's tokens from 0, the last one included"),
            );
        }
        found.map(|(first, last)| (first.0, last.1))
    }

    fn span(&self, first: &Node<'_>, last: &Node<'_>) -> Option<Span> {
        let (start, end) = self.range(first, last)?;
        Some(Span { text: self.text.slice(start, end).map(str::to_owned), ..Span::new(start, end) })
    }

    /// Reads an entity, `[first, last, label]`, which models follow with a score and a probability.
    fn entity(&self, item: &Node<'_>) -> Option<Entity> {
        let parts = item.items();
        let [first, last, label, scores @ ..] = &parts[..] else {
            item.diagnostic(Diagnostic::new("an entity must be `[first token, last token, label]`"));
            return None;
        };
        let (start, end) = self.range(first, last)?;
        let mut entity = Entity::new(Span::new(start, end), label.string()?);
        entity.confidence = probability(scores);
        Some(entity)
    }

    fn relation(&self, item: &Node<'_>, entities: &[Entity]) -> Option<Relation> {
        let parts = item.items();
        let [first, last, other_first, other_last, label, scores @ ..] = &parts[..] else {
            let message = "a relation must be `[first token, last token, first token, last token, label]`";
            item.diagnostic(Diagnostic::new(message));
            return None;
        };
        let head = self.target(item, self.range(first, last)?, entities)?;
        let tail = self.target(item, self.range(other_first, other_last)?, entities)?;
        let (label, confidence) = (label.string()?.to_owned(), probability(scores));
        Some(Relation { label, head, tail, confidence, ..Relation::default() })
    }

    /// Reads an event: its trigger, `[token, type]`, and its arguments, `[first, last, role]`. A
    /// trigger of several tokens is `[first, last, type]`.
    fn event(&self, item: &Node<'_>, entities: &[Entity]) -> Option<Event> {
        let parts = item.items();
        let [trigger, arguments @ ..] = &parts[..] else {
            item.diagnostic(Diagnostic::new("an event must begin with its trigger, `[token, type]`"));
            return None;
        };
        let cells = trigger.items();
        let (first, last, label) = match &cells[..] {
            [first, last, label, ..] if last.value.is_number() && label.value.is_string() => (first, last, label),
            [first, label, ..] => (first, first, label),
            _ => {
                trigger.diagnostic(Diagnostic::new("a trigger must be `[token, type]`"));
                return None;
            }
        };
        let mut event =
            Event { label: label.string()?.to_owned(), trigger: self.span(first, last)?, ..Event::default() };
        for argument in arguments {
            let cells = argument.items();
            let [first, last, role, ..] = &cells[..] else {
                argument.diagnostic(Diagnostic::new("an argument must be `[first token, last token, role]`"));
                return None;
            };
            let target = self.target(argument, self.range(first, last)?, entities)?;
            event.arguments.push(Argument { role: role.string()?.to_owned(), target });
        }
        Some(event)
    }

    fn mention(&self, pair: &Node<'_>) -> Option<Span> {
        let parts = pair.items();
        let [first, last, ..] = &parts[..] else {
            pair.diagnostic(Diagnostic::new("a mention must be `[first token, last token]`"));
            return None;
        };
        self.span(first, last)
    }

    /// Returns the id of the first entity with a range.
    fn target(&self, item: &Node<'_>, (start, end): TokenRange, entities: &[Entity]) -> Option<String> {
        let found = entities.iter().find(|entity| (entity.start, entity.end) == (start, end));
        if found.is_none() {
            let covered = self.text.slice(start, end).unwrap_or_default();
            let diagnostic = Diagnostic::new(format!("{covered:?} is an end or an argument, but no entity"));
            item.diagnostic(
                diagnostic.help("karat's relations and events join entities: add it to `ner`, or take this out"),
            );
        }
        found?.id.clone()
    }
}

/// Returns the probability that models write after their score.
fn probability(scores: &[Node<'_>]) -> Option<f64> {
    let [_, probability] = scores else { return None };
    probability.value.as_f64().filter(|value| (0.0..=1.0).contains(value))
}

/// Orders entities by sentence, numbers entities and events, and removes what tokens cannot
/// represent.
fn fix(output: &mut Output, losses: &mut Losses) {
    token_text::fix_edges(output, &mut |kind, example| losses.note(kind, example));
    let begins: Vec<u32> = token_text::split(&output.document, &output.annotations)
        .iter()
        .filter_map(|sentence| sentence.first().map(|((start, _), _)| *start))
        .collect();
    let sentence = |at: u32| begins.partition_point(|begin| *begin <= at);
    if !token_text::is_joined(output) {
        losses.note("white space of texts (read the file with --documents)", output.document.id());
    }
    let annotations = &mut output.annotations;
    let entities = annotations.entities.get_or_insert_default();
    entities.sort_by_key(|entity| sentence(entity.start));
    // Relations refer to the words of an entity.
    let mut by_range: BTreeMap<TokenRange, String> = BTreeMap::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut redirected: BTreeSet<String> = BTreeSet::new();
    for (number, entity) in (1..).zip(entities.iter_mut()) {
        let name = number_as(&mut entity.id, 'T', number, losses);
        let target = by_range.entry((entity.start, entity.end)).or_insert_with(|| format!("T{number}"));
        if let Some(old) = name {
            if *target != format!("T{number}") {
                redirected.insert(old.clone());
            }
            names.insert(old, target.clone());
        }
    }
    let note_redirected = |id: &str, losses: &mut Losses| {
        if redirected.contains(id) {
            losses.note("which label on the same words a relation or event joins", id);
        }
    };
    let events = annotations.events.iter_mut().flatten();
    let mut events: Vec<&mut Event> = events.collect();
    events.sort_by_key(|event| sentence(event.trigger.start));
    let event_ids: BTreeSet<String> = events.iter().filter_map(|event| event.id.clone()).collect();
    for (number, event) in (1..).zip(events) {
        number_as(&mut event.id, 'E', number, losses);
        event.arguments.retain_mut(|argument| {
            let target = names.get(&argument.target).filter(|_| !event_ids.contains(&argument.target));
            match target {
                Some(name) => {
                    note_redirected(&argument.target, losses);
                    argument.target.clone_from(name);
                }
                None => losses.note("arguments that are events", &argument.role),
            }
            target.is_some()
        });
    }
    if let Some(events) = &mut annotations.events {
        events.sort_by_key(|event| sentence(event.trigger.start));
    }
    let starts: BTreeMap<&str, u32> =
        entities.iter().filter_map(|entity| Some((entity.id.as_deref()?, entity.start))).collect();
    if let Some(relations) = &mut annotations.relations {
        relations.retain_mut(|relation| {
            if let Some(id) = relation.id.take() {
                losses.note("ids of relations", &id);
            }
            let ends = names.get(&relation.head).zip(names.get(&relation.tail));
            match ends {
                Some((head, tail)) => {
                    note_redirected(&relation.head, losses);
                    note_redirected(&relation.tail, losses);
                    (relation.head, relation.tail) = (head.clone(), tail.clone());
                }
                None => losses.note("relations between events", &relation.label),
            }
            ends.is_some()
        });
        relations.sort_by_key(|relation| sentence(starts.get(relation.head.as_str()).copied().unwrap_or(0)));
    }
    if let Some(clusters) = &mut annotations.coreference {
        clusters.retain(|cluster| !cluster.mentions.is_empty());
    }
}

/// Gives an item a number as its id. Returns the id that it had.
fn number_as(id: &mut Option<String>, letter: char, number: usize, losses: &mut Losses) -> Option<String> {
    let name = format!("{letter}{number}");
    let old = id.replace(name.clone());
    if let Some(old) = old.as_ref().filter(|old| **old != name) {
        losses.note("ids of labels (they are numbered)", &format!("{old} as {name}"));
    }
    old
}

fn write(outputs: &[Output], prefix: &str) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let document = line(output, prefix);
        lines.push_str(&(serde_json::to_string(&document).expect("tokens are plain data") + "\n"));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}

fn line(output: &Output, prefix: &str) -> Value {
    let sentences = token_text::split(&output.document, &output.annotations);
    let tokens: Vec<TokenRange> = sentences.iter().flatten().map(|(range, _)| *range).collect();
    let first = |start: u32| tokens.partition_point(|token| token.0 < start);
    let last = |end: u32| tokens.partition_point(|token| token.1 < end);
    let pair = |start: u32, end: u32| [number(first(start)), number(last(end))];
    let begins: Vec<u32> = sentences.iter().filter_map(|sentence| sentence.first().map(|(range, _)| range.0)).collect();
    let by_sentence = |items: Vec<(u32, Value)>| -> Value {
        let mut lists: Vec<Vec<Value>> = sentences.iter().map(|_| Vec::new()).collect();
        for (start, item) in items {
            let at = begins.partition_point(|begin| *begin <= start).saturating_sub(1);
            lists.get_mut(at).into_iter().for_each(|list| list.push(item.clone()));
        }
        lists.into_iter().map(Value::from_iter).collect()
    };
    let annotations = &output.annotations;
    let entities = annotations.entities.as_deref().unwrap_or_default();
    let ranges: BTreeMap<&str, TokenRange> =
        entities.iter().filter_map(|entity| Some((entity.id.as_deref()?, (entity.start, entity.end)))).collect();
    let range = |id: &str| ranges.get(id).copied().unwrap_or_default();
    let words = sentences.iter().map(|sentence| list(sentence.iter().map(|(_, word)| Value::from(*word))));
    let mut fields =
        vec![("doc_key".to_owned(), output.document.id().into()), ("sentences".to_owned(), words.collect())];
    let ner = entities.iter().map(|entity| {
        (entity.start, list(pair(entity.start, entity.end).into_iter().chain([entity.label.as_str().into()])))
    });
    fields.push((format!("{prefix}ner"), by_sentence(ner.collect())));
    if let Some(relations) = &annotations.relations {
        let items = relations.iter().map(|relation| {
            let (head, tail) = (range(&relation.head), range(&relation.tail));
            let ends = pair(head.0, head.1).into_iter().chain(pair(tail.0, tail.1));
            (head.0, list(ends.chain([relation.label.as_str().into()])))
        });
        fields.push((format!("{prefix}relations"), by_sentence(items.collect())));
    }
    if let Some(events) = &annotations.events {
        let items = events.iter().map(|event| {
            let [from, to] = pair(event.trigger.start, event.trigger.end);
            // DyGIE's triggers are one token.
            let tokens = if from == to { vec![from] } else { vec![from, to] };
            let trigger = list(tokens.into_iter().chain([event.label.as_str().into()]));
            let arguments = event.arguments.iter().map(|argument| {
                let (start, end) = range(&argument.target);
                list(pair(start, end).into_iter().chain([argument.role.as_str().into()]))
            });
            (event.trigger.start, list([trigger].into_iter().chain(arguments)))
        });
        fields.push((format!("{prefix}events"), by_sentence(items.collect())));
    }
    if let Some(clusters) = &annotations.coreference {
        let mention = |mention: &Span| list(pair(mention.start, mention.end));
        let clusters = clusters.iter().map(|cluster| list(cluster.mentions.iter().map(mention)));
        fields.push((format!("{prefix}clusters"), clusters.collect()));
    }
    fields.into_iter().collect()
}

fn number(number: usize) -> Value {
    (number as u32).into()
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    items.into_iter().collect()
}
