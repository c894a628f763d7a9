//! The layers of annotation, with their names in files, reports and metrics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A layer: one kind of annotation. The order is that of the reports.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Layer {
    /// Labelled spans.
    Entities,
    /// Labelled pairs of entities.
    Relations,
    /// Triggers with arguments.
    Events,
    /// Coreference clusters of mentions.
    Coreference,
    /// Objects with fields, under a name: `records.statements`.
    Records(Cow<'static, str>),
    /// Key points: facts that a summary should contain.
    KeyPoints,
    /// The sentences of the best extractive summary.
    KeySentences,
    /// Free-text summaries; those of golden files are references.
    Summaries,
    /// Noun phrases, the most important first.
    Keyphrases,
    /// The scores of one metric that another harness computed for its samples, under the name of
    /// the metric: `scores.accuracy`. No file declares this layer and no extractor fills it.
    Scores(Cow<'static, str>),
}

/// A set of layers in report order.
pub type LayerSet = BTreeSet<Layer>;

impl Layer {
    /// The layers whose names are fixed.
    pub const FIXED: [Self; 8] = [
        Self::Entities,
        Self::Relations,
        Self::Events,
        Self::Coreference,
        Self::KeyPoints,
        Self::KeySentences,
        Self::Summaries,
        Self::Keyphrases,
    ];

    /// Returns the records layer with a name, `records.NAME`.
    pub const fn records(name: &'static str) -> Self {
        Self::Records(Cow::Borrowed(name))
    }

    /// The names that a user can write, for messages. `records.NAME` stands for all records layers.
    pub const NAMES: [&'static str; 9] = [
        "entities",
        "relations",
        "events",
        "coreference",
        "records.NAME",
        "key_points",
        "key_sentences",
        "summaries",
        "keyphrases",
    ];

    /// Returns the prefix of the layer's metric names: `summary` for [`Layer::Summaries`], and the
    /// layer's name for all others.
    pub fn metric_prefix(&self) -> Cow<'_, str> {
        match self {
            Self::Summaries => Cow::Borrowed("summary"),
            Self::Records(name) => Cow::Owned(format!("records.{name}")),
            Self::Scores(name) => Cow::Owned(format!("scores.{name}")),
            Self::Entities => Cow::Borrowed("entities"),
            Self::Relations => Cow::Borrowed("relations"),
            Self::Events => Cow::Borrowed("events"),
            Self::Coreference => Cow::Borrowed("coreference"),
            Self::KeyPoints => Cow::Borrowed("key_points"),
            Self::KeySentences => Cow::Borrowed("key_sentences"),
            Self::Keyphrases => Cow::Borrowed("keyphrases"),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Summaries => f.write_str("summaries"),
            other => f.write_str(&other.metric_prefix()),
        }
    }
}

/// The error for a name that is not a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a layer")]
pub struct ParseLayerError(pub String);

impl FromStr for Layer {
    type Err = ParseLayerError;

    /// Parses the layer's name; `summary` is another name of `summaries`.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "entities" => Self::Entities,
            "relations" => Self::Relations,
            "events" => Self::Events,
            "coreference" => Self::Coreference,
            "key_points" => Self::KeyPoints,
            "key_sentences" => Self::KeySentences,
            "summaries" | "summary" => Self::Summaries,
            "keyphrases" => Self::Keyphrases,
            _ => match name.strip_prefix("records.") {
                Some(record) if !record.is_empty() => Self::Records(Cow::Owned(record.to_owned())),
                _ => return Err(ParseLayerError(name.to_owned())),
            },
        })
    }
}
