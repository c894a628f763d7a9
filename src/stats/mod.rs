//! The statistics of evaluation. Pure: numbers in, numbers out.

mod interval;

pub use interval::{Interval, mean_t, ratio_logit_t};
