//! Prediction-powered inference with units as if they were independent, as the package ppi-python
//! computes it.

use super::super::interval::Interval;
use super::super::normal::normal_quantile;
use super::clustered::Tuning;

/// A mean that is corrected unit by unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitLevel {
    /// The estimate, which may be outside 0 to 1.
    pub value: f64,
    /// The normal interval, which may reach outside 0 to 1.
    pub interval: Interval,
    /// How much the judge's verdicts count, 0 to 1.
    pub lambda: f64,
}

/// The corrected mean of values with hand-made ones on a part, as `ppi_mean_pointestimate` and
/// `ppi_mean_ci` of ppi-python 0.2.3 compute it: with population variances, a normal quantile, and
/// for PPI++ a `lambda` from the variance of the judge's values on labelled and other units
/// together.
///
/// `labelled` has the judge's and the hand-made value of each labelled unit, `judged_only` the
/// judge's value of each other one. Returns `None` if either is empty, or if `lambda` is undefined,
/// since the judge's values are all the same.
pub fn unit_level_ppi(
    labelled: &[[f64; 2]],
    judged_only: &[f64],
    tuning: Tuning,
    confidence: f64,
) -> Option<UnitLevel> {
    if labelled.is_empty() || judged_only.is_empty() {
        return None;
    }
    let (n, others) = (labelled.len() as f64, judged_only.len() as f64);
    let mean = |values: &mut dyn Iterator<Item = f64>, count: f64| values.sum::<f64>() / count;
    let judged = mean(&mut labelled.iter().map(|[judged, _]| *judged), n);
    let hand = mean(&mut labelled.iter().map(|[_, hand]| *hand), n);
    let elsewhere = mean(&mut judged_only.iter().copied(), others);
    let lambda = match tuning {
        Tuning::Full => 1.0,
        Tuning::LeastVariance => {
            let covariance = mean(&mut labelled.iter().map(|[f, y]| (y - hand) * (f - judged)), n);
            let all = || labelled.iter().map(|[judged, _]| *judged).chain(judged_only.iter().copied());
            let center = mean(&mut all(), n + others);
            let variance = mean(&mut all().map(|value| (value - center).powi(2)), n + others - 1.0);
            if variance <= 0.0 {
                return None;
            }
            (covariance / ((1.0 + n / others) * variance)).clamp(0.0, 1.0)
        }
    };
    let value = lambda * elsewhere + hand - lambda * judged;
    let imputed = lambda * lambda * mean(&mut judged_only.iter().map(|f| (f - elsewhere).powi(2)), others) / others;
    let off = hand - lambda * judged;
    let rectifier = mean(&mut labelled.iter().map(|[f, y]| (y - lambda * f - off).powi(2)), n) / n;
    let reach = normal_quantile(f64::midpoint(1.0, confidence)) * (imputed + rectifier).sqrt();
    Some(UnitLevel { value, interval: Interval { low: value - reach, high: value + reach }, lambda })
}

#[cfg(test)]
mod tests {
    use super::{Tuning, unit_level_ppi};

    #[test]
    fn what_cannot_be_estimated_is_undefined() {
        assert_eq!(unit_level_ppi(&[], &[1.0], Tuning::Full, 0.95), None);
        assert_eq!(unit_level_ppi(&[[1.0, 1.0]], &[], Tuning::Full, 0.95), None);
        assert_eq!(unit_level_ppi(&[[1.0, 0.0], [1.0, 1.0]], &[1.0], Tuning::LeastVariance, 0.95), None);
        let one = unit_level_ppi(&[[1.0, 0.0], [0.0, 0.0]], &[1.0, 1.0, 0.0, 0.0], Tuning::Full, 0.95).unwrap();
        assert_eq!((one.value, one.lambda), (0.0, 1.0));
    }
}
