//! Confidence intervals clustered by document (or another cluster), never by item.
//!
//! Every estimate is linearised: it comes with one residual per document, its first-order
//! contribution to the error of the estimate, and the residuals sum to zero. Then
//! `SE^2 = G / (G - 1) * sum e^2` over the `G` documents (the ultimate cluster estimator; Cochran,
//! Sampling Techniques, 3rd ed., 1977, sections 6.4 and 11.8).

use super::beta::beta_quantile;
use super::student::t_quantile;

/// A confidence interval, with `low < high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Sufficient statistics of the residuals of an estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spread {
    /// Number of clusters.
    pub clusters: usize,
    /// Sum of the squared residuals.
    pub squares: f64,
}

impl Spread {
    /// The standard error of the estimate; `None` for fewer than two clusters.
    pub fn standard_error(self) -> Option<f64> {
        standard_error(self, 0.0)
    }
}

impl From<&[f64]> for Spread {
    fn from(residuals: &[f64]) -> Self {
        Self { clusters: residuals.len(), squares: residuals.iter().map(|e| e * e).sum() }
    }
}

impl<const N: usize> From<&[f64; N]> for Spread {
    fn from(residuals: &[f64; N]) -> Self {
        residuals.as_slice().into()
    }
}

impl From<&Vec<f64>> for Spread {
    fn from(residuals: &Vec<f64>) -> Self {
        residuals.as_slice().into()
    }
}

/// Number of documents below which their variance alone is no reliable estimate, since a few may
/// agree by chance.
const FEW_CLUSTERS: usize = 5;

/// The interval of a proportion, which is a ratio of sums or a mean of values between 0 and 1: t
/// with G - 1 degrees of freedom on the logit scale.
///
/// Means of proportions near 1 are skewed, so that with few documents a symmetric interval misses
/// the true value on one side too often.
///
/// The logit scale is unusable if the estimate is 0 or 1 or all documents agree. The result is then
/// the exact interval (Clopper and Pearson 1934) that treats each document as one trial, so that it
/// never has zero width. With fewer than five documents the variance is at least `least`, that of
/// independent items. `None` for fewer than two documents.
pub fn share_logit_t(estimate: f64, residuals: impl Into<Spread>, least: f64, confidence: f64) -> Option<Interval> {
    let spread = residuals.into();
    let error = standard_error(spread, least)?;
    let odds = estimate / (1.0 - estimate);
    let scale = estimate * (1.0 - estimate);
    if !(error > f64::EPSILON && scale > f64::EPSILON) {
        return Some(clopper_pearson(estimate, spread.clusters, confidence));
    }
    let reach = quantile(spread.clusters, confidence) * error / scale;
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    Some(Interval { low: logistic(odds.ln() - reach), high: logistic(odds.ln() + reach) })
}

/// The interval of a mean of values between 0 and 1: t with G - 1 degrees of freedom, truncated to
/// 0 and 1. If all documents agree, it is the exact interval that treats each document as one
/// trial. With fewer than five documents the variance is at least `least`. `None` for fewer than
/// two documents.
pub fn mean_t(estimate: f64, residuals: impl Into<Spread>, least: f64, confidence: f64) -> Option<Interval> {
    let spread = residuals.into();
    let error = standard_error(spread, least)?;
    if error <= f64::EPSILON {
        return Some(clopper_pearson(estimate, spread.clusters, confidence));
    }
    let reach = quantile(spread.clusters, confidence) * error;
    Some(Interval { low: (estimate - reach).max(0.0), high: (estimate + reach).min(1.0) })
}

/// The interval of a mean of non-negative amounts without an upper bound: t with G - 1 degrees of
/// freedom, truncated at 0. `None` for fewer than two documents, or if all documents agree, since
/// nothing is then known about the variance.
pub fn amount_t(estimate: f64, residuals: impl Into<Spread>, confidence: f64) -> Option<Interval> {
    let Interval { low, high } = number_t(estimate, residuals, confidence)?;
    Some(Interval { low: low.max(0.0), high })
}

/// The interval of a mean of any numbers: t with G - 1 degrees of freedom. `None` for fewer than
/// two documents, or if all documents agree, since nothing is then known about the variance.
pub fn number_t(estimate: f64, residuals: impl Into<Spread>, confidence: f64) -> Option<Interval> {
    let spread = residuals.into();
    let error = standard_error(spread, 0.0)?;
    let reach = quantile(spread.clusters, confidence) * error;
    (error > f64::EPSILON * estimate.abs().max(1.0))
        .then_some(Interval { low: estimate - reach, high: estimate + reach })
}

fn standard_error(spread: Spread, least: f64) -> Option<f64> {
    let clusters = spread.clusters as f64;
    let least = if spread.clusters < FEW_CLUSTERS { least } else { 0.0 };
    (spread.clusters >= 2).then(|| (clusters / (clusters - 1.0) * spread.squares).max(least).sqrt())
}

pub(super) fn quantile(clusters: usize, confidence: f64) -> f64 {
    t_quantile(clusters, f64::midpoint(1.0, confidence))
}

/// The exact interval of a proportion of `trials`; the number of successes need not be an integer.
fn clopper_pearson(share: f64, trials: usize, confidence: f64) -> Interval {
    let (trials, tail) = (trials as f64, (1.0 - confidence) / 2.0);
    let hits = share * trials;
    Interval {
        low: if hits <= 0.0 { 0.0 } else { beta_quantile(hits, trials - hits + 1.0, tail) },
        high: if hits >= trials { 1.0 } else { beta_quantile(hits + 1.0, trials - hits, 1.0 - tail) },
    }
}

#[cfg(test)]
mod tests {
    use super::{Interval, amount_t, mean_t, share_logit_t};

    fn assert_near(found: Option<Interval>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{found:?}");
    }

    /// Reference bounds of scipy 1.17.1 (`stats.t.ppf` in the formula above).
    #[test]
    fn a_ratio_on_the_logit_scale() {
        let (hits, all) = ([3.0, 5.0, 2.0, 8.0], [4.0, 6.0, 5.0, 9.0]);
        let residuals: Vec<f64> = hits.iter().zip(all).map(|(n, d)| (n - 0.75 * d) / 24.0).collect();
        assert_near(share_logit_t(0.75, &residuals, 0.0, 0.95), 0.330_831_382_358_597_7, 0.947_928_032_062_458_6);
    }

    /// Reference bounds of scipy 1.17.1 (`stats.t.interval` with `stats.sem`).
    #[test]
    fn a_mean_on_its_own_scale() {
        let values = [0.4, 0.5, 0.6, 0.55];
        let residuals = values.map(|value| (value - 0.5125) / 4.0);
        assert_near(mean_t(0.5125, &residuals, 0.0, 0.95), 0.376_623_455_810_199_2, 0.648_376_544_189_800_7);
        assert_near(mean_t(0.5125, &residuals, 0.0, 0.9), 0.412_021_669_788_233_85, 0.612_978_330_211_766);
    }

    /// Reference bounds of scipy 1.17.1 (`stats.t.ppf` in the formula above).
    #[test]
    fn amounts_may_be_more_than_one() {
        let residuals = [10.0, 12.0, 14.0].map(|value| (value - 12.0) / 3.0);
        assert_near(amount_t(12.0, &residuals, 0.95), 7.031_724_576_312_494, 16.968_275_423_687_505);
        let residuals = [0.1, 0.2, 0.0, 2.0].map(|value| (value - 0.575) / 4.0);
        assert_near(amount_t(0.575, &residuals, 0.95), 0.0, 2.092_234_961_358_232_5);
        assert_eq!(amount_t(12.0, &[0.0; 3], 0.95), None);
        assert_eq!(amount_t(12.0, &[0.0], 0.95), None);
    }

    /// Reference bounds of scipy 1.17.1 (`binomtest(5, 5)`, `binomtest(0, 2)` and `binomtest(1,
    /// 2)`, method exact).
    #[test]
    fn documents_that_agree_still_leave_room() {
        assert_near(share_logit_t(1.0, &[0.0; 5], 0.0, 0.95), 0.478_176_249_895_018_56, 1.0);
        assert_near(share_logit_t(0.0, &[0.0; 2], 0.0, 0.95), 0.0, 0.841_886_116_991_607);
        assert_near(mean_t(0.5, &[0.0; 2], 0.0, 0.95), 0.012_579_117_093_425_05, 0.987_420_882_906_574_9);
    }

    /// Two documents of 100 items, of which 90 and 90, or 90 and 91, are found: one item must not
    /// decide between a wide interval and a narrow one.
    #[test]
    fn an_accident_of_two_documents_moves_the_interval_little() {
        let interval = |found: [f64; 2]| {
            let share = (found[0] + found[1]) / 200.0;
            let residuals = found.map(|hits| (hits - share * 100.0) / 200.0);
            share_logit_t(share, &residuals, share * (1.0 - share) / 200.0, 0.95).unwrap()
        };
        let (equal, off) = (interval([90.0, 90.0]), interval([90.0, 91.0]));
        assert!((equal.low - off.low).abs() < 0.02 && (equal.high - off.high).abs() < 0.02, "{equal:?} {off:?}");
    }

    #[test]
    fn one_document_has_no_interval() {
        assert_eq!(share_logit_t(0.5, &[0.0], 0.0, 0.95), None);
        assert_eq!(mean_t(0.5, &[0.0; 0], 0.0, 0.95), None);
    }
}
