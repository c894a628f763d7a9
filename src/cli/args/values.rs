//! Values that the arguments of several commands take.

use clap::ValueEnum;
use karat::document::Layer;

use super::super::value_sets::{self, ValueSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Missing {
    /// Refuse to score
    Error,
    /// Count their items as missed, or as spurious
    Count,
    /// Ignore them
    Skip,
}

impl From<Missing> for karat::score::Missing {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Error => Self::Error,
            Missing::Count => Self::Count,
            Missing::Skip => Self::Skip,
        }
    }
}

pub(in crate::cli) fn layer(name: &str) -> Result<Layer, String> {
    name.parse().map_err(|_| value_sets::hint(name, ValueSet::Layers, "--layer"))
}

/// Parses the confidence level of intervals.
pub(in crate::cli) fn confidence(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "write a number between 0 and 1, like 0.95".to_owned())
}
