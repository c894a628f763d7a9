//! The statistics of evaluation. Pure: numbers in, numbers out.

pub mod agreement;
mod beta;
pub mod confidence;
pub mod correlation;
mod holm;
mod interval;
mod jackknife;
mod newton;
mod normal;
mod percentile;
mod random;
mod student;
mod williams;

pub use holm::holm;
pub use interval::{Interval, Spread, amount_t, mean_t, ratio_logit_t};
pub use jackknife::jackknife;
pub use percentile::percentile;
pub use random::{Draws, Purpose};
pub use williams::{Williams, williams};
