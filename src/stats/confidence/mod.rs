//! Quality of confidences: whether more confident predictions are more often right, and whether the
//! numbers are calibrated.
//!
//! All figures are computed from a [`Ranking`], the counts of right and wrong predictions by
//! confidence. Ties are one step, so that no figure depends on the order of the predictions.

mod calibration;
mod coverage;
mod curve;
mod ranking;

pub use calibration::Bin;
pub use curve::{Best, CurvePoint};
pub use ranking::{Confidence, ConfidenceGroup, Ranking};
