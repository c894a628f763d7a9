//! Presets: reproduce the figures of other tools to the last digit, including their peculiarities,
//! so that a team can switch and see what changes.
//!
//! To add one: implement [`MetricGroup`] and a `Preset` in a file of its own, declare it here, and
//! add it to [`PRESETS`]. Document what the tool computes in docs/METHODOLOGY.md, with the parity
//! test that shows it. Its [`Reasons`] explain, item by item, where it differs from karat.

mod anls_star;
mod brateval;
mod entities;
mod gate;
mod java_map;
mod nervaluate;
mod presidio;
mod reasons;
mod rouge155;
mod rouge_score;
mod sacrebleu;
mod spacy;
mod stickler;

pub use reasons::{Difference, Reasons, Silent};

mod conlleval;
mod numpy;
mod seqeval;
mod seqeval_strict;
mod sequence;
mod sequence_plain;

use crate::metric::MetricGroup;
use crate::nearest::nearest;

/// A preset: metrics that reproduce another tool.
pub struct Preset {
    /// The name on the command line.
    pub name: &'static str,
    /// What it reproduces, with the version that it was compared with, in one line.
    pub about: &'static str,
    /// The metric groups that reproduce the tool.
    pub families: &'static [&'static dyn MetricGroup],
    /// Explains why the preset counts an item differently from karat; [`Silent`] if there is
    /// nothing to explain.
    pub reasons: &'static dyn Reasons,
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Preset").field(&self.name).finish()
    }
}

/// Every preset, in the order of `--help`.
pub const PRESETS: &[&Preset] = &[
    &nervaluate::PRESET,
    &brateval::PRESETS[0],
    &brateval::PRESETS[1],
    &brateval::PRESETS[2],
    &brateval::PRESETS[3],
    &brateval::PRESETS[4],
    &brateval::PRESETS[5],
    &gate::PRESET,
    &spacy::PRESET,
    &presidio::PRESET,
    &stickler::PRESET,
    &anls_star::PRESET,
    &seqeval::PRESET,
    &seqeval_strict::PRESETS[0],
    &seqeval_strict::PRESETS[1],
    &seqeval_strict::PRESETS[2],
    &seqeval_strict::PRESETS[3],
    &seqeval_strict::PRESETS[4],
    &seqeval_strict::PRESETS[5],
    &conlleval::PRESET,
    &rouge_score::PRESETS[0],
    &rouge_score::PRESETS[1],
    &rouge155::PRESET,
    &sacrebleu::PRESET,
];

/// Returns the preset with this name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().copied().find(|preset| preset.name == name)
}

/// Returns the closest preset name to a misspelt one.
pub fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, PRESETS.iter().map(|preset| preset.name))
}
