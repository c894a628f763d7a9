//! Scores of samples that other harnesses computed: inspect_ai, lm-evaluation-harness, promptfoo,
//! deepeval, ragas, HELM, and plain tables.
//!
//! Every reader turns a log into rows, one for each sample and repeat; [`ScoreLog`] averages the
//! repeats of a sample, and `join` pairs the samples of several logs and counts them as
//! [`crate::score::SystemCounts`]. Comparisons, gates and power analysis then treat the scores like
//! karat's own figures, so that there is one implementation of the statistics. The formats were
//! checked against the versions in docs/FORMAT.md, "Scores of other harnesses".

mod archive;
mod directions;
mod formats;
mod join;
mod json;
mod log;
mod number;
mod read;

pub use formats::ScoreFormat;
pub use join::{JoinOptions, Joined, join};
pub use log::{DirectionEvidence, Sample, SampleScore, ScoreLog};
pub use read::{ReadOptions, read};
