//! The paired difference of two systems on the same documents.

use super::student::{t_cdf, t_quantile};
use super::{FewClusters, Interval, Spread};

/// Tolerance for rounding, relative to the difference or to 1, whichever is larger.
const ROUNDING: f64 = 1e-12;

/// A difference, candidate minus base, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedDifference {
    /// The difference.
    pub delta: f64,
    /// Its standard error: `None` for fewer than two clusters; 0 if the clusters agree on the
    /// difference up to rounding.
    pub error: Option<f64>,
    /// Number of clusters.
    pub clusters: usize,
    /// The differences of the clusters, if there are at most [`FEW`](super::FEW): bounds and
    /// one-sided p-values then come from the exact sign-flip test.
    pub few: Option<FewClusters>,
}

impl PairedDifference {
    /// The difference `delta` of two estimates, with its standard error from the differences of
    /// their residuals by cluster, candidate minus base, which sum to zero:
    /// `SE^2 = G / (G - 1) * sum x^2`.
    ///
    /// Documents that are hard for one system tend to be hard for the other, so the error is
    /// smaller than for two independent estimates.
    pub fn new(delta: f64, residuals: impl Into<Spread>) -> Self {
        let Spread { clusters, squares } = residuals.into();
        let error = (clusters >= 2).then(|| (clusters as f64 / (clusters as f64 - 1.0) * squares).sqrt());
        let error = error.map(|error| if error <= ROUNDING * delta.abs().max(1.0) { 0.0 } else { error });
        Self { delta, error, clusters, few: None }
    }

    /// Adds the residuals of the clusters, whose differences are `delta + G * x`, if there are at
    /// most [`FEW`](super::FEW) of them.
    pub fn with_residuals(self, residuals: &[f64]) -> Self {
        let count = residuals.len() as f64;
        let differences: Vec<f64> = residuals.iter().map(|x| self.delta + count * x).collect();
        Self { few: FewClusters::new(&differences), ..self }
    }

    /// Whether bounds and one-sided p-values come from the sign-flip test and not from the t
    /// distribution: with few clusters, and if all clusters moved alike.
    pub fn is_sign_flip(&self) -> bool {
        self.few.is_some() || self.error == Some(0.0)
    }

    /// The confidence interval of the difference: t with G - 1 degrees of freedom, or the inverted
    /// sign-flip test for few clusters. `None` for too few clusters, or if the error is 0, since
    /// agreement of all clusters does not imply agreement of others.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        self.error.filter(|error| *error > 0.0)?;
        if let Some(few) = &self.few {
            let alpha = (1.0 - confidence) / 2.0;
            return few.lower(alpha).zip(few.upper(alpha)).map(|(low, high)| Interval { low, high });
        }
        let reach = self.reach(f64::midpoint(1.0, confidence))?;
        Some(Interval { low: self.delta - reach, high: self.delta + reach })
    }

    /// The one-sided lower confidence bound: the true difference is below it with a probability of
    /// at most `alpha`. It is the difference itself if all clusters moved alike and are enough for
    /// the sign-flip test. `None` for too few clusters.
    pub fn lower(&self, alpha: f64) -> Option<f64> {
        if let Some(bound) = self.sign_flip_bound(alpha, FewClusters::lower) {
            return bound;
        }
        Some(self.delta - self.reach(1.0 - alpha)?)
    }

    /// The one-sided upper confidence bound: the true difference is above it with a probability of
    /// at most `alpha`. It is the difference itself if all clusters moved alike and are enough for
    /// the sign-flip test. `None` for too few clusters.
    pub fn upper(&self, alpha: f64) -> Option<f64> {
        if let Some(bound) = self.sign_flip_bound(alpha, FewClusters::upper) {
            return bound;
        }
        Some(self.delta + self.reach(1.0 - alpha)?)
    }

    /// Returns the bound by the sign-flip test; `None` if the t distribution gives the bound.
    fn sign_flip_bound(&self, alpha: f64, of_few: impl Fn(&FewClusters, f64) -> Option<f64>) -> Option<Option<f64>> {
        match &self.few {
            Some(few) => Some(of_few(few, alpha)),
            None if self.error == Some(0.0) => Some((least_p(self.clusters) <= alpha).then_some(self.delta)),
            None => None,
        }
    }

    /// The one-sided p-value: the probability of a difference at most as large if there is no true
    /// difference. `None` for fewer than two clusters.
    pub fn p_below(&self) -> Option<f64> {
        if let Some(few) = &self.few {
            return Some(few.p_below());
        }
        if self.error == Some(0.0) {
            return Some(if self.delta < 0.0 { least_p(self.clusters) } else { 1.0 });
        }
        let error = self.error.filter(|error| *error > 0.0)?;
        Some(t_cdf(self.clusters, self.delta / error))
    }

    /// The one-sided p-value: the probability of a difference at least as large if there is no true
    /// difference. `None` for fewer than two clusters.
    pub fn p_above(&self) -> Option<f64> {
        if let Some(few) = &self.few {
            return Some(few.p_above());
        }
        if self.error == Some(0.0) {
            return Some(if self.delta > 0.0 { least_p(self.clusters) } else { 1.0 });
        }
        let error = self.error.filter(|error| *error > 0.0)?;
        Some(t_cdf(self.clusters, -self.delta / error))
    }

    fn reach(&self, share: f64) -> Option<f64> {
        let error = self.error.filter(|error| *error > 0.0)?;
        Some(t_quantile(self.clusters, share) * error)
    }
}

/// The smallest one-sided p-value of the sign-flip test: 2^-G for G clusters.
fn least_p(clusters: usize) -> f64 {
    (-(clusters as f64)).exp2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PairedDifference;

    /// The difference of the means of two systems.
    fn of_means(base: &[f64], candidate: &[f64]) -> PairedDifference {
        let x: Vec<f64> = candidate.iter().zip(base).map(|(b, a)| b - a).collect();
        let delta = x.iter().sum::<f64>() / x.len() as f64;
        let residuals: Vec<f64> = x.iter().map(|x| (x - delta) / base.len() as f64).collect();
        PairedDifference::new(delta, &residuals)
    }

    /// Reference values of scipy 1.17.1 (`stats.ttest_rel(b, a).confidence_interval(0.95)`,
    /// `stats.sem(b - a)`, and with `alternative="greater"` and `"less"`).
    #[test]
    fn of_means_as_scipy_has_it() {
        let found = of_means(&[0.4, 0.5, 0.6, 0.55, 0.7], &[0.5, 0.55, 0.6, 0.75, 0.8]);
        let near = |found: Option<f64>, expected: f64| assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?}");
        near(Some(found.delta), 0.09);
        near(found.error, 0.033_166_247_903_553_99);
        near(found.interval(0.95).map(|interval| interval.low), -0.002_084_266_649_599_042_5);
        near(found.interval(0.95).map(|interval| interval.high), 0.182_084_266_649_599_06);
        near(found.lower(0.05), 0.019_294_640_992_295_456);
        near(found.upper(0.05), 0.160_705_359_007_704_55);
    }

    #[test]
    fn equal_clusters_have_no_interval() {
        let found = of_means(&[0.1, 0.2, 0.7], &[0.3, 0.4, 0.9]);
        assert_eq!(
            (found.error, found.interval(0.95), found.lower(0.05), found.upper(0.05)),
            (Some(0.0), None, None, None)
        );
        let same = of_means(&[0.1, 0.7], &[0.1, 0.7]);
        assert_eq!((same.delta, same.error), (0.0, Some(0.0)));
    }

    #[test]
    fn one_cluster_has_no_interval() {
        let found = of_means(&[0.1], &[0.3]);
        assert_eq!((found.error, found.interval(0.95), found.clusters), (None, None, 1));
        assert_eq!(PairedDifference::new(0.0, &[]).error, None);
    }

    proptest! {
        #[test]
        fn swapping_the_systems_flips_the_sign(pairs in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..40)) {
            let (base, candidate): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (found, back) = (of_means(&base, &candidate), of_means(&candidate, &base));
            prop_assert_eq!((found.delta, found.error), (-back.delta, back.error));
            prop_assert_eq!(found.lower(0.05), back.upper(0.05).map(|bound| -bound));
            // A one-sided bound is a bound of the interval that leaves out twice as much.
            let low = found.interval(0.9).map(|interval| interval.low);
            prop_assert!(low.zip(found.lower(0.05)).is_none_or(|(one, other)| (one - other).abs() < 1e-12));
        }
    }
}
