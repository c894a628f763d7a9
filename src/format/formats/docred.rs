//! Reads and writes the JSON of DocRED and Re-DocRED: sentences of tokens, entities as lists of
//! mentions (`vertexSet`), and relations between entities (`labels`).
//!
//! Relations join entities, of which each mention may be another span. karat's relations join
//! spans, so a relation joins the first mentions of its entities.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::document::{Cluster, Document, Entity, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::token_text::{self, TokenRange};
use crate::format::{Entry, reading};

/// The `docred` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "docred",
    about: "DocRED: sentences of tokens, `vertexSet`, `labels`",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities { ids: Ids::Any, relations: true, coreference: true, attribute, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

/// The attribute that stores the sentences that support a relation.
const EVIDENCE: &str = "evidence";

fn looks_like(look: &Look<'_>) -> bool {
    look.has("vertexSet") || is_answer(look)
}

/// Whether the first object is an answer to DocRED's task, which has no mentions.
fn is_answer(look: &Look<'_>) -> bool {
    ["title", "h_idx", "t_idx"].iter().all(|key| look.has(key))
}

/// Whether an attribute is the evidence of a relation.
fn attribute(key: &str, value: &Value) -> bool {
    key == EVIDENCE
        && value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|one| one.as_u64().is_some()))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| one(input, json, node, number))
}

fn one(input: &Input<'_>, json: &Json<'_>, node: &Node<'_>, number: usize) -> Option<Entry> {
    if let Some(index) = node.get("h_idx") {
        let diagnostic = Diagnostic::new("this is an answer to DocRED's task, which has no mentions");
        index.diagnostic(diagnostic.help("write each document with `sents`, `vertexSet` and the answers as `labels`"));
        return None;
    }
    let (id, is_numbered) = reading::id(node.get("title"), number)?;
    let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
    let sentences = node.need("sents")?;
    let mut words: Vec<Vec<&str>> = Vec::new();
    for sentence in sentences.items() {
        words.push(sentence.items().iter().map(Node::string).collect::<Option<_>>()?);
    }
    let (text, ranges) = reading::token_text(&words, &sentences, (input.documents)(&entry.id))?;
    let document = Document::new("", text.as_str());
    let mut places = SourceMap::default();
    let (mut entities, mut clusters, mut first_mentions) = (Vec::<Entity>::new(), Vec::new(), Vec::new());
    for vertex in node.need("vertexSet")?.items() {
        let mut mentions = Vec::new();
        first_mentions.push(format!("T{}", entities.len() + 1));
        for item in vertex.items() {
            let (start, end) = range(&item, &words, &ranges)?;
            let label = item.need("type")?.string()?;
            places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
            let id = Some(format!("T{}", entities.len() + 1));
            entities.push(Entity { id, ..Entity::new(Span::new(start, end), label) });
            let text = document.slice(start, end).map(str::to_owned);
            mentions.push(Span { text, ..Span::new(start, end) });
        }
        match mentions.len() {
            0 => vertex.diagnostic(Diagnostic::new("the entity has no mentions")),
            1 => {}
            _ => {
                places.note("coreference", clusters.len(), SourceLocation::Json(vertex.path.clone()));
                clusters.push(Cluster { id: None, mentions });
            }
        }
    }
    if let Some(labels) = node.get("labels") {
        let mut relations = Vec::new();
        for item in labels.items() {
            places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
            relations.push(relation(&item, &first_mentions)?);
        }
        entry.annotations.relations = Some(relations);
    }
    entry.annotations.coreference = (!clusters.is_empty()).then_some(clusters);
    entry.annotations.entities = Some(entities);
    entry.text = Some(text);
    entry.places = Some(places);
    Some(entry)
}

/// Returns the code point range of a mention, whose offsets count the tokens of its sentence.
fn range(item: &Node<'_>, words: &[Vec<&str>], ranges: &[TokenRange]) -> Option<TokenRange> {
    let sentence = item.need("sent_id")?.offset()? as usize;
    let position = item.need("pos")?;
    let bounds = position.items();
    let [first, behind] = &bounds[..] else {
        position.diagnostic(Diagnostic::new("`pos` must be `[first token, token behind the last]`"));
        return None;
    };
    let (first, behind) = (first.offset()? as usize, behind.offset()? as usize);
    let length = words.get(sentence).map_or(0, Vec::len);
    if first >= behind || behind > length {
        let message = format!("{first}..{behind} are no tokens of sentence {sentence}, which has {length}");
        position.diagnostic(
            Diagnostic::new(message).help("`pos` counts the tokens of the sentence `sent_id`, both from 0"),
        );
        return None;
    }
    let before: usize = words[..sentence].iter().map(Vec::len).sum();
    Some((ranges.get(before + first)?.0, ranges.get(before + behind - 1)?.1))
}

fn relation(item: &Node<'_>, first_mentions: &[String]) -> Option<Relation> {
    let end = |key: &str| {
        let index = item.need(key)?;
        let at = index.offset()? as usize;
        let found = first_mentions.get(at);
        if found.is_none() {
            let message = format!("there is no entity {at}: `vertexSet` has {}", first_mentions.len());
            index.diagnostic(Diagnostic::new(message).help("entities are counted from 0"));
        }
        found.cloned()
    };
    let (head, tail) = (end("h"), end("t"));
    let mut relation = Relation { label: item.need("r")?.id()?, head: head?, tail: tail?, ..Relation::default() };
    if let Some(evidence) = item.get(EVIDENCE).filter(|evidence| attribute(EVIDENCE, evidence.value)) {
        relation.attributes.insert(EVIDENCE.to_owned(), evidence.value.clone());
    }
    Some(relation)
}

/// Groups entities by clusters, numbers them, and lets relations join first mentions.
fn fix(output: &mut Output, losses: &mut Losses) {
    token_text::fix_edges(output, &mut |kind, example| losses.note(kind, example));
    if !token_text::is_joined(output) {
        losses.note("white space of texts (read the file with --documents)", output.document.id());
    }
    let annotations = &mut output.annotations;
    let entities = annotations.entities.take().unwrap_or_default();
    let mut left: Vec<Option<Entity>> = entities.into_iter().map(Some).collect();
    let mut vertices: Vec<Vec<Entity>> = Vec::new();
    let mut clusters = Vec::new();
    let has_clusters = annotations.coreference.is_some();
    for mut cluster in annotations.coreference.take().into_iter().flatten() {
        if cluster.id.take().is_some() {
            losses.note("ids of coreference clusters", "a cluster");
        }
        let mut vertex = Vec::new();
        cluster.mentions.retain_mut(|mention| {
            let name = format!("{}..{}", mention.start, mention.end);
            if mention.confidence.take().is_some() {
                losses.note("confidences of mentions", &name);
            }
            let is_it = |entity: &Entity| (entity.start, entity.end) == (mention.start, mention.end);
            let found = left.iter_mut().find(|entity| entity.as_ref().is_some_and(is_it)).and_then(Option::take);
            if found.is_none() {
                losses.note("mentions that are no entities, or are in two clusters", &name);
            }
            let stays = found.is_some();
            vertex.extend(found);
            stays
        });
        match vertex.len() {
            0 | 1 => {
                losses.note("coreference clusters of one mention", "a cluster");
                vertices.extend((!vertex.is_empty()).then_some(vertex));
            }
            _ => {
                vertices.push(vertex);
                clusters.push(cluster);
            }
        }
    }
    vertices.extend(left.into_iter().flatten().map(|entity| vec![entity]));
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut number = 0;
    for vertex in &mut vertices {
        let first = format!("T{}", number + 1);
        for entity in vertex {
            number += 1;
            if entity.attributes.remove(EVIDENCE).is_some() {
                losses.note("attributes", &format!("{EVIDENCE} of {}", entity.label));
            }
            let name = format!("T{number}");
            if let Some(old) = entity.id.replace(name.clone()) {
                if old != name {
                    losses.note("ids of labels (they are numbered)", &format!("{old} as {name}"));
                }
                names.insert(old, first.clone());
            }
        }
    }
    annotations.entities = Some(vertices.into_iter().flatten().collect());
    annotations.coreference = (has_clusters && !clusters.is_empty()).then_some(clusters);
    let entities = annotations.entities.as_deref().unwrap_or_default();
    let known: BTreeSet<&str> = entities.iter().filter_map(|entity| entity.id.as_deref()).collect();
    for relation in annotations.relations.iter_mut().flatten() {
        if let Some(id) = relation.id.take() {
            losses.note("ids of relations", &id);
        }
        for end in [&mut relation.head, &mut relation.tail] {
            if let Some(name) = names.get(end) {
                end.clone_from(name);
            }
            debug_assert!(known.contains(end.as_str()), "relations join entities");
        }
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let documents: Vec<String> =
        outputs.iter().map(|output| serde_json::to_string(&document(output)).expect("tokens are plain data")).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", documents.join(",\n")).into_bytes())]
}

fn document(output: &Output) -> Value {
    let sentences = token_text::split(&output.document, &output.annotations);
    let annotations = &output.annotations;
    let entities = annotations.entities.as_deref().unwrap_or_default();
    let begins: Vec<u32> = sentences.iter().filter_map(|sentence| sentence.first().map(|(range, _)| range.0)).collect();
    let mention = |entity: &Entity| {
        let at = begins.partition_point(|begin| *begin <= entity.start).saturating_sub(1);
        let tokens = sentences.get(at).map(Vec::as_slice).unwrap_or_default();
        let first = tokens.partition_point(|((start, _), _)| *start < entity.start);
        let behind = tokens.partition_point(|((_, end), _)| *end <= entity.end);
        let words: Vec<&str> = tokens[first..behind].iter().map(|(_, word)| *word).collect();
        object([
            ("name", words.join(" ").as_str().into()),
            ("sent_id", number(at)),
            ("pos", [number(first), number(behind)].into_iter().collect()),
            ("type", entity.label.as_str().into()),
        ])
    };
    // The entities of a cluster follow each other.
    let mut vertices: Vec<Value> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rest = entities;
    let mut sizes =
        annotations.coreference.iter().flatten().map(|cluster| (cluster.mentions.len(), &cluster.mentions[0]));
    let mut next = sizes.next();
    while let Some(first) = rest.first() {
        let size = match next {
            Some((size, mention)) if (mention.start, mention.end) == (first.start, first.end) => {
                next = sizes.next();
                size.min(rest.len())
            }
            _ => 1,
        };
        let (vertex, others) = rest.split_at(size);
        index.extend(vertex.iter().filter_map(|entity| Some((entity.id.as_deref()?, vertices.len()))));
        vertices.push(vertex.iter().map(mention).collect());
        rest = others;
    }
    let words = sentences.iter().map(|sentence| list(sentence.iter().map(|(_, word)| Value::from(*word))));
    let mut fields = vec![
        ("title".to_owned(), output.document.id().into()),
        ("sents".to_owned(), words.collect()),
        ("vertexSet".to_owned(), vertices.into_iter().collect()),
    ];
    if let Some(relations) = &annotations.relations {
        let end = |id: &str| number(index.get(id).copied().unwrap_or(0));
        let labels = relations.iter().map(|relation| {
            let evidence = relation.attributes.get(EVIDENCE).cloned().unwrap_or_else(|| Value::Array(Vec::new()));
            object([
                ("r", relation.label.as_str().into()),
                ("h", end(&relation.head)),
                ("t", end(&relation.tail)),
                (EVIDENCE, evidence),
            ])
        });
        fields.push(("labels".to_owned(), labels.collect()));
    }
    fields.into_iter().collect()
}

fn number(number: usize) -> Value {
    (number as u32).into()
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    items.into_iter().collect()
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
