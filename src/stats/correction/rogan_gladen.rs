//! The correction of a share of positive verdicts by the sensitivity and the specificity of the
//! judge (Rogan and Gladen 1978).

use super::super::interval::Interval;
use super::super::normal::normal_quantile;

/// Counts of binary verdicts on units with hand-made ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JudgeAccuracy {
    /// Number of units that are positive by hand.
    pub positives: u64,
    /// Number of units that are positive both by hand and by the judge.
    pub true_positives: u64,
    /// Number of units that are negative by hand.
    pub negatives: u64,
    /// Number of units that are negative both by hand and by the judge.
    pub true_negatives: u64,
}

impl JudgeAccuracy {
    /// Counts a unit.
    pub fn add(&mut self, judged: bool, hand: bool) {
        let (all, right) = if hand {
            (&mut self.positives, &mut self.true_positives)
        } else {
            (&mut self.negatives, &mut self.true_negatives)
        };
        *all += 1;
        *right += u64::from(judged == hand);
    }

    /// The share of the positive units that the judge finds, 0 to 1; `None` if there are none.
    pub fn sensitivity(&self) -> Option<f64> {
        (self.positives > 0).then(|| self.true_positives as f64 / self.positives as f64)
    }

    /// The share of the negative units that the judge rejects, 0 to 1; `None` if there are none.
    pub fn specificity(&self) -> Option<f64> {
        (self.negatives > 0).then(|| self.true_negatives as f64 / self.negatives as f64)
    }
}

/// The corrected share, 0 to 1: `(p + specificity - 1) / (sensitivity + specificity - 1)` for the
/// share `p` of positive verdicts on units without labels, cut to the range as judgy 0.1.0 does it.
/// `None` if sensitivity and specificity are undefined, or not above 1 together: such a judge is no
/// better than a coin.
pub fn rogan_gladen(accuracy: &JudgeAccuracy, positive_share: f64) -> Option<f64> {
    let (sensitivity, specificity) = (accuracy.sensitivity()?, accuracy.specificity()?);
    let informed = sensitivity + specificity - 1.0;
    (informed > 0.0).then(|| ((positive_share + specificity - 1.0) / informed).clamp(0.0, 1.0))
}

/// The interval of the corrected share of Lee et al. 2025 (arXiv 2511.21140, with the reference
/// implementation LLM-judge-reporting): all three shares are smoothed, and the uncertainty of
/// sensitivity and specificity is added to that of the `units` without labels. Units are taken as
/// independent. `None` as for [`rogan_gladen`], also after smoothing.
pub fn rogan_gladen_interval(
    accuracy: &JudgeAccuracy,
    positive_share: f64,
    units: u64,
    confidence: f64,
) -> Option<Interval> {
    rogan_gladen(accuracy, positive_share)?;
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let square = z * z;
    let n = units as f64 + square;
    let p = (units as f64 * positive_share + square / 2.0) / n;
    let smoothed = |right: u64, all: u64| ((right as f64 + 1.0) / (all as f64 + 2.0), all as f64 + 2.0);
    let (specificity, m0) = smoothed(accuracy.true_negatives, accuracy.negatives);
    let (sensitivity, m1) = smoothed(accuracy.true_positives, accuracy.positives);
    let informed = specificity + sensitivity - 1.0;
    // Smoothing may leave nothing of a judge that is hardly better than a coin.
    if informed <= 1e-12 {
        return None;
    }
    let share = (p + specificity - 1.0) / informed;
    let of_negatives = specificity * (1.0 - specificity) / m0;
    let of_positives = sensitivity * (1.0 - sensitivity) / m1;
    let shift = 2.0 * square * (share * of_positives - (1.0 - share) * of_negatives);
    let variance = p * (1.0 - p) / n + (1.0 - share).powi(2) * of_negatives + share.powi(2) * of_positives;
    let reach = z * variance.sqrt() / informed;
    let bound = |side: f64| (share + shift + side * reach).clamp(0.0, 1.0);
    Some(Interval { low: bound(-1.0), high: bound(1.0) }).filter(|interval| interval.low < interval.high)
}

#[cfg(test)]
mod tests {
    use super::{JudgeAccuracy, rogan_gladen, rogan_gladen_interval};

    const GOOD: JudgeAccuracy = JudgeAccuracy { positives: 50, true_positives: 45, negatives: 50, true_negatives: 40 };

    #[test]
    fn a_lenient_judge_is_corrected_downwards() {
        // (.6 + .8 - 1) / (.9 + .8 - 1).
        assert!((rogan_gladen(&GOOD, 0.6).unwrap() - 4.0 / 7.0).abs() < 1e-15);
        assert_eq!(rogan_gladen(&GOOD, 0.1), Some(0.0));
        let interval = rogan_gladen_interval(&GOOD, 0.6, 200, 0.95).unwrap();
        assert!(interval.low < 4.0 / 7.0 && 4.0 / 7.0 < interval.high);
    }

    #[test]
    fn a_coin_is_no_judge() {
        let coin = JudgeAccuracy { positives: 4, true_positives: 2, negatives: 4, true_negatives: 2 };
        assert_eq!(rogan_gladen(&coin, 0.5), None);
        assert_eq!(rogan_gladen_interval(&coin, 0.5, 10, 0.95), None);
        assert_eq!(rogan_gladen(&JudgeAccuracy { positives: 0, true_positives: 0, ..GOOD }, 0.5), None);
        let mut counted = JudgeAccuracy::default();
        for (judged, hand) in [(true, true), (false, true), (false, false)] {
            counted.add(judged, hand);
        }
        assert_eq!(counted, JudgeAccuracy { positives: 2, true_positives: 1, negatives: 1, true_negatives: 1 });
    }
}
