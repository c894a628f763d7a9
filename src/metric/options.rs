//! Metric options: the tables `[labels]`, `[spans]`, `[records.NAME]`, `[relations]`,
//! `[summaries]`, `[key_points]`, `[keyphrases]` and `[confidence]` of `karat.toml`, and of an
//! options file for `karat score`.
//!
//! Defaults are karat's own definitions. Every option that changes a figure is part of its
//! signature.

mod confidence;
mod key_points;
mod keyphrases;
mod labels;
mod records;
mod relations;
mod rouge155;
mod rouge155_arguments;
mod sacrebleu;
mod source;
mod spans;
mod summaries;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use confidence::{ConfidenceOptions, RightUnder};
pub use key_points::KeyPointOptions;
pub use keyphrases::{KeyphraseOptions, PrecisionAt};
pub use labels::{Dropped, LabelOptions};
pub use records::{Comparator, Empty, FieldOptions, ListOrder, RecordOptions};
pub use relations::RelationOptions;
pub use rouge155::{Counting, LengthLimit, ReferenceFormula, Rouge155Options, SkipBigrams};
pub use rouge155_arguments::ParseArgumentsError;
pub use sacrebleu::{BleuOptions, ChrfOptions, EditDistanceOptions, MeteorOptions, Smoothing, TerOptions};
pub use source::{Bounds, SourceOptions};
pub use spans::{SpanOptions, UndefinedSpans};
pub use summaries::{Sentences, SummaryOptions};

/// All metric options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Label map and label hierarchy.
    pub labels: LabelOptions,
    /// How entities are scored.
    pub spans: SpanOptions,
    /// How records are scored, by the name of their layer.
    pub records: BTreeMap<String, RecordOptions>,
    /// How relations are scored.
    pub relations: RelationOptions,
    /// How summaries are scored.
    pub summaries: SummaryOptions,
    /// How key points are scored.
    pub key_points: KeyPointOptions,
    /// How keyphrases are scored.
    pub keyphrases: KeyphraseOptions,
    /// How confidences are scored.
    pub confidence: ConfidenceOptions,
}

impl Options {
    /// The names of the tables.
    pub const TABLES: [&'static str; 8] =
        ["labels", "spans", "records", "relations", "summaries", "key_points", "keyphrases", "confidence"];
}
