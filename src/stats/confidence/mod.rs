//! How much confidences are worth: do surer predictions rank first, and are the numbers true?
//!
//! Everything rests on a [`Ranking`], the counts of right and wrong predictions by confidence. Equal confidences are one step:
//! no figure depends on the order in which they came.

mod calibration;
mod coverage;
mod curve;
mod ranking;

pub use calibration::Bin;
pub use curve::{Best, Point};
pub use ranking::{Confidence, Level, Ranking};
