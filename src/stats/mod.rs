//! Statistics of evaluation: confidence intervals, significance tests, correlation, agreement and
//! calibration.
//!
//! All functions are pure and deterministic. Results are checked against scipy, numpy,
//! scikit-learn and statsmodels in the tests.

pub mod agreement;
mod bca;
mod benjamini_hochberg;
mod beta;
mod binomial;
mod bradley_terry;
mod cluster_matrix;
pub mod confidence;
mod confidence_sequence;
pub mod correction;
pub mod correlation;
mod difference;
mod few_clusters;
mod holm;
mod interval;
mod intraclass;
mod jackknife;
mod newton;
mod normal;
mod percentile;
mod power;
mod random;
mod randomisation;
mod resample;
mod sign;
mod student;
mod summary;
mod weighted;
mod wilcoxon;
mod williams;

pub use bca::bca;
pub use benjamini_hochberg::benjamini_hochberg;
pub use binomial::binomial_test;
pub use bradley_terry::{BradleyTerry, PairComparison, Preference, Unrankable, bradley_terry};
pub use cluster_matrix::ClusterMatrix;
pub use confidence_sequence::ConfidenceSequence;
pub use difference::PairedDifference;
pub use few_clusters::{FEW, FewClusters};
pub use holm::holm;
pub use interval::{Interval, Spread, amount_t, mean_t, number_t, share_logit_t};
pub use intraclass::within_share;
pub use jackknife::{jackknife, jackknife_of_groups, jackknife_spread};
pub use percentile::percentile;
pub use power::Design;
pub use random::{Draws, RandomUse};
pub use randomisation::{Differing, Randomisation, is_as_far, p_of, p_value, sign_flip_p};
pub use resample::Bootstrap;
pub use sign::sign_test;
pub use summary::{mean, variance};
pub use wilcoxon::{Wilcoxon, wilcoxon};
pub use williams::{Williams, williams};
