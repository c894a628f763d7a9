//! The statistics of evaluation. Pure: numbers in, numbers out.

pub mod agreement;
pub mod confidence;
mod interval;
mod jackknife;

pub use interval::{Interval, Spread, amount_t, mean_t, ratio_logit_t};
pub use jackknife::jackknife;
