//! From annotations to scores. Documents are joined by id, accepted or refused, counted by the
//! metric groups of [`crate::metric`], and added up by one engine.

mod acceptance;
mod accumulator;
mod bootstrap;
mod cluster;
mod columns;
mod count_system;
mod counts;
mod difference;
mod engine;
mod examples;
mod fast_totals;
mod figure;
mod fingerprint;
mod formulas;
mod headline;
mod item_counts;
mod item_sink;
mod label_group;
mod layer_counts;
mod loading;
mod moments;
mod packed;
mod portion;
mod repeats;
mod score_counts;
mod settings;
mod statistic_cell;
pub mod streamed;
mod sums;
mod system;
mod totals;
mod wanted;
mod warnings;

pub use acceptance::{
    Accepted, CorpusChecks, LoadedPredictions, Missing, MissingOption, NO_GOLD, NO_PREDICTION, Origin, Policy, absent,
    accept, accept_annotators, declared, nothing_to_score, refusals, spurious, unanswered, unknown, without_reference,
};
pub use bootstrap::{Resampling, bootstrap, bootstrap_counts};
pub use cluster::ClusterBy;
pub(crate) use cluster::as_text;
pub(crate) use columns::RowLayout;
pub use count_system::count_system;
pub use counts::{CountedDocument, SystemCounts};
pub use difference::{Differences, FigureDifference, ItemDifference, differences};
pub use engine::{Engine, score, score_into, score_slice};
pub use examples::{Example, Examples, FirstDocuments, LowestDocuments, SummaryTexts};
pub use figure::{DocumentScores, Figure, LayerScores, RankedPredictions, Scores};
pub use fingerprint::{Fingerprint, fingerprint};
pub(crate) use formulas::{Formulas, key as key_of};
pub use headline::headline_figure;
pub use item_counts::{ItemCounts, LabelPair};
pub use item_sink::{ItemBlock, ItemSink, Rendered};
pub use layer_counts::LayerCounts;
pub use loading::{ReadFrom, ScoringInput};
pub use packed::{PackedItem, Text};
pub use portion::{DocumentPair, Portion, TaggedFiles};
pub(crate) use repeats::in_repeats;
pub use repeats::{InRepeat, within_documents};
pub use score_counts::score_counts;
pub use settings::Settings;
pub use system::System;
pub use totals::Totals;
pub use wanted::Wanted;

pub use crate::document::{Answer, Status};
