//! Chance-corrected agreement between annotators.
//!
//! Ratings come as units by annotators: one value each, or none where an annotator did not rate the unit. Coefficients are 1
//! for full agreement, 0 for what chance would give, and `None` where they are undefined: where nothing was rated twice, and
//! where only one value was ever used, so that there is no chance to correct for.

mod coefficients;
mod krippendorff;

pub use coefficients::{cohen_kappa, fleiss_kappa, gwet_ac1, scott_pi};
pub use krippendorff::{Scale, krippendorff_alpha};

/// Values by unit and annotator. Every unit has one entry an annotator.
pub type Ratings = [Vec<Option<f64>>];

/// The distinct values, sorted.
fn values(ratings: &Ratings) -> Vec<f64> {
    let mut values: Vec<f64> = ratings.iter().flatten().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// How often a unit was given each of the values.
fn tally(unit: &[Option<f64>], values: &[f64]) -> Vec<f64> {
    let count = |value: &f64| unit.iter().flatten().filter(|rating| *rating == value).count() as f64;
    values.iter().map(count).collect()
}

/// Agreement above chance, as a share of what is possible above chance.
fn above_chance(observed: f64, expected: f64) -> Option<f64> {
    (expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}
