//! From annotations to scores: documents are joined by id, counted by the families of [`crate::metric`], and summed.

mod accumulator;
mod difference;
mod engine;
mod figure;
mod group;
mod moments;
mod relabel;
mod scorer;
mod subject;
mod sums;
mod tagged;

pub use difference::{Differences, FigureDifference, ItemDifference, differences};
pub use engine::{Settings, refusals, score};
pub use figure::{DocumentScores, Figure, LayerScores, Ranked, Scores};
pub use scorer::{Scored, Scorer};
pub use subject::Subject;
pub use tagged::TaggedDocument;

pub use crate::document::{Answer, Status};
