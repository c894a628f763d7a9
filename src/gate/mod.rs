//! From rules to verdicts: what a change has to keep to be merged.
//!
//! A rule judges the difference between a baseline and a candidate by its paired error (non-inferiority), or the candidate's
//! own figure by its interval (a floor), or how a run went (caps). Small sets of documents often cannot tell, which is a verdict
//! of its own.

mod judge;
mod noise;
mod outcome;
mod rule;
mod sentence;

pub use judge::{Case, Spent, judge};
pub use noise::{Noise, Repeats, noise};
pub use outcome::{Finding, Outcome, Verdict};
pub use rule::{OnInconclusive, Rule, Side};
pub use sentence::sentence;
