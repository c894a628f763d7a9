//! Power analysis: which difference a comparison of two systems can detect, and how many documents
//! it needs.
//!
//! The minimum detectable effect is `(t_{1-a} + t_{power}) SE`, with both quantiles for G - 1
//! degrees of freedom (Bloom 1995). Power and sample size are the same formula solved for another
//! quantity. The formula shifts Student's distribution, while the noncentral one would be exact:
//! around a power of .8 it is .005 too low with ten clusters and .001 too low with fifty. The
//! standard error is itself an estimate, which matters more.

use super::PairedDifference;
use super::student::{t_cdf, t_quantile};

/// Upper limit of the search for a number of clusters.
const MAX_CLUSTERS: usize = 1 << 30;

/// The design of a comparison, from which others with more or fewer clusters of the same kind are
/// projected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    error: f64,
    clusters: usize,
    alpha: f64,
}

impl Design {
    /// Derives the design from an observed difference, for a one-sided test at the level `alpha`,
    /// above 0 and below 0.5.
    ///
    /// `None` if the standard error is unknown or 0.
    pub fn new(difference: &PairedDifference, alpha: f64) -> Option<Self> {
        let error = difference.error.filter(|error| *error > 0.0)?;
        Some(Self { error, clusters: difference.clusters, alpha })
    }

    /// The smallest true difference that is detected with probability `power`, which must be above
    /// alpha and below 1.
    pub fn minimum_detectable_effect(&self, power: f64) -> f64 {
        self.detectable_with(self.clusters, power)
    }

    /// The smallest true difference that is detected with probability `power`, with `clusters`
    /// clusters, at least 2. The error shrinks with the square root of their number.
    pub fn detectable_with(&self, clusters: usize, power: f64) -> f64 {
        (t_quantile(clusters, 1.0 - self.alpha) + t_quantile(clusters, power)) * self.error_with(clusters)
    }

    /// The probability of detecting a true difference of `effect` with `clusters` clusters, at
    /// least 2; alpha if the effect is 0.
    pub fn power(&self, effect: f64, clusters: usize) -> f64 {
        t_cdf(clusters, effect / self.error_with(clusters) - t_quantile(clusters, 1.0 - self.alpha))
    }

    /// The smallest number of clusters that detects a true difference of `effect` with probability
    /// `power`, which must be above alpha and below 1. `None` if it exceeds 2^30 or the effect is
    /// 0.
    pub fn clusters_for(&self, effect: f64, power: f64) -> Option<usize> {
        let found = |clusters: usize| self.detectable_with(clusters, power) <= effect;
        let mut high = 2;
        while !found(high) {
            high *= 2;
            if high > MAX_CLUSTERS {
                return None;
            }
        }
        // The detectable effect falls with the number of clusters, so bisection finds it.
        let mut low = high / 2 + 1;
        while low < high {
            let middle = usize::midpoint(low, high);
            if found(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(high)
    }

    /// The smallest number of clusters with which a candidate exactly as good as the base is shown,
    /// with probability `power`, to be worse by less than `margin`. It is the number that detects a
    /// difference of that size.
    pub fn clusters_for_margin(&self, margin: f64, power: f64) -> Option<usize> {
        self.clusters_for(margin, power)
    }

    fn error_with(&self, clusters: usize) -> f64 {
        self.error * (self.clusters as f64 / clusters as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Design;
    use crate::stats::PairedDifference;

    fn design(error: f64, clusters: usize) -> Option<Design> {
        Design::new(&PairedDifference { delta: 0.0, error: Some(error), clusters, few: None }, 0.05)
    }

    /// Reference values of scipy 1.17.1 (`stats.t.ppf` and `stats.t.cdf` in the formula above;
    /// numbers of clusters by trying all).
    #[test]
    fn the_formula_by_scipy() {
        let design = design(0.02, 40).unwrap();
        assert!((design.minimum_detectable_effect(0.8) - 0.050_716_202_832_627).abs() < 1e-12);
        assert!((design.power(0.05, 40) - 0.790_024_504_894_315_5).abs() < 1e-12);
        let needed = [0.05, 0.02, 0.2].map(|effect| design.clusters_for(effect, 0.8));
        assert_eq!(needed, [Some(42), Some(249), Some(5)]);
        assert_eq!(design.clusters_for_margin(0.05, 0.8), Some(42));
    }

    #[test]
    fn what_cannot_be_found() {
        let found = design(0.02, 40).unwrap();
        assert_eq!((found.clusters_for(0.0, 0.8), found.clusters_for(1e-9, 0.8)), (None, None));
        assert!((found.power(0.0, 40) - 0.05).abs() < 1e-12);
        assert_eq!(design(0.0, 40), None);
        assert_eq!(Design::new(&PairedDifference::new(0.5, &[0.0]), 0.05), None);
    }

    proptest! {
        #[test]
        fn the_formula_turns_around(clusters in 2_usize..20_000, error in 0.001..0.1_f64, power in 0.1..0.99_f64) {
            let design = design(error, clusters).unwrap();
            let effect = design.minimum_detectable_effect(power);
            prop_assert!((design.power(effect, clusters) - power).abs() < 1e-9);
            // Rounding may require one more.
            let needed = design.clusters_for(effect * (1.0 + 1e-9), power).unwrap();
            prop_assert_eq!(needed, clusters);
            prop_assert!(design.detectable_with(clusters + 1, power) < effect);
        }
    }
}
