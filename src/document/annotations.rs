//! What was labelled, or extracted, on one document: the content of `karat.document/1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cluster, Event, Fields, Layer, LayerSet, Region, Span, Tags, Value, Verdict};

/// An object of a records layer: field names to JSON values.
pub type Record = Fields;

/// All layers of one document. An absent layer (`None`) was not annotated; an empty one was, and nothing was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotations {
    /// Labelled spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Entity>>,
    /// Labelled pairs of entities, by the entities' ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<Relation>>,
    /// Triggers with arguments, which are entities or events, by their ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
    /// Clusters of mentions of the same thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coreference: Option<Vec<Cluster>>,
    /// Objects, by the name of their layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<BTreeMap<String, Vec<Record>>>,
    /// Content units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_points: Option<Vec<KeyPoint>>,
    /// Sentences of the best extractive summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_sentences: Option<Vec<Span>>,
    /// Summaries: references in a golden file; of a prediction, the first is scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summaries: Option<Vec<String>>,
    /// Noun phrases, most important first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyphrases: Option<Vec<String>>,
    /// Regions in which nothing counts (golden files only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Region>,
    /// The tags of a token file as they stand there: entities are what a scheme makes of them.
    #[serde(skip)]
    pub tags: Option<Tags>,
    /// Predictions: what a person or a judge says of the golden key points, by [`KeyPoint::name`]; it stands in for
    /// matching them.
    #[serde(skip)]
    pub verdicts: Option<BTreeMap<String, Verdict>>,
}

/// A labelled span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// What relations refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// First code point; of a discontinuous span, of its first fragment.
    pub start: u32,
    /// One past the last code point; of a discontinuous span, of its last fragment.
    pub end: u32,
    /// The parts of a discontinuous span, in text order; empty for an ordinary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fragments: Vec<(u32, u32)>,
    /// The label: PERSON, ORG, ...
    pub label: String,
    /// The covered text; where it is given it is checked against the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Golden files: neither missed where it is not found nor spurious where it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Golden files: other spans or labels that are as good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// What a tool says of the entity beyond its label (negation, a note, a normalisation); kept, not scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// How sure the extractor is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// Another acceptable answer in place of an entity; what it leaves out is the entity's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// First code point, with `end`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// One past the last code point, with `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
    /// The parts of a discontinuous span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fragments: Vec<(u32, u32)>,
    /// The label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The covered text; where it is given it is checked against the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Entity {
    /// An entity over a span, with the span's text and confidence.
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

/// A labelled, directed pair of entities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// A name for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The relation's type.
    pub label: String,
    /// Id of the entity it starts from.
    pub head: String,
    /// Id of the entity it leads to.
    pub tail: String,
    /// What a tool says of the relation beyond its type; kept, not scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// How sure the extractor is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// One atomic fact that a good summary should carry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyPoint {
    /// A name for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The fact, in a sentence.
    pub text: String,
    /// 3 must, 2 should, 1 nice.
    #[serde(default = "one")]
    pub weight: u32,
    /// Where the document says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Span>,
    /// Golden files: other wordings; a sentence with one of them in it carries the point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Golden files: regular expressions; a sentence that one of them matches carries the point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
}

impl KeyPoint {
    /// What verdicts call it: its id, or its place among the document's key points, from 1: `#1`.
    pub fn name(&self, place: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("#{}", place + 1))
    }
}

fn one() -> u32 {
    1
}

impl Annotations {
    /// The layers that are there, empty ones included.
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

    /// Annotations that have these layers, with nothing in them.
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

    /// The records of one layer, if it was annotated.
    pub fn records_of(&self, name: &str) -> Option<&[Record]> {
        self.records.as_ref()?.get(name).map(Vec::as_slice)
    }
}
