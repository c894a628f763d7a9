//! The metrics: pure functions from gold and predicted annotations of a document to counts, one
//! metric group per file.
//!
//! To add a group: implement [`MetricGroup`] in a file of its own, declare it here, and add it to
//! [`METRIC_GROUPS`].

mod arithmetic;
mod by_label;
mod confidence;
mod coreference;
pub mod corpus;
mod direction;
pub mod embedding;
mod event;
mod group;
mod item;
mod json_value;
mod key_points;
mod key_sentences;
mod keyphrases;
mod name;
mod numbers;
pub mod options;
mod pairing;
mod plain;
mod record;
mod relation;
pub mod rouge;
pub mod rouge155;
pub mod sacrebleu;
pub mod signature;
pub mod source;
mod span;
mod statistics;
pub mod summary;
mod tagged;
mod target;

pub use arithmetic::{
    Arithmetic, Karat, OverDocuments, Parts, beta_of, gradient, is_mean, least_variance, parts_of, residual, support,
    value,
};
pub use confidence::{CONFIDENCE, Ranked, incomplete};
pub use direction::is_better_lower;
pub use group::{Case, MetricGroup, Outcome};
pub use item::{Class, Detail, Item, Side};
pub use keyphrases::folded_phrase;
pub use name::{ALL_PREDICTIONS, Average, MetricName, cut_off};
pub use options::Options;
pub use plain::{PlainCounter, PlainKeys, PlainNames, PlainOutcome, PlainStatistics, plain_items};
pub(crate) use record::tree_parts as record_tree;
pub use record::{Schema, SchemaDiagnostic, Violation};
pub use signature::Signature;
pub use statistics::{Counts, Name, Statistic, StatisticKey, Statistics};
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
];
