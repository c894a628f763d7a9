//! Verdicts of a person or a judge on golden key points: whether a summary supports a key point,
//! and with which sentence.

use std::fmt;
use std::str::FromStr;

/// The degree to which a summary supports a key point: the three labels of TREC 2024's nugget
/// assignment (Pradeep et al. 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Support {
    /// The summary does not support the key point.
    Not,
    /// The summary supports the key point partially.
    Partial,
    /// The summary supports the key point fully.
    Full,
}

impl Support {
    /// All degrees, in ascending order.
    pub const ALL: [Self; 3] = [Self::Not, Self::Partial, Self::Full];

    /// Returns the name of the degree in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Not => "not_supported",
            Self::Partial => "partial",
            Self::Full => "supported",
        }
    }

    /// Returns the credit in halves: 0, 1 or 2.
    pub fn credit2(self) -> u64 {
        match self {
            Self::Not => 0,
            Self::Partial => 1,
            Self::Full => 2,
        }
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The error for a word that is not a verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a verdict: use `supported` (or 1), `partial` (0.5) and `not_supported` (0)")]
pub struct ParseSupportError(pub String);

impl FromStr for Support {
    type Err = ParseSupportError;

    /// Parses the names, those that nuggetizer 0.0.5 writes (`support`, `partial_support`,
    /// `not_support`), and the credit as a number.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "supported" | "support" | "1" | "1.0" => Self::Full,
            "partial" | "partial_support" | "partially_supported" | "0.5" | ".5" => Self::Partial,
            "not_supported" | "not_support" | "0" | "0.0" => Self::Not,
            _ => return Err(ParseSupportError(word.to_owned())),
        })
    }
}

/// A verdict on one key point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPointVerdict {
    /// The degree to which the summary supports the key point.
    pub support: Support,
    /// The sentence of the summary that supports it, if the verdict names one.
    pub sentence: Option<String>,
}
