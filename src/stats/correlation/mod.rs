//! Correlation of two lists of numbers.
//!
//! A coefficient is between -1 and 1. It is `None` if it is undefined: for fewer than two pairs, if
//! one list is constant, or if a number is not finite.

mod coefficient;
mod kendall;
mod pearson;
mod ranks;
mod ties;

pub use coefficient::Coefficient;
pub use kendall::kendall;
pub use pearson::pearson;
pub use ranks::{ranks, spearman};
pub use ties::settle;
