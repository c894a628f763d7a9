//! Summaries: every metric of a summary, computed from its references and its source.
//!
//! To add one: implement [`SummaryMetric`] in a file of its own, declare it, and add it to
//! [`PARTS`].

mod embedding;
mod extractive;
mod facts;
mod group;
mod length;
mod meteor;
mod ngrams;
mod part;
mod rouge;
mod rouge155;
mod sacrebleu;
mod word_error_rate;

pub use embedding::Embedding;
pub use extractive::Extractive;
pub use facts::Facts;
pub use group::{SummaryMetricGroup, Usual};
pub use length::Length;
pub use meteor::Meteor;
pub use ngrams::{Fate, Ngram};
pub use part::{SummaryMetric, Texts};
pub use rouge::Rouge;
pub use rouge155::Rouge155;
pub use sacrebleu::Sacrebleu;
pub use word_error_rate::EditDistance;

use super::Karat;

/// Every summary metric, in the order of the reports.
pub const PARTS: &[&dyn SummaryMetric] =
    &[&Rouge::AS_CHOSEN, &Sacrebleu::LENIENT, &Meteor, &EditDistance, &Embedding, &Extractive, &Facts, &Length];

/// karat's own metric group: the default metrics, and any other on request.
pub static SUMMARIES: SummaryMetricGroup = SummaryMetricGroup {
    parts: PARTS,
    usual: Usual::These(&[
        "rouge1",
        "rouge2",
        "rougeL",
        "rougeLsum",
        "coverage",
        "density",
        "compression",
        "novel2",
        "facts",
        "grounded",
        "invented_numbers",
        "invented_dates",
        "invented_names",
        "within_length",
    ]),
    arithmetic: &Karat,
};
