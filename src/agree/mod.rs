//! How well annotators agree: scores of each against each other, and chance-corrected coefficients.
//! Pure.

mod coefficients;
mod fields;
mod labels;
mod pairwise;
mod ratings;
mod units;
mod weights;

pub use coefficients::{Coefficients, coefficients};
pub use pairwise::{Pairwise, ceiling, for_each_item, pairwise};

pub use crate::stats::agreement::Coefficient;
