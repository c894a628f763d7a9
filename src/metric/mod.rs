//! The metrics: pure functions from gold and predicted annotations of a document to counts, one
//! metric group per file.
//!
//! To add a group: implement [`MetricGroup`] in a file of its own, declare it here, and add it to
//! [`METRIC_GROUPS`].

mod arithmetic;
mod by_label;
mod candidates;
mod confidence;
mod coreference;
pub mod corpus;
mod direction;
pub mod embedding;
mod event;
mod group;
mod headline;
mod item;
mod json_value;
mod key_points;
mod key_sentences;
mod keyphrases;
mod layer_groups;
mod name;
pub mod options;
mod pairing;
mod plain;
mod ratio;
mod record;
mod relation;
pub mod rouge;
pub mod rouge155;
pub mod sacrebleu;
mod sample_score;
mod score_range;
pub mod signature;
pub mod source;
mod span;
mod statistic;
mod statistics;
pub mod summary;
mod tagged;
mod target;

pub use arithmetic::{Arithmetic, Karat, OverDocuments};
pub use confidence::{CONFIDENCE, Ranked, incomplete};
pub use direction::Direction;
pub use group::{Case, MetricGroup, Outcome};
pub use headline::Headline;
pub use item::{Class, Detail, Item, Side};
pub(crate) use key_sentences::same_sentences;
pub use keyphrases::folded_phrase;
pub use layer_groups::{LayerGroups, readable};
pub use name::{ALL_PREDICTIONS, Average, MetricName, cut_off};
pub use options::Options;
pub use plain::{PlainCounter, PlainKeys, PlainNames, PlainOutcome, PlainStatistics, plain_items};
pub use ratio::beta_of;
pub(crate) use record::{FieldRating, Key, field_ratings, tree_parts as record_tree};
pub use record::{Schema, SchemaDiagnostic, Violation};
pub use score_range::ScoreRange;
pub use signature::Signature;
pub(crate) use span::text as text_of;
pub use statistic::{Parts, Statistic};
pub use statistics::{Counts, Name, StatisticKey, Statistics};
pub use tagged::{TagTable, Tagged};

/// Every metric group, in the order of the reports.
pub const METRIC_GROUPS: &[&dyn MetricGroup] = &[
    &span::Spans,
    &relation::Relations,
    &event::Events,
    &coreference::Coreference,
    &record::Records,
    &key_points::KeyPoints,
    &key_sentences::KeySentences,
    &summary::SUMMARIES,
    &keyphrases::Keyphrases,
    &sample_score::SampleScores,
];

/// Returns karat's metric groups followed by a group of yours, for the `metric_groups` of a preset.
/// The group may score a layer that karat scores too.
pub const fn metric_groups_and(own: &'static dyn MetricGroup) -> [&'static dyn MetricGroup; METRIC_GROUPS.len() + 1] {
    let mut groups = [own; METRIC_GROUPS.len() + 1];
    let mut at = 0;
    while at < METRIC_GROUPS.len() {
        groups[at] = METRIC_GROUPS[at];
        at += 1;
    }
    groups
}
