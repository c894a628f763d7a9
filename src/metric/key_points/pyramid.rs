//! Pyramid scores (Nenkova and Passonneau 2004, "Evaluating Content Selection in Summarization: The Pyramid Method";
//! Passonneau et al. 2005, "Applying the Pyramid Method in DUC 2005", for the modified form).
//!
//! The weight of the units that a summary carries, over the greatest weight that so many units can have: as many as it
//! carries (original: is what it says important?), or as many as a reference has on average (modified: does it say enough?).

/// The original score, 0 to 1, of units given as (weight, whether carried). `None` where all that is there weighs nothing; 0
/// where nothing is carried.
pub(super) fn original(units: &[(u32, bool)]) -> Option<f64> {
    let carried = units.iter().filter(|(_, is_carried)| *is_carried).count();
    if carried == 0 {
        return units.iter().any(|(weight, _)| *weight > 0).then_some(0.0);
    }
    over_best(units, carried)
}

/// The modified score for a size, which is the number of units of an average reference, rounded up as sacrerouge 0.2.5 does.
/// Above 1 where a summary carries more than that. `None` where the best units of that number weigh nothing.
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

    /// By hand, of a pyramid with weights 4, 3, 3, 2, 1: carried are one of 3 and that of 1, the best two weigh 7, the best
    /// four 12.
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
                // Of all units, the modified one is the recall by weight.
                let all: u32 = units.iter().map(|(weight, _)| weight).sum();
                let carried: u32 = units.iter().filter(|(_, c)| *c).map(|(weight, _)| weight).sum();
                let recall = f64::from(carried) / f64::from(all);
                prop_assert!((modified(&units, units.len() as f64).unwrap() - recall).abs() < 1e-12);
                prop_assert!(score >= recall - 1e-12);
            }
        }
    }
}
