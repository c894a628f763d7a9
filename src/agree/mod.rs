//! Inter-annotator agreement: scores of each annotator against each other one, and chance-corrected
//! coefficients.
//!
//! Both are needed. Scores are comparable with those of systems and give a human ceiling;
//! coefficients correct for chance and are what annotation projects report. The module does no
//! input or output.

mod coefficients;
mod fields;
mod labels;
mod pairwise;
mod ratings;
mod sentences;
mod stacked;
mod units;
mod weights;

pub use coefficients::{Coefficients, coefficients, not_computed};
pub use pairwise::{Pairwise, as_gold_and_system, ceiling, for_each_item, pairwise};

pub use crate::stats::agreement::AgreementCoefficient;
