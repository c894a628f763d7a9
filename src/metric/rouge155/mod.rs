//! ROUGE as computed by the Perl program ROUGE-1.5.5, equal to it in every printed digit.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries" (2004), and the accompanying
//! program, which the summarization conferences and most papers before 2017 used. Its figures are
//! determined by the program alone: its tokenizer, its stemmer with a list of exceptions, its
//! rounding, and its bootstrap, whose mean replaces the mean over documents. docs/METHODOLOGY.md
//! describes the peculiarities.
//!
//! ```
//! use karat::metric::options::Rouge155Options;
//! use karat::metric::rouge155::{Rouge155Variant, count};
//!
//! let options: Rouge155Options = "-n 1 -f A".parse().unwrap();
//! let references = ["the cat sat on the mat", "a feline rested happily"];
//! let hits = count(&[Rouge155Variant::N(1)], &references, "the cat rested", &options)[0];
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
pub use kind::Rouge155Variant;
pub use scorer::count;
