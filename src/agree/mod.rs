//! How well annotators agree: scores of each against each other, and chance-corrected coefficients. Pure.

mod coefficients;
mod fields;
mod pairwise;
mod units;
mod weights;

pub use coefficients::{Coefficient, Coefficients, coefficients};
pub use pairwise::{Pairwise, ceiling, pairwise};
