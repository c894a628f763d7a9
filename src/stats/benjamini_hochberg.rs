//! Benjamini and Hochberg's correction for multiple tests (1995), which controls the false
//! discovery rate.

/// Adjusted p-values, in the order of `p`: the largest p-value times n/n, the next times n/(n - 1),
/// and so on, made monotone from the largest down. Rejecting those of at most q controls the false
/// discovery rate at q.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut most = 1.0_f64;
    for (rank, at) in order.into_iter().enumerate().rev() {
        most = most.min(p.len() as f64 / (rank + 1) as f64 * p[at]);
        adjusted[at] = most;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::benjamini_hochberg;
    use crate::stats::holm;

    /// Reference values of statsmodels 0.15.0 (`multipletests(p, method="fdr_bh")[1]`).
    #[test]
    fn as_statsmodels_has_it() {
        let printed = [
            ([0.01, 0.04, 0.03, 0.005], [0.02, 0.04, 0.04, 0.02]),
            ([0.2, 0.2, 0.9, 0.001], [0.266_666_666_666_666_66, 0.266_666_666_666_666_66, 0.9, 0.004]),
        ];
        for (p, adjusted) in printed {
            let found = benjamini_hochberg(&p);
            assert!(found.iter().zip(adjusted).all(|(one, other)| (one - other).abs() < 1e-15), "{found:?}");
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn no_smaller_in_one_order_and_never_above_holm(p in prop::collection::vec(0.0..=1.0_f64, 0..40)) {
            let (adjusted, stricter) = (benjamini_hochberg(&p), holm(&p));
            for at in 0..p.len() {
                // p * n / n may be smaller than p in its last digit.
                prop_assert!(adjusted[at] >= p[at] * (1.0 - 1e-15) && adjusted[at] <= stricter[at] * (1.0 + 1e-15));
                prop_assert!(adjusted[at] <= 1.0);
                prop_assert!((0..p.len()).all(|other| p[other] > p[at] || adjusted[other] <= adjusted[at]));
            }
        }
    }
}
