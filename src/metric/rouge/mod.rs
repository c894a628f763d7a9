//! ROUGE as the Python package rouge-score 0.1.2 computes it, equal to it in every bit.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries" (2004) leaves open how texts are cut into tokens,
//! which longest common subsequence of several counts, and how several references are joined; published figures come
//! from a program, and most of today's from that package. Its answers are kept here: the tokenizer drops all but a to z
//! and 0 to 9, ROUGE-Lsum takes lines for sentences and never counts a token twice, and of several references the one
//! with the best F counts, for each kind by itself.
//!
//! ```
//! use karat::metric::rouge::{Kind, Scorer};
//!
//! let scores = Scorer::default().score(&[Kind::N(1), Kind::L], &["the cat sat on the mat"], "the cat rested");
//! assert_eq!(scores[0].precision, 2.0 / 3.0);
//! assert_eq!(scores[1].recall, 2.0 / 6.0);
//! ```

mod kind;
pub(super) mod lcs;
mod lexicon;
pub(super) mod ngram;
mod prf;
mod scorer;
pub(super) mod tokens;

pub use kind::{Kind, ParseKindError};
pub use prf::Prf;
pub use scorer::{MODE, Scorer};
