//! What each format can represent. Before documents are written in a format, everything that it
//! cannot represent is removed and reported as a loss, so that no conversion drops annotations
//! silently.

use std::collections::{BTreeMap, BTreeSet};

use super::losses::Losses;
use super::output::Output;
pub use super::renumber::Ids;
use super::renumber::renumber;
use crate::document::{Annotations, Entity, Value};

/// What a format can represent. The flags are true if it can.
pub struct Capabilities {
    /// The text of a document.
    pub text: bool,
    /// The ids of documents.
    pub document_ids: bool,
    /// Free metadata of documents.
    pub meta: bool,
    /// The difference between entities that were not annotated and an empty layer.
    pub absent_entities: bool,
    /// Documents without annotations.
    pub empty_documents: bool,
    /// The stored texts of entities. Otherwise they are those of the document.
    pub label_texts: bool,
    /// The ids of entities, relations and events.
    pub ids: Ids,
    /// Discontinuous entities.
    pub fragments: bool,
    /// The confidence of entities.
    pub confidence: bool,
    /// Optional entities.
    pub optional: bool,
    /// Relations.
    pub relations: bool,
    /// Events, whose triggers are labelled spans, and coreference between entities.
    pub events: bool,
    /// Coreference between any spans, without other relations if `events` is false.
    pub coreference: bool,
    /// Everything that karat's own format can represent.
    pub everything: bool,
    /// Whether the format can represent an attribute, given its name and value.
    pub attribute: fn(&str, &Value) -> bool,
    /// Converts a label to one that the format can represent.
    pub label: fn(&str) -> String,
    /// Removes everything else that the format cannot represent, and notes the losses.
    pub fix: fn(&mut Output, &mut Losses),
}

/// The capabilities of a format with labelled spans and the document's text only.
pub const SPANS: Capabilities = Capabilities {
    text: true,
    document_ids: true,
    meta: false,
    absent_entities: false,
    empty_documents: true,
    label_texts: false,
    ids: Ids::None,
    fragments: false,
    confidence: false,
    optional: false,
    relations: false,
    events: false,
    coreference: false,
    everything: false,
    attribute: |_, _| false,
    label: str::to_owned,
    fix: |_, _| {},
};

impl Capabilities {
    /// Returns the documents with only what the format can represent, and the losses.
    pub fn fit(&self, outputs: &[Output]) -> (Vec<Output>, Losses) {
        let mut losses = Losses::default();
        if self.everything {
            return (outputs.to_vec(), losses);
        }
        let mut fitted: Vec<Output> = outputs.to_vec();
        for output in &mut fitted {
            losses.of_document(output.document.id());
            self.document(output, &mut losses);
        }
        let refers =
            fitted.iter().any(|output| output.annotations.relations.as_ref().is_some_and(|all| !all.is_empty()));
        // Numeric ids serve relations only, so without relations they are omitted.
        let ids = if self.ids == Ids::Numbers && !refers { Ids::None } else { self.ids };
        for output in &mut fitted {
            losses.of_document(output.document.id());
            renumber(&mut output.annotations, ids, &mut losses);
            self.finish(output, &mut losses);
        }
        make_layers_uniform(&mut fitted);
        for (before, after) in outputs.iter().zip(&fitted) {
            losses.of_document(before.document.id());
            let (was, is) = (&before.annotations, &after.annotations);
            // Only the change between absent and empty layers is noted here; lost items are noted
            // individually.
            let layers = [
                (was.relations.as_ref().map(Vec::len), is.relations.is_some(), "relations"),
                (was.events.as_ref().map(Vec::len), is.events.is_some(), "events"),
                (was.coreference.as_ref().map(Vec::len), is.coreference.is_some(), "coreference"),
            ];
            for (was, is, layer) in layers {
                match (was, is) {
                    (Some(0), false) => losses.note("layers that were found empty", layer),
                    (None, true) => losses.note("layers that were not annotated", layer),
                    _ => {}
                }
            }
        }
        (fitted, losses)
    }

    fn document(&self, output: &mut Output, losses: &mut Losses) {
        if !self.document_ids {
            losses.note("ids of documents (they are numbered)", output.document.id());
        }
        if !self.meta && !output.document.meta().is_empty() {
            losses
                .note("metadata of documents", &output.document.meta().keys().cloned().collect::<Vec<_>>().join(", "));
            output.document = crate::document::Document::new(output.document.id(), output.document.text());
        }
        let annotations = &mut output.annotations;
        remove_other_layers(annotations, losses);
        if annotations.entities.is_none() && !self.absent_entities {
            losses.note("layers that were not annotated", "entities");
            annotations.entities = Some(Vec::new());
        }
        for entity in annotations.entities.iter_mut().flatten() {
            let name = describe(entity);
            self.entity(entity, &name, losses);
        }
        if !self.fragments
            && let Some(entities) = &mut annotations.entities
        {
            entities.retain(|entity| {
                if !entity.fragments.is_empty() {
                    losses.note("discontinuous entities", &describe(entity));
                }
                entity.fragments.is_empty()
            });
        }
        self.relations(annotations, losses);
        self.events(annotations, losses);
    }

    /// Removes the stored texts of entities, and applies the format's own fixes.
    fn finish(&self, output: &mut Output, losses: &mut Losses) {
        let document = output.document.clone();
        let has_text = output.has_text;
        let text = |start: u32, end: u32| document.slice(start, end).filter(|_| has_text);
        for entity in output.annotations.entities.iter_mut().flatten() {
            entity.text = match (self.label_texts, entity.fragments.is_empty()) {
                (false, _) => None,
                (true, true) => text(entity.start, entity.end).map(str::to_owned).or_else(|| entity.text.take()),
                (true, false) => {
                    let parts: Option<Vec<&str>> =
                        entity.fragments.iter().map(|&(start, end)| text(start, end)).collect();
                    parts.map(|parts| parts.join(" ")).or_else(|| entity.text.take())
                }
            };
        }
        let spans = output.annotations.events.iter_mut().flatten().map(|event| &mut event.trigger);
        let clusters = output.annotations.coreference.iter_mut().flatten();
        for span in spans.chain(clusters.flat_map(|cluster| &mut cluster.mentions)) {
            span.text = text(span.start, span.end).map(str::to_owned).or_else(|| span.text.take());
        }
        (self.fix)(output, losses);
        let has_labels = output.annotations.entities.as_ref().is_some_and(|entities| !entities.is_empty());
        if !self.empty_documents && !has_labels {
            losses.note("documents without labels", output.document.id());
        }
    }

    fn entity(&self, entity: &mut Entity, name: &str, losses: &mut Losses) {
        if entity.optional && !self.optional {
            losses.note("that entities are optional", name);
            entity.optional = false;
        }
        if !entity.alternatives.is_empty() {
            losses.note("alternatives of entities", name);
            entity.alternatives.clear();
        }
        if entity.confidence.is_some() && !self.confidence {
            losses.note("confidences of entities", name);
            entity.confidence = None;
        }
        self.attributes(&mut entity.attributes, name, losses);
        self.label(&mut entity.label, losses);
    }

    fn attributes(&self, attributes: &mut BTreeMap<String, Value>, name: &str, losses: &mut Losses) {
        attributes.retain(|key, value| {
            let stays = (self.attribute)(key, value);
            if !stays {
                losses.note("attributes", &format!("{key} of {name}"));
            }
            stays
        });
    }

    fn label(&self, label: &mut String, losses: &mut Losses) {
        let written = (self.label)(label);
        if written != *label {
            losses.note("names of labels (they are written differently)", &format!("{label:?} as {written:?}"));
            *label = written;
        }
    }

    fn relations(&self, annotations: &mut Annotations, losses: &mut Losses) {
        let kept = annotations.entities.iter().flatten().filter_map(|entity| entity.id.as_deref());
        let events = annotations.events.iter().flatten().filter_map(|event| event.id.as_deref());
        let known: Vec<&str> = kept.chain(events.filter(|_| self.events)).collect();
        let Some(relations) = &mut annotations.relations else { return };
        relations.retain_mut(|relation| {
            let name = format!("{} from {} to {}", relation.label, relation.head, relation.tail);
            let reaches = [&relation.head, &relation.tail].iter().all(|end| known.contains(&end.as_str()));
            if !self.relations || !reaches {
                losses.note("relations", &name);
                return false;
            }
            if relation.confidence.take().is_some() {
                losses.note("confidences of relations", &name);
            }
            self.attributes(&mut relation.attributes, &name, losses);
            self.label(&mut relation.label, losses);
            true
        });
    }

    fn events(&self, annotations: &mut Annotations, losses: &mut Losses) {
        if !self.events {
            for event in annotations.events.iter().flatten() {
                losses.note("events", &event.label);
            }
            annotations.events = annotations.events.take().map(|_| Vec::new());
            if self.coreference {
                return;
            }
            for cluster in annotations.coreference.iter().flatten() {
                losses.note("coreference clusters", &format!("of {} mentions", cluster.mentions.len()));
            }
            annotations.coreference = annotations.coreference.take().map(|_| Vec::new());
            return;
        }
        let entities = annotations.entities.clone().unwrap_or_default();
        let ids = entities.iter().filter_map(|entity| entity.id.clone());
        let known: BTreeSet<String> =
            ids.chain(annotations.events.iter().flatten().filter_map(|event| event.id.clone())).collect();
        for event in annotations.events.iter_mut().flatten() {
            let name = event.label.clone();
            event.arguments.retain(|argument| {
                let stays = known.contains(&argument.target);
                if !stays {
                    losses.note("arguments of events", &format!("{} of {name}", argument.role));
                }
                stays
            });
            if event.confidence.take().is_some() || event.trigger.confidence.take().is_some() {
                losses.note("confidences of events", &name);
            }
            self.attributes(&mut event.attributes, &name, losses);
            self.label(&mut event.label, losses);
            event.arguments.iter_mut().for_each(|argument| self.label(&mut argument.role, losses));
        }
        for cluster in annotations.coreference.iter_mut().flatten() {
            if cluster.id.take().is_some() {
                losses.note("ids of coreference clusters", "a cluster");
            }
            cluster.mentions.retain_mut(|mention| {
                if mention.confidence.take().is_some() {
                    losses.note("confidences of mentions", &format!("{}..{}", mention.start, mention.end));
                }
                let is_entity = |entity: &Entity| (entity.start, entity.end) == (mention.start, mention.end);
                let stays = self.coreference || entities.iter().any(is_entity);
                if !stays {
                    losses.note("mentions that are not entities", &format!("{}..{}", mention.start, mention.end));
                }
                stays
            });
        }
        if let Some(clusters) = &mut annotations.coreference {
            clusters.retain(|cluster| !cluster.mentions.is_empty());
        }
    }
}

/// Removes the layers that only karat's own format has.
fn remove_other_layers(annotations: &mut Annotations, losses: &mut Losses) {
    for (name, records) in annotations.records.take().into_iter().flatten() {
        losses.note("records", &format!("{} of {name}", records.len()));
    }
    let layers = [
        ("key points", annotations.key_points.take().map(|items| items.len())),
        ("key sentences", annotations.key_sentences.take().map(|items| items.len())),
        ("summaries", annotations.summaries.take().map(|items| items.len())),
        ("keyphrases", annotations.keyphrases.take().map(|items| items.len())),
    ];
    for (name, count) in layers {
        if let Some(count) = count {
            losses.note(name, &format!("{count} of them"));
        }
    }
    if !annotations.ignore.is_empty() {
        losses.note("ignored regions", &format!("{} of them", annotations.ignore.len()));
        annotations.ignore.clear();
    }
}

/// Makes layers uniform over documents: relations, events and coreference become annotated in all
/// documents if any has some, and absent in all if none has.
fn make_layers_uniform(all: &mut [Output]) {
    let mut all: Vec<&mut Annotations> = all.iter_mut().map(|output| &mut output.annotations).collect();
    for one in &mut all {
        one.relations = one.relations.take().filter(|items| !items.is_empty());
        one.events = one.events.take().filter(|items| !items.is_empty());
        one.coreference = one.coreference.take().filter(|items| !items.is_empty());
    }
    level_up(all);
}

/// Adds each layer that one file of a corpus has to all files, as an empty layer: other formats
/// omit layers that are empty in a file.
pub(crate) fn level_up<'a>(all: impl IntoIterator<Item = &'a mut Annotations>) {
    let mut all: Vec<&mut Annotations> = all.into_iter().collect();
    let relations = all.iter().any(|one| one.relations.is_some());
    let events = all.iter().any(|one| one.events.is_some());
    let coreference = all.iter().any(|one| one.coreference.is_some());
    for one in &mut all {
        one.relations = relations.then(|| one.relations.take().unwrap_or_default());
        one.events = events.then(|| one.events.take().unwrap_or_default());
        one.coreference = coreference.then(|| one.coreference.take().unwrap_or_default());
    }
}

fn describe(entity: &Entity) -> String {
    format!("{} at {}..{}", entity.label, entity.start, entity.end)
}
