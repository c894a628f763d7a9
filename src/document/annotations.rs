//! What was labelled, or extracted, on one document: the content of `karat.document/1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Layer, LayerSet, Region, Span};

/// An object of a records layer: field names to JSON values.
pub type Record = Map<String, Value>;

/// All layers of one document. An absent layer (`None`) was not annotated; an empty one was, and nothing was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotations {
    /// Labelled spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Entity>>,
    /// Labelled pairs of entities, by the entities' ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<Relation>>,
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
    /// How sure the extractor is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// The relation's type.
    pub label: String,
    /// Id of the entity it starts from.
    pub head: String,
    /// Id of the entity it leads to.
    pub tail: String,
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
        note(self.entities.is_some(), Layer::Entities);
        note(self.relations.is_some(), Layer::Relations);
        note(self.key_points.is_some(), Layer::KeyPoints);
        note(self.key_sentences.is_some(), Layer::KeySentences);
        note(self.summaries.is_some(), Layer::Summaries);
        note(self.keyphrases.is_some(), Layer::Keyphrases);
        for name in self.records.iter().flat_map(BTreeMap::keys) {
            note(true, Layer::Records(name.clone().into()));
        }
        layers
    }

    /// The records of one layer, if it was annotated.
    pub fn records_of(&self, name: &str) -> Option<&[Record]> {
        self.records.as_ref()?.get(name).map(Vec::as_slice)
    }
}
