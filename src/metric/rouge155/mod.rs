//! ROUGE as the perl program ROUGE-1.5.5 computes it, equal to it in every printed digit.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries" (2004), and the program that came with it, which the
//! summarization conferences and most papers before 2017 used. What it computes follows from the program alone: its
//! tokenizer, its stemmer and its list of exceptions to it, its rounding, and its bootstrap, whose mean stands in for the
//! mean. docs/METHODOLOGY.md says what is peculiar.
//!
//! ```
//! use karat::metric::options::Rouge155Options;
//! use karat::metric::rouge155::{Kind, count};
//!
//! let options: Rouge155Options = "-n 1 -f A".parse().unwrap();
//! let references = ["the cat sat on the mat", "a feline rested happily"];
//! let hits = count(&[Kind::N(1)], &references, "the cat rested", &options)[0];
//! let rouge1 = hits.rounded(options.alpha, None);
//! assert_eq!([rouge1.recall, rouge1.precision, rouge1.f1], [0.3, 0.5, 0.375]);
//! ```

mod arithmetic;
mod bootstrap;
mod hits;
mod kind;
mod lcs;
mod reading;
mod scorer;
mod skip;
mod weighted;

pub use arithmetic::Printed;
pub use hits::Hits;
pub use kind::Kind;
pub use scorer::count;
