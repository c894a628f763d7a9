//! Presets: reproduce the figures of other tools to the last digit, including their peculiarities,
//! so that a team can switch and see what changes.
//!
//! To add one: implement [`MetricGroup`] in a file of its own with a constant
//! `PRESETS: &[Preset]`, and add the file's name to the list here. Document what the tool computes
//! in docs/presets.md, with the parity test that shows it. Its [`Reasons`] explain, item by item,
//! where it differs from karat.

mod entities;
mod java_map;
mod reasons;

pub use reasons::{NoReasons, PresetDifference, Reasons};

mod numpy;
mod sequence;
mod sequence_plain;

use std::sync::LazyLock;

use crate::document::TagDecoder;
use crate::metric::MetricGroup;
use crate::nearest::nearest;

/// A preset: metrics that reproduce another tool.
pub struct Preset {
    /// The name on the command line.
    pub name: &'static str,
    /// What it reproduces, with the version that it was compared with, in one line.
    pub about: &'static str,
    /// The file, relative to the repository, whose test compares the figures with those of the
    /// tool: a script of `tests/parity`, which runs the tool, or figures that follow from its
    /// published sources, if it cannot be run.
    pub parity: &'static str,
    /// The metric groups that reproduce the tool.
    pub metric_groups: &'static [&'static dyn MetricGroup],
    /// Explains why the preset counts an item differently from karat; [`NoReasons`] if there is
    /// nothing to explain.
    pub reasons: &'static dyn Reasons,
}

impl Preset {
    /// Returns who decodes the tags of token files under the preset.
    pub fn tag_decoder(&self) -> TagDecoder {
        let mut decoders = self.metric_groups.iter().map(|group| group.tag_decoder());
        decoders.find(|decoder| *decoder != TagDecoder::Karat).unwrap_or_default()
    }

    /// Whether the tool scores labels whose stored text is not the document's, as BRATEval does,
    /// which reads no documents.
    pub fn accepts_misfits(&self) -> bool {
        self.name.starts_with("brateval-")
    }
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Preset").field(&self.name).finish()
    }
}

/// Declares the files of presets and collects what they contain.
macro_rules! presets {
    ($($file:ident)*) => {
        $(mod $file;)*

        /// Every preset, in the order of `--help`.
        pub static PRESETS: LazyLock<Vec<&'static Preset>> =
            LazyLock::new(|| [$($file::PRESETS),*].into_iter().flatten().collect());
    };
}

presets! {
    nervaluate
    brateval
    gate
    spacy
    presidio
    stickler
    anls_star
    seqeval
    seqeval_strict
    conlleval
    rouge_score
    rouge155
    sacrebleu
}

/// Returns the preset with this name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().copied().find(|preset| preset.name == name)
}

/// Returns the closest preset name to a misspelt one.
pub fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, PRESETS.iter().map(|preset| preset.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::PRESETS;

    #[test]
    fn names_are_distinct_and_parity_files_exist() {
        let names: BTreeSet<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        assert_eq!(names.len(), PRESETS.len());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let ci = std::fs::read_to_string(root.join(".ci/run")).unwrap();
        for preset in PRESETS.iter() {
            assert!(root.join(preset.parity).is_file(), "{}: {}", preset.name, preset.parity);
            let is_run = !preset.parity.starts_with("tests/parity/") || ci.contains(preset.parity);
            assert!(is_run, "{}: .ci/run does not run {}", preset.name, preset.parity);
        }
    }
}
