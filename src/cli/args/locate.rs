//! Options for predictions without offsets.

use clap::{Args, ValueEnum};
use karat::corpus::{Locate, Occurrence, Unlocated};

/// How entities without offsets are located in the text of their document.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct LocateArgs {
    /// Locate predicted entities without offsets (a text and a label) in their document; without it
    /// only `entities.text` and `entities.text.unique` are computed for them
    #[arg(long, value_enum, value_name = "WHICH")]
    pub locate: Option<Which>,
    /// With --locate: also find texts that differ in white space or in the kind of quotation marks
    #[arg(long, requires = "locate")]
    pub locate_loosely: bool,
}

/// Which occurrence of its text an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Which {
    /// The only one; if there are several, the entity counts as not found
    Exact,
    /// The first one
    First,
    /// Each of them
    All,
    /// The next one after the previous entity, or else the first that is not taken
    Ordered,
}

impl LocateArgs {
    /// Returns what happens to entities without offsets.
    pub fn unlocated(&self) -> Unlocated {
        let occurrence = match self.locate {
            None => return Unlocated::Keep,
            Some(Which::Exact) => Occurrence::Exact,
            Some(Which::First) => Occurrence::First,
            Some(Which::All) => Occurrence::All,
            Some(Which::Ordered) => Occurrence::Ordered,
        };
        Unlocated::Locate(Locate { occurrence, is_normalised: self.locate_loosely })
    }
}
