//! The kinds of ROUGE that ROUGE-1.5.5 has, and their names.

use std::fmt;

/// One kind of ROUGE. The order is the order in which the program prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// ROUGE-N: shared n-grams of this many tokens, 1 to 9.
    N(u8),
    /// ROUGE-L: for every sentence of a reference, its longest common subsequences with all sentences of the summary, joined.
    L,
    /// ROUGE-W: the same, where subsequences without gaps weigh more.
    W,
    /// ROUGE-S: shared pairs of tokens with at most so many others between them; with any number, where it is negative.
    S(i32),
    /// ROUGE-SU: the same, and the single tokens besides, all but the last one of a text.
    Su(i32),
}

/// `rouge1`, `rougeL`, `rougeW`, `rougeS4`, `rougeSU4`; `rougeS*` and `rougeSU*` where the gap has no limit.
impl fmt::Display for Kind {
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
