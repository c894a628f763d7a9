//! Pyramid scores (Nenkova and Passonneau 2004, "Evaluating Content Selection in Summarization: The
//! Pyramid Method"; Passonneau et al. 2005, "Applying the Pyramid Method in DUC 2005", for the
//! modified form).
//!
//! A score is the weight of the units that a summary supports, divided by the largest possible
//! weight of a number of units: the number it supports (original: is its content important?), or
//! the mean number in a reference (modified: is its content sufficient?).

/// Returns the original score, 0 to 1, of units given as (weight, is supported). `None` if all
/// weights are 0; 0 if no unit is supported.
pub(super) fn original(units: &[(u32, bool)]) -> Option<f64> {
    let carried = units.iter().filter(|(_, is_carried)| *is_carried).count();
    if carried == 0 {
        return units.iter().any(|(weight, _)| *weight > 0).then_some(0.0);
    }
    over_best(units, carried)
}

/// Returns the modified score for a size, the mean number of units of a reference, rounded up as in
/// sacrerouge 0.2.5. It exceeds 1 if a summary supports more than that. `None` if the best units of
/// that number have weight 0.
pub(super) fn modified(units: &[(u32, bool)], size: f64) -> Option<f64> {
    over_best(units, size.ceil().max(0.0) as usize)
}

fn over_best(units: &[(u32, bool)], size: usize) -> Option<f64> {
    let earned: u64 = units.iter().filter(|(_, is_carried)| *is_carried).map(|(weight, _)| u64::from(*weight)).sum();
    let mut weights: Vec<u64> = units.iter().map(|(weight, _)| u64::from(*weight)).collect();
    weights.sort_unstable_by(|a, b| b.cmp(a));
    let best: u64 = weights.iter().take(size).sum();
    (best > 0).then(|| earned as f64 / best as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{modified, original};

    /// Computed by hand for a pyramid with weights 4, 3, 3, 2, 1: one unit of weight 3 and that of
    /// weight 1 are supported; the best two weigh 7, the best four 12.
    #[test]
    fn a_small_pyramid() {
        let units = [(4, false), (3, true), (3, false), (2, false), (1, true)];
        assert_eq!(original(&units), Some(4.0 / 7.0));
        assert_eq!(modified(&units, 3.25), Some(4.0 / 12.0));
        assert_eq!(modified(&units, 99.0), Some(4.0 / 13.0));
    }

    #[test]
    fn at_the_edges() {
        assert_eq!(original(&[(3, false)]), Some(0.0));
        assert_eq!(original(&[(0, true)]), None);
        assert_eq!(original(&[]), None);
        assert_eq!(modified(&[(1, true), (1, true)], 1.0), Some(2.0));
        assert_eq!(modified(&[(1, true)], 0.0), None);
    }

    proptest! {
        #[test]
        fn the_original_lies_between_0_and_1(units in proptest::collection::vec((0_u32..9, proptest::bool::ANY), 0..12)) {
            if let Some(score) = original(&units) {
                prop_assert!((0.0..=1.0).contains(&score));
                // With the size of all units, the modified score is the weighted recall.
                let all: u32 = units.iter().map(|(weight, _)| weight).sum();
                let carried: u32 = units.iter().filter(|(_, c)| *c).map(|(weight, _)| weight).sum();
                let recall = f64::from(carried) / f64::from(all);
                prop_assert!((modified(&units, units.len() as f64).unwrap() - recall).abs() < 1e-12);
                prop_assert!(score >= recall - 1e-12);
            }
        }
    }
}
