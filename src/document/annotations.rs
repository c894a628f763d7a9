//! The annotations of one document, golden or predicted: the layers of `karat.document/1`. Golden
//! files and predictions share one type, since both are read from the same formats; fields that
//! only one of them has are documented there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cluster, Event, Fields, KeyPointVerdict, Layer, LayerSet, Region, Span, Tags, Value, WordLines};

/// A record: an object in a records layer, with the fields' names and JSON values.
pub type Record = Fields;

/// All layers of one document. An absent layer (`None`) was not annotated; an empty layer was
/// annotated, and nothing was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotations {
    /// Labelled spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Entity>>,
    /// Labelled pairs of entities, which are referred to by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<Relation>>,
    /// Triggers with arguments, which are entities or events, referred to by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
    /// Clusters of mentions that refer to the same thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coreference: Option<Vec<Cluster>>,
    /// Records, by the name of their layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<BTreeMap<String, Vec<Record>>>,
    /// Key points: facts that a good summary should contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_points: Option<Vec<KeyPoint>>,
    /// The sentences of the best extractive summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_sentences: Option<Vec<Span>>,
    /// Summaries. Those of a golden file are references; of a prediction's, the first is scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summaries: Option<Vec<String>>,
    /// Noun phrases, the most important first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyphrases: Option<Vec<String>>,
    /// Regions in which nothing is scored (golden files only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Region>,
    /// The layers whose annotations are texts and were withheld, since the document is confidential
    /// (predictions only). They are not scored.
    #[serde(default, skip_serializing_if = "LayerSet::is_empty", with = "super::withheld")]
    pub withheld: LayerSet,
    /// The tags of a token file, not yet decoded into entities.
    #[serde(skip)]
    pub tags: Option<Tags>,
    /// The lines of the words of a coreference file.
    #[serde(skip)]
    pub words: Option<WordLines>,
    /// Verdicts of a person or a judge on the golden key points (predictions only), by
    /// [`KeyPoint::name`]. They replace the matching of key points.
    #[serde(skip)]
    pub verdicts: Option<BTreeMap<String, KeyPointVerdict>>,
}

/// A labelled span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// The id by which relations refer to the entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The first code point; of a discontinuous span, that of its first fragment;
    /// [`Entity::NO_OFFSET`] if only the text is known.
    #[serde(default = "no_offset", skip_serializing_if = "is_no_offset")]
    pub start: u32,
    /// One past the last code point; of a discontinuous span, that of its last fragment;
    /// [`Entity::NO_OFFSET`] if only the text is known.
    #[serde(default = "no_offset", skip_serializing_if = "is_no_offset")]
    pub end: u32,
    /// The parts of a discontinuous span, in text order; empty for a contiguous span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fragments: Vec<(u32, u32)>,
    /// The label: PERSON, ORG, ...
    pub label: String,
    /// The covered text, which is optional and is checked against the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the entity is optional (golden files only): an optional entity is neither missed nor
    /// spurious.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Other spans or labels that are equally correct (golden files only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// Further properties of the entity (negation, a note, a normalisation), which are kept and not
    /// scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// The extractor's confidence, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Whether the text of an entity without offsets was looked for in its document and not found:
    /// it then counts as spurious (predictions only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_found: bool,
}

/// An alternative to an entity that is equally correct. Fields that are left out are those of the
/// entity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// The first code point; given together with `end`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// One past the last code point; given together with `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
    /// The parts of a discontinuous span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fragments: Vec<(u32, u32)>,
    /// The label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The covered text, which is optional and is checked against the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Entity {
    /// Both offsets of an entity of which only the text is known, as language models answer. Such
    /// an entity covers nothing and overlaps nothing.
    pub const NO_OFFSET: u32 = u32::MAX;

    /// Creates an entity without offsets.
    pub fn of_text(text: impl Into<String>, label: impl Into<String>) -> Self {
        let (start, end) = (Self::NO_OFFSET, Self::NO_OFFSET);
        Self { start, end, text: Some(text.into()), label: label.into(), ..Self::default() }
    }

    /// Whether the entity has offsets.
    pub fn is_located(&self) -> bool {
        (self.start, self.end) != (Self::NO_OFFSET, Self::NO_OFFSET)
    }

    /// Whether the entity has no offsets and its text was not looked for.
    pub fn lacks_offsets(&self) -> bool {
        !self.is_located() && !self.not_found
    }

    /// Creates an entity with the offsets, text and confidence of a span.
    pub fn new(span: Span, label: impl Into<String>) -> Self {
        Self {
            start: span.start,
            end: span.end,
            label: label.into(),
            text: span.text,
            confidence: span.confidence,
            ..Self::default()
        }
    }
}

fn no_offset() -> u32 {
    Entity::NO_OFFSET
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_no_offset(offset: &u32) -> bool {
    *offset == Entity::NO_OFFSET
}

/// A labelled, directed pair of entities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// A name for reports, which is not scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The relation's type.
    pub label: String,
    /// The id of the entity from which the relation starts.
    pub head: String,
    /// The id of the entity to which the relation leads.
    pub tail: String,
    /// Further properties of the relation, which are kept and not scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// The extractor's confidence, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// A key point: one atomic fact that a good summary should contain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyPoint {
    /// A name for reports, which is not scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The fact, as a sentence.
    pub text: String,
    /// The importance: 3 is essential, 2 important, 1 optional.
    #[serde(default = "one")]
    pub weight: u32,
    /// The spans of the document that state the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Span>,
    /// Other wordings (golden files only); a sentence that contains one of them expresses the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Regular expressions (golden files only); a sentence that one of them matches expresses the
    /// fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
}

impl KeyPoint {
    /// Returns the name that verdicts use for the key point: its id, or else its number among the
    /// document's key points, counted from 1, as in `#1`. `place` is its index, counted from 0.
    pub fn name(&self, place: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("#{}", place + 1))
    }
}

fn one() -> u32 {
    1
}

impl Annotations {
    /// Returns the layers that were annotated, empty ones included.
    pub fn layers(&self) -> LayerSet {
        let mut layers = LayerSet::new();
        let mut note = |present: bool, layer: Layer| {
            if present {
                layers.insert(layer);
            }
        };
        note(self.entities.is_some() || self.tags.is_some(), Layer::Entities);
        note(self.relations.is_some(), Layer::Relations);
        note(self.events.is_some(), Layer::Events);
        note(self.coreference.is_some(), Layer::Coreference);
        note(self.key_points.is_some(), Layer::KeyPoints);
        note(self.key_sentences.is_some(), Layer::KeySentences);
        note(self.summaries.is_some(), Layer::Summaries);
        note(self.keyphrases.is_some(), Layer::Keyphrases);
        for name in self.records.iter().flat_map(BTreeMap::keys) {
            note(true, Layer::Records(name.clone().into()));
        }
        layers
    }

    /// Creates annotations in which these layers are annotated and empty.
    pub fn empty(layers: &LayerSet) -> Self {
        let names = layers.iter().filter_map(|layer| match layer {
            Layer::Records(name) => Some((name.clone().into_owned(), Vec::new())),
            _ => None,
        });
        let records: BTreeMap<String, Vec<Record>> = names.collect();
        let has = |layer: Layer| layers.contains(&layer);
        Self {
            entities: has(Layer::Entities).then(Vec::new),
            relations: has(Layer::Relations).then(Vec::new),
            events: has(Layer::Events).then(Vec::new),
            coreference: has(Layer::Coreference).then(Vec::new),
            records: (!records.is_empty()).then_some(records),
            key_points: has(Layer::KeyPoints).then(Vec::new),
            key_sentences: has(Layer::KeySentences).then(Vec::new),
            summaries: has(Layer::Summaries).then(Vec::new),
            keyphrases: has(Layer::Keyphrases).then(Vec::new),
            ..Self::default()
        }
    }

    /// Returns the records of one layer, if it was annotated.
    pub fn records_of(&self, name: &str) -> Option<&[Record]> {
        self.records.as_ref()?.get(name).map(Vec::as_slice)
    }
}
