//! Chance-corrected agreement between annotators.
//!
//! Coefficients are 1 for full agreement and 0 for agreement at the level of chance. They are
//! `None` if they are undefined: if no unit was rated twice, or if only one value was used, so that
//! there is no chance to correct for.
//!
//! Every coefficient is a function of sufficient statistics: integer counts of ratings, which units
//! can be added to and removed from. The value without a document therefore costs as much as the
//! document's own units, not as much as the corpus. Since integers are exact, it equals the value
//! that is computed from the other documents alone.

mod coefficients;
mod krippendorff;
mod leave_one_out;
mod nominal;
mod numeric;
mod weighted_kappa;

pub use coefficients::{cohen_kappa, fleiss_kappa, gwet_ac1, scott_pi};
pub use krippendorff::krippendorff_alpha;
pub use leave_one_out::{AgreementCoefficient, Estimate, LeaveOneOut};
pub use nominal::NominalStatistics;
pub use numeric::{NumericStatistics, Scale};
pub use weighted_kappa::{KappaWeights, weighted_kappa};

/// Values by unit and annotator. Every unit has one entry for each annotator, which is `None` if
/// the annotator did not rate it.
pub type Ratings = [Vec<Option<f64>>];

/// One annotator's rating of a unit, as the index of a value; `None` if the annotator did not rate
/// the unit.
pub type Rating = Option<u32>;

/// Integer counts of ratings, which units can be added to and removed from.
pub trait AgreementStatistics {
    /// Adds a unit, which has one rating for each annotator, `times` times; a negative number
    /// removes it.
    fn add(&mut self, unit: &[Rating], times: i64);
}

/// The distinct values in order, and every unit with the indices of its values.
fn indexed(ratings: &Ratings) -> (Vec<f64>, Vec<Vec<Rating>>) {
    let mut values: Vec<f64> = ratings.iter().flatten().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let index = |value: f64| values.partition_point(|other| *other < value) as u32;
    let units = ratings.iter().map(|unit| unit.iter().map(|rating| rating.map(index)).collect()).collect();
    (values, units)
}
