//! Presets: other tools' figures to the last digit, peculiarities included, so that a team can switch and see what changes.
//!
//! To add one: write its file with an implementation of [`MetricGroup`] and its `Preset`, declare it here, and add it to
//! [`PRESETS`]. What the tool computes is documented in docs/METHODOLOGY.md, with the parity test that shows it. What it
//! does otherwise than karat, item by item, is said by its [`Reasons`].

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

/// Another tool to stand in for.
pub struct Preset {
    /// The name on the command line.
    pub name: &'static str,
    /// What it stands in for, with the version that it was held against, in one line.
    pub about: &'static str,
    /// What it scores, and how.
    pub families: &'static [&'static dyn MetricGroup],
    /// Why it counts an item otherwise than karat does; [`Silent`] where there is nothing to say.
    pub reasons: &'static dyn Reasons,
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Preset").field(&self.name).finish()
    }
}

/// Every preset, in the order of the help.
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

/// The preset of a name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().copied().find(|preset| preset.name == name)
}

/// The name that a misspelt one stands for.
pub fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, PRESETS.iter().map(|preset| preset.name))
}
