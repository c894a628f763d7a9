//! The statistics of evaluation. Pure: numbers in, numbers out.

pub mod agreement;
mod bca;
mod benjamini_hochberg;
mod beta;
mod binomial;
pub mod confidence;
pub mod correlation;
mod holm;
mod interval;
mod jackknife;
mod newton;
mod normal;
mod percentile;
mod random;
mod randomisation;
mod resample;
mod rows;
mod sign;
mod student;
mod weighted;
mod wilcoxon;
mod williams;

pub use bca::bca;
pub use benjamini_hochberg::benjamini_hochberg;
pub use binomial::binomial_test;
pub use holm::holm;
pub use interval::{Interval, Spread, amount_t, mean_t, ratio_logit_t};
pub use jackknife::jackknife;
pub use percentile::percentile;
pub use random::{Draws, Purpose};
pub use randomisation::{Randomisation, p_value};
pub use resample::Bootstrap;
pub use rows::Rows;
pub use sign::sign_test;
pub use wilcoxon::{Wilcoxon, wilcoxon};
pub use williams::{Williams, williams};
