//! The variants of ROUGE in ROUGE-1.5.5, and their names.

use std::fmt;

/// A variant of ROUGE. The order is that in which the program prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rouge155Variant {
    /// ROUGE-N: shared n-grams of this many tokens, 1 to 9.
    N(u8),
    /// ROUGE-L: for every sentence of a reference, the union of its longest common subsequences
    /// with all sentences of the summary.
    L,
    /// ROUGE-W: like ROUGE-L, but consecutive matches weigh more.
    W,
    /// ROUGE-S: shared pairs of tokens with at most this many others between them; negative for no
    /// limit.
    S(i32),
    /// ROUGE-SU: ROUGE-S, extended by the single tokens except the last one of a text.
    Su(i32),
}

/// Formats the name: `rouge1`, `rougeL`, `rougeW`, `rougeS4`, `rougeSU4`; `rougeS*` and `rougeSU*`
/// without a limit of the gap.
impl fmt::Display for Rouge155Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap = |gap: i32| if gap < 0 { "*".to_owned() } else { gap.to_string() };
        match *self {
            Self::N(n) => write!(f, "rouge{n}"),
            Self::L => f.write_str("rougeL"),
            Self::W => f.write_str("rougeW"),
            Self::S(most) => write!(f, "rougeS{}", gap(most)),
            Self::Su(most) => write!(f, "rougeSU{}", gap(most)),
        }
    }
}
