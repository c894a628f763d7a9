//! Asymptotic confidence sequences of means: bounds that hold at all sample sizes at once, so that
//! a run may look at its figures after every document and stop whenever they decide.
//!
//! The boundary is Robbins' Gaussian mixture with the sample variance in place of the true one
//! (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central limit theory and
//! asymptotic confidence sequences, arXiv 2103.06476). For independent clusters with standard
//! deviation `sigma`, the mean of n of them is never further from the true mean than
//! `sigma * sqrt(2 (n rho^2 + 1) / (n^2 rho^2) * ln(sqrt(n rho^2 + 1) / alpha))`, for all n at
//! once, with a probability of about `1 - alpha`. It was preferred to the empirical Bernstein
//! sequences of Howard et al. (arXiv 1810.08240), which hold exactly but need values between known
//! bounds: a ratio of sums, such as F1, has no such values.
//!
//! The approximation is that of the central limit theorem, so that bounds begin at
//! [`ConfidenceSequence::LEAST`] clusters. The sample variance says nothing about clusters that are
//! so rare that none was drawn; [`ConfidenceSequence::unseen`] bounds what these can change.

/// A confidence sequence with its tuning parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceSequence {
    rho: f64,
}

impl ConfidenceSequence {
    /// The number of clusters below which there are no bounds.
    pub const LEAST: usize = 30;

    /// Creates a sequence with a tuning parameter above 0: the standard deviation of the mixture.
    /// Large values give narrow bounds early, small ones give narrow bounds late.
    pub fn new(rho: f64) -> Self {
        Self { rho }
    }

    /// Creates the sequence whose one-sided bounds at level `alpha` are narrowest at `clusters`.
    ///
    /// With `y = n rho^2`, the two-sided width at level `a` is least where
    /// `y + 1 - ln(y + 1) = 1 - 2 ln a`, and a one-sided bound is about a two-sided one at twice
    /// its level. The equation is solved by iteration, which converges for every `a` below 1.
    pub fn narrowest_at(clusters: usize, alpha: f64) -> Self {
        const STEPS: usize = 60;
        let constant = 1.0 - 2.0 * (2.0 * alpha).ln();
        let sum = (0..STEPS).fold(constant, |sum, _| constant + sum.ln());
        Self { rho: ((sum - 1.0) / clusters.max(1) as f64).sqrt() }
    }

    /// The tuning parameter.
    pub fn rho(self) -> f64 {
        self.rho
    }

    /// Half the width of the two-sided bounds at level `alpha` after a number of clusters, at
    /// least 1, with standard deviation `sigma`.
    pub fn half_width(self, clusters: usize, sigma: f64, alpha: f64) -> f64 {
        let n = clusters as f64;
        let grown = n * self.rho.powi(2) + 1.0;
        sigma * (2.0 * grown / (n * self.rho).powi(2) * (grown.sqrt() / alpha).ln()).sqrt()
    }

    /// The distance between the mean and its one-sided bound at level `alpha`: the true mean is
    /// never beyond the bound, for all numbers of clusters at once, with a probability of about
    /// `1 - alpha`.
    ///
    /// The mixture is that over positive values alone. Since `1 - P(x) <= exp(-x^2 / 2) / 2` for
    /// the normal distribution function P and x >= 0, its boundary is at most the one with
    /// `ln(1 + sqrt(n rho^2 + 1) / (2 alpha))` as the last factor.
    pub fn reach(self, clusters: usize, sigma: f64, alpha: f64) -> f64 {
        let n = clusters as f64;
        let grown = n * self.rho.powi(2) + 1.0;
        sigma * (2.0 * grown / (n * self.rho).powi(2) * (grown.sqrt() / (2.0 * alpha)).ln_1p()).sqrt()
    }

    /// The largest share of a kind of cluster of which none is among a number of clusters, at level
    /// `alpha`: `1 - alpha^(1/n)`, about `-ln(alpha) / n`. It needs no correction for several
    /// looks, since a kind that is absent from the first n clusters was absent from every beginning
    /// of them.
    pub fn unseen(clusters: usize, alpha: f64) -> f64 {
        -(alpha.ln() / clusters.max(1) as f64).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ConfidenceSequence;
    use crate::stats::{Draws, RandomUse};

    /// Reference half-widths of the formula in arXiv 2103.06476 at rho .1, alpha .05, sigma 1.
    #[test]
    fn half_widths_as_published() {
        let sequence = ConfidenceSequence::new(0.1);
        for (clusters, half_width) in [(50, 0.619_529), (200, 0.230_598)] {
            let found = sequence.half_width(clusters, 1.0, 0.05);
            assert!((found - half_width).abs() < 5e-7, "{clusters}: {found}");
        }
    }

    /// No other parameter gives a narrower two-sided bound at twice the level.
    #[test]
    fn the_tuned_sequence_is_the_narrowest_there() {
        for (clusters, alpha) in [(50, 0.05), (400, 0.025), (10_000, 0.001)] {
            let width = |sequence: ConfidenceSequence| sequence.half_width(clusters, 1.0, 2.0 * alpha);
            let tuned = ConfidenceSequence::narrowest_at(clusters, alpha);
            for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2.0] {
                let other = ConfidenceSequence::new(tuned.rho() * factor);
                assert!(width(tuned) < width(other), "{clusters} {alpha} {factor}");
            }
        }
    }

    /// Of 200 kinds of cluster, one that none of n clusters is of has a share of at most this.
    #[test]
    fn what_was_not_seen_is_rare() {
        let share = ConfidenceSequence::unseen(183, 0.025);
        assert!(((1.0 - share).powi(183) - 0.025).abs() < 1e-12, "{share}");
        assert!(share > 0.0199 && share < 0.02, "{share}");
    }

    /// Looks at 500 random walks after every step: at most a share of alpha of them ever crosses
    /// the bound.
    #[test]
    fn few_walks_ever_cross_the_bound() {
        const WALKS: u64 = 500;
        const STEPS: usize = 400;
        let sequence = ConfidenceSequence::narrowest_at(100, 0.05);
        let crosses = |walk: &u64| {
            let mut draws = Draws::new(3, RandomUse::Bootstrap, *walk, STEPS);
            let mut sum = 0.0;
            (1..=STEPS).any(|step| {
                sum += if draws.bits().is_multiple_of(2) { 1.0 } else { -1.0 };
                step >= ConfidenceSequence::LEAST && sum / step as f64 > sequence.reach(step, 1.0, 0.05)
            })
        };
        let share = (0..WALKS).filter(crosses).count() as f64 / WALKS as f64;
        assert!((0.01..=0.05).contains(&share), "{share}");
    }

    proptest! {
        #[test]
        fn bounds_narrow_with_clusters_and_widen_with_confidence(
            clusters in 1..5_000_usize,
            rho in 0.01..2.0_f64,
            alpha in 0.001..0.4_f64,
        ) {
            let sequence = ConfidenceSequence::new(rho);
            prop_assert!(sequence.reach(clusters + 1, 1.0, alpha) < sequence.reach(clusters, 1.0, alpha));
            prop_assert!(sequence.half_width(clusters + 1, 1.0, alpha) < sequence.half_width(clusters, 1.0, alpha));
            prop_assert!(sequence.reach(clusters, 1.0, alpha) > sequence.reach(clusters, 1.0, 1.1 * alpha));
            prop_assert!(sequence.reach(clusters, 1.0, alpha) < sequence.half_width(clusters, 1.0, alpha));
            let doubled = 2.0 * sequence.reach(clusters, 1.0, alpha);
            prop_assert!((sequence.reach(clusters, 2.0, alpha) - doubled).abs() < 1e-12 * doubled);
        }
    }
}
