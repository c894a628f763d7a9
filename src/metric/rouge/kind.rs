//! The variants of ROUGE and their names.

use std::fmt;
use std::str::FromStr;

/// A variant of ROUGE. The order is that of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RougeVariant {
    /// Shared n-grams of this many tokens, 1 to 9.
    N(u8),
    /// The longest common subsequence of the whole texts.
    L,
    /// The longest common subsequences of the lines, joined.
    Lsum,
}

impl RougeVariant {
    /// The variants that most papers report, which karat computes by default.
    pub const USUAL: [Self; 4] = [Self::N(1), Self::N(2), Self::L, Self::Lsum];

    /// All variants of rouge-score 0.1.2.
    pub const ALL: [Self; 11] = [
        Self::N(1),
        Self::N(2),
        Self::N(3),
        Self::N(4),
        Self::N(5),
        Self::N(6),
        Self::N(7),
        Self::N(8),
        Self::N(9),
        Self::L,
        Self::Lsum,
    ];

    /// Returns the name used in reports.
    ///
    /// # Panics
    /// Panics for `N` with a number outside 1 to 9.
    pub const fn name(self) -> &'static str {
        match self {
            Self::N(n) => ["rouge1", "rouge2", "rouge3", "rouge4", "rouge5", "rouge6", "rouge7", "rouge8", "rouge9"]
                [n as usize - 1],
            Self::L => "rougeL",
            Self::Lsum => "rougeLsum",
        }
    }
}

impl fmt::Display for RougeVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An unknown name of a ROUGE variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of ROUGE (there are rouge1 to rouge9, rougeL and rougeLsum)")]
pub struct ParseRougeVariantError(pub String);

impl FromStr for RougeVariant {
    type Err = ParseRougeVariantError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.strip_prefix("rouge").map(str::as_bytes) {
            Some(b"L") => Ok(Self::L),
            Some(b"Lsum") => Ok(Self::Lsum),
            Some(&[n @ b'1'..=b'9']) => Ok(Self::N(n - b'0')),
            _ => Err(ParseRougeVariantError(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RougeVariant;

    #[test]
    fn names_go_both_ways() {
        for kind in RougeVariant::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!(RougeVariant::USUAL.map(|kind| kind.to_string()), ["rouge1", "rouge2", "rougeL", "rougeLsum"]);
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["", "rouge", "rouge0", "rouge10", "rouge1\n", "rougel", "ROUGE1", "L", "rouge-1"] {
            assert!(name.parse::<RougeVariant>().is_err(), "{name:?}");
        }
    }
}
