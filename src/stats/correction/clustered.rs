//! Prediction-powered inference with documents as clusters.
//!
//! The labels of some documents L measure how far the judge is off there; its mean over the other
//! documents U is moved by that: `theta = lambda f(U) + y(L) - lambda f(L)`, where `f` is the
//! estimate from the judge's verdicts and `y` that from the labels. `lambda = 1` is PPI
//! (Angelopoulos et al. 2023, arXiv 2301.09633); PPI++ (2311.01453) takes the `lambda` between 0
//! and 1 with the least variance, so that a judge without information costs nothing.
//!
//! Both papers take units as independent. Here the variance is that of the residuals of documents,
//! and `lambda` minimises that variance: it is quadratic in `lambda`, with its minimum at
//! `cov_L(y, f) / (var_U(f) + var_L(f))`.

use super::super::interval::{Interval, quantile};
use super::linearised::Linearised;

/// How much the judge's verdicts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuning {
    /// Fully: PPI, `lambda = 1`.
    Full,
    /// As much as makes the variance least: PPI++.
    LeastVariance,
}

/// A corrected estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    /// The estimate, cut to 0 to 1.
    pub value: f64,
    /// The interval; `None` if the documents do not vary, since nothing is then known about the
    /// variance, or if nothing of it lies within 0 to 1.
    pub interval: Option<Interval>,
    /// The standard error, 0 or more.
    pub standard_error: f64,
    /// How much the judge's verdicts count, 0 to 1.
    pub lambda: f64,
    /// Whether the estimate was not between 0 and 1, so that the interval is linear and cut.
    pub is_clipped: bool,
}

/// Corrects the judge's estimate from the documents that only it judged, given the estimates from
/// the labelled documents: by the judge and by hand, on the same units.
///
/// The estimate is a share, 0 to 1. Its interval is Student's t on the logit scale, with one degree
/// of freedom less than there are labelled documents, which are the fewer. With fewer than two
/// documents that only the judge judged, the labels stand alone (`lambda` is 0).
///
/// Returns `None` for fewer than two labelled documents.
pub fn correct(
    judged_only: Option<&Linearised>,
    [judged, hand]: [&Linearised; 2],
    tuning: Tuning,
    confidence: f64,
) -> Option<Corrected> {
    let labelled = hand.residuals.len();
    if labelled < 2 {
        return None;
    }
    let judged_only = judged_only.filter(|estimate| estimate.residuals.len() >= 2);
    let of_judge = judged_only.map_or(0.0, |estimate| estimate.covariance(estimate)) + judged.covariance(judged);
    let shared = hand.covariance(judged);
    let lambda = match (judged_only, tuning) {
        (None, _) => 0.0,
        (Some(_), Tuning::Full) => 1.0,
        (Some(_), Tuning::LeastVariance) if of_judge > 0.0 => (shared / of_judge).clamp(0.0, 1.0),
        (Some(_), Tuning::LeastVariance) => 0.0,
    };
    let moved = judged_only.map_or(0.0, |estimate| estimate.value - judged.value);
    let estimate = hand.value + lambda * moved;
    let variance = hand.covariance(hand) + lambda * (lambda * of_judge - 2.0 * shared);
    let standard_error = variance.max(0.0).sqrt();
    let value = estimate.clamp(0.0, 1.0);
    let reach = quantile(labelled, confidence) * standard_error;
    let scale = estimate * (1.0 - estimate);
    let is_clipped = scale <= f64::EPSILON;
    let interval = (standard_error > f64::EPSILON).then(|| {
        if !is_clipped {
            let logit = (estimate / (1.0 - estimate)).ln();
            let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
            return Interval { low: logistic(logit - reach / scale), high: logistic(logit + reach / scale) };
        }
        Interval { low: (estimate - reach).clamp(0.0, 1.0), high: (estimate + reach).clamp(0.0, 1.0) }
    });
    // An estimate far outside leaves nothing of its interval.
    let interval = interval.filter(|interval| interval.low < interval.high);
    Some(Corrected { value, interval, standard_error, lambda, is_clipped })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::super::linearised::{Linearised, Sums};
    use super::{Corrected, Tuning, correct};

    fn ratio(documents: &[(f64, f64)]) -> Linearised {
        let sums: Vec<Sums> = documents
            .iter()
            .map(|(numerator, denominator)| Sums { numerator: *numerator, denominator: *denominator })
            .collect();
        Linearised::ratio(&sums).unwrap()
    }

    fn of(judged_only: &[(f64, f64)], judged: &[(f64, f64)], hand: &[(f64, f64)], tuning: Tuning) -> Corrected {
        let only = (!judged_only.is_empty()).then(|| ratio(judged_only));
        correct(only.as_ref(), [&ratio(judged), &ratio(hand)], tuning, 0.95).unwrap()
    }

    /// By hand: f(U) = 6/12, f(L) = 4/6, y(L) = 3/6, so .5 + .5 - .6667 = .3333. Residuals on L of
    /// y - f: (0, -1, 0) - (-1/6)(2, 2, 2) = (1/3, -2/3, 1/3), over 6; on U of f: (1, -1, -1, 1)
    /// over 12. The variances are 3/2 * (6/9)/36 = 1/36 and 4/3 * 4/144 = 1/27.
    #[test]
    fn a_small_case_by_hand() {
        let only = [(2.0, 2.0), (1.0, 4.0), (1.0, 4.0), (2.0, 2.0)];
        let (judged, hand) = ([(2.0, 2.0), (1.0, 2.0), (1.0, 2.0)], [(2.0, 2.0), (0.0, 2.0), (1.0, 2.0)]);
        let full = of(&only, &judged, &hand, Tuning::Full);
        assert!((full.value - 1.0 / 3.0).abs() < 1e-15 && full.lambda == 1.0);
        assert!((full.standard_error.powi(2) - (1.0 / 36.0 + 1.0 / 27.0)).abs() < 1e-15);
        // cov(y, f) = 3/2 * (1 * 2/3 + 1 * 1/3) / 36 = 1/24.
        // var f = 1/27 + 3/2 * (6/9) / 36 = 7/108.
        let tuned = of(&only, &judged, &hand, Tuning::LeastVariance);
        assert!((tuned.lambda - (1.0 / 24.0) / (7.0 / 108.0)).abs() < 1e-15);
        assert!(tuned.standard_error < full.standard_error);
    }

    #[test]
    fn labels_stand_alone_where_there_is_nothing_else() {
        let (judged, hand) = ([(1.0, 2.0), (1.0, 2.0)], [(2.0, 2.0), (1.0, 2.0)]);
        let alone = of(&[], &judged, &hand, Tuning::Full);
        assert_eq!((alone.value, alone.lambda), (0.75, 0.0));
        assert_eq!(of(&[(0.0, 5.0)], &judged, &hand, Tuning::Full), alone);
        let one = ratio(&[(1.0, 2.0)]);
        assert_eq!(correct(None, [&one, &one], Tuning::Full, 0.95), None);
    }

    #[test]
    fn a_correction_beyond_the_range_is_cut() {
        let (judged, hand) = ([(0.0, 4.0), (1.0, 4.0)], [(4.0, 4.0), (3.0, 4.0)]);
        let beyond = of(&[(4.0, 4.0), (3.0, 4.0)], &judged, &hand, Tuning::Full);
        assert!(beyond.is_clipped && beyond.value == 1.0);
        assert!(beyond.interval.is_none_or(|interval| interval.high == 1.0));
    }

    proptest! {
        /// A judge that is always right leaves the ratio over all documents, and tuning never makes
        /// the variance larger.
        #[test]
        fn tuning_never_costs(counts in proptest::collection::vec((0_u32..5, 0_u32..5, 1_u32..5), 6..30)) {
            let cell = |hits: u32, all: u32| (f64::from(hits.min(all)), f64::from(all));
            let judged: Vec<_> = counts.iter().map(|(f, _, all)| cell(*f, *all)).collect();
            let hand: Vec<_> = counts.iter().map(|(_, y, all)| cell(*y, *all)).collect();
            let (only, labelled) = judged.split_at(counts.len() / 2);
            let hand = &hand[counts.len() / 2..];
            let [full, tuned] = [Tuning::Full, Tuning::LeastVariance].map(|tuning| of(only, labelled, hand, tuning));
            prop_assert!(tuned.standard_error <= full.standard_error + 1e-12);
            prop_assert!((0.0..=1.0).contains(&tuned.lambda) && (0.0..=1.0).contains(&tuned.value));
            let right = of(only, labelled, labelled, Tuning::Full);
            prop_assert!((right.value - ratio(only).value).abs() < 1e-12);
        }
    }
}
