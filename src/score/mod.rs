//! From annotations to scores: documents are joined by id, counted by the families of [`crate::metric`], and summed.

mod accumulator;
mod bootstrap;
mod cell;
mod cluster;
mod columns;
mod count_system;
mod counts;
mod difference;
mod engine;
mod figure;
mod fingerprint;
mod formulas;
mod group;
mod headline;
mod layer_counts;
mod moments;
mod packed;
mod relabel;
mod repeats;
mod scorer;
mod subject;
mod sums;
mod tagged;
mod wanted;

pub use bootstrap::{Resampling, bootstrap};
pub use cluster::ClusterBy;
pub(crate) use cluster::as_text;
pub(crate) use columns::Columns;
pub use count_system::count_system;
pub use counts::{CountedDocument, SystemCounts};
pub use difference::{Differences, FigureDifference, ItemDifference, differences};
pub use engine::{Settings, refusals, score};
pub use figure::{DocumentScores, Figure, LayerScores, Ranked, Scores};
pub use fingerprint::{Fingerprint, fingerprint};
pub(crate) use formulas::{Formulas, key as key_of};
pub use headline::{headline, headline_figure, is_headline, is_whole};
pub use layer_counts::LayerCounts;
pub use packed::{Outcome, Text};
pub use repeats::{InRepeat, in_repeats, within_documents};
pub use scorer::{Scored, Scorer};
pub use subject::Subject;
pub use tagged::TaggedDocument;
pub use wanted::Wanted;

pub use crate::document::{Answer, Status};
