//! Correlation of two lists of numbers.
//!
//! A coefficient is between -1 and 1, and `None` where it is undefined: for fewer than two pairs, where one side is constant,
//! and where a number is not finite.

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
