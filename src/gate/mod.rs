//! Gates: rules that decide whether a change may be merged.
//!
//! A rule tests the difference between baseline and candidate by its paired standard error
//! (non-inferiority), the candidate's own figure by its confidence interval (a floor), or the
//! failures, time and cost of a run (caps). Small sets of documents often decide neither way; this
//! is a verdict of its own, inconclusive.

mod judge;
mod noise;
mod outcome;
mod rule;
mod sentence;
mod sequence;
#[cfg(test)]
mod several_groups;
mod upgrade;

pub use judge::{GateCase, Spent, judge};
pub use noise::{Noise, Repeats, noise, noise_of_counts};
pub use outcome::{
    BaselineMove, GateBasis, GateFinding, GateOutcome, GateSample, GateTest, GateVerdict, MovedBaseline, SampleSize,
};
pub use rule::{Bound, IfNoBaseline, OnInconclusive, Rule};
pub use sentence::sentence;
pub use sequence::{JudgedFigure, RuleBound, SampleCase, SequenceBounds, final_rule, judge_sample};
pub use upgrade::{UPGRADES, Upgrade, split_upgrades};
