//! Presets: other tools' figures to the last digit, peculiarities included, so that a team can switch and see what changes.
//!
//! To add one: write its file with an implementation of [`Family`] and its `Preset`, declare it here, and add it to
//! [`PRESETS`]. What the tool computes is documented in docs/METHODOLOGY.md, with the parity test that shows it.

mod anls_star;
mod stickler;

use crate::metric::Family;

/// Another tool to stand in for.
pub struct Preset {
    /// The name on the command line.
    pub name: &'static str,
    /// What it stands in for, with the version that it was held against, in one line.
    pub about: &'static str,
    /// What it scores, and how.
    pub families: &'static [&'static dyn Family],
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Preset").field(&self.name).finish()
    }
}

/// Every preset, in the order of the help.
pub const PRESETS: &[&Preset] = &[&stickler::PRESET, &anls_star::PRESET];

/// The preset of a name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().copied().find(|preset| preset.name == name)
}
