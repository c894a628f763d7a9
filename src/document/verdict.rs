//! What is said of a golden key point: whether a summary carries it, and which sentence does.

use std::fmt;
use std::str::FromStr;

/// How far a summary carries a key point: the three labels of TREC 2024's nugget assignment (Pradeep et al. 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Support {
    /// Not at all.
    Not,
    /// In part.
    Partial,
    /// Whole.
    Full,
}

impl Support {
    /// Every degree, from the least.
    pub const ALL: [Self; 3] = [Self::Not, Self::Partial, Self::Full];

    /// The name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Not => "not_supported",
            Self::Partial => "partial",
            Self::Full => "supported",
        }
    }

    /// Its credit in halves: 0, 1 or 2.
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

/// A word that is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no verdict: there are `supported` (or 1), `partial` (0.5) and `not_supported` (0)")]
pub struct ParseSupportError(pub String);

impl FromStr for Support {
    type Err = ParseSupportError;

    /// Takes the names, those that nuggetizer 0.0.5 writes (`support`, `partial_support`, `not_support`), and the credit.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "supported" | "support" | "1" | "1.0" => Self::Full,
            "partial" | "partial_support" | "partially_supported" | "0.5" | ".5" => Self::Partial,
            "not_supported" | "not_support" | "0" | "0.0" => Self::Not,
            _ => return Err(ParseSupportError(word.to_owned())),
        })
    }
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How far the summary carries the key point.
    pub support: Support,
    /// The sentence of the summary that does, where that was said.
    pub sentence: Option<String>,
}
