//! ROUGE as the Python package rouge-score 0.1.2 computes it, equal to it in every bit.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries" (2004) does not specify the
//! tokenizer, which of several longest common subsequences counts, and how several references are
//! combined. Most current figures come from the package, so its behaviour is reproduced: the
//! tokenizer drops everything but a to z and 0 to 9, ROUGE-Lsum treats lines as sentences and never
//! counts a token twice, and of several references the one with the best F1 counts, separately for
//! each variant.
//!
//! ```
//! use karat::metric::rouge::{RougeVariant, Scorer};
//!
//! let kinds = [RougeVariant::N(1), RougeVariant::L];
//! let scores = Scorer::default().score(&kinds, &["the cat sat on the mat"], "the cat rested");
//! assert_eq!(scores[0].precision, 2.0 / 3.0);
//! assert_eq!(scores[1].recall, 2.0 / 6.0);
//! ```

mod kind;
pub(super) mod lcs;
mod lexicon;
pub(super) mod lines_by_token;
pub(super) mod ngram;
mod prf;
mod scorer;
pub(super) mod tokens;

pub use kind::{ParseRougeVariantError, RougeVariant};
pub use prf::Prf;
pub use scorer::{MODE, Scorer};
