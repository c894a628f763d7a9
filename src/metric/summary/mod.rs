//! Summaries: every metric that is computed of a summary, its references and its source.
//!
//! To add one: write its file with an implementation of [`SummaryMetric`], declare it, and add it to [`PARTS`].

mod embedding;
mod family;
mod part;
mod rouge;
mod rouge155;

pub use embedding::Embedding;
pub use family::{SummaryFamily, Usual};
pub use part::{SummaryMetric, Texts};
pub use rouge::Rouge;
pub use rouge155::Rouge155;

use super::Karat;

/// Every metric of summaries, in the order of the reports.
pub const PARTS: &[&dyn SummaryMetric] = &[&Rouge::AS_CHOSEN, &Embedding];

/// karat's own way: the usual metrics, and on request any other.
pub static SUMMARIES: SummaryFamily = SummaryFamily {
    parts: PARTS,
    usual: Usual::These(&["rouge1", "rouge2", "rougeL", "rougeLsum"]),
    arithmetic: &Karat,
};
