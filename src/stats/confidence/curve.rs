//! The precision-recall curve over confidence thresholds.

use super::Ranking;

/// Precision and recall of the predictions at or above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The lowest confidence that is kept.
    pub threshold: f64,
    /// Proportion of right ones among the kept predictions, 0 to 1.
    pub precision: f64,
    /// Proportion of the gold items that the kept predictions find, 0 to 1; `None` without gold
    /// items.
    pub recall: Option<f64>,
}

/// The threshold with the highest F1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// The lowest confidence that is kept.
    pub threshold: f64,
    /// Precision at the threshold, 0 to 1.
    pub precision: f64,
    /// Recall at the threshold, 0 to 1; `None` without gold items.
    pub recall: Option<f64>,
    /// F1 at the threshold, 0 to 1.
    pub f1: f64,
}

impl Ranking {
    /// One point for each distinct confidence, in descending order. It is the curve of
    /// scikit-learn's `precision_recall_curve` in reverse order, without the last point at recall
    /// 0, and with all gold items in the denominator of recall.
    pub fn precision_recall(&self) -> Vec<CurvePoint> {
        let point = |(threshold, right, all): (f64, u64, u64)| CurvePoint {
            threshold,
            precision: right as f64 / all as f64,
            recall: self.recall(right),
        };
        self.kept().map(point).collect()
    }

    /// Average precision: the sum over the levels of precision times the increase in recall, as in
    /// scikit-learn's `average_precision_score`, without interpolation and with ties as one step.
    /// Gold items that no prediction finds keep it below 1. `None` without gold items.
    pub fn average_precision(&self) -> Option<f64> {
        let mut before = 0;
        let mut sum = 0.0;
        for (_, right, all) in self.kept() {
            sum += (right - before) as f64 * (right as f64 / all as f64);
            before = right;
        }
        (self.gold() > 0).then(|| sum / self.gold() as f64)
    }

    /// The threshold with the highest F1, and of equal ones the highest threshold. The comparison
    /// uses integers, so it is exact. `None` without predictions.
    pub fn best_f1(&self) -> Option<Best> {
        let mut best: Option<(f64, u64, u64)> = None;
        for (threshold, right, all) in self.kept() {
            // 2 right / (all + gold), compared by cross-multiplication.
            let product = |right: u64, other: u64| u128::from(right) * u128::from(other + self.gold());
            if best.is_none_or(|(_, r, a)| product(right, a) > product(r, all)) {
                best = Some((threshold, right, all));
            }
        }
        best.map(|(threshold, right, all)| Best {
            threshold,
            precision: right as f64 / all as f64,
            recall: self.recall(right),
            f1: (2 * right) as f64 / (all + self.gold()) as f64,
        })
    }

    fn recall(&self, right: u64) -> Option<f64> {
        (self.gold() > 0).then(|| right as f64 / self.gold() as f64)
    }

    /// For each threshold in descending order, the threshold, the number of right predictions kept,
    /// and the number of all predictions kept.
    fn kept(&self) -> impl Iterator<Item = (f64, u64, u64)> + '_ {
        self.levels().scan((0, 0), |(right, all), level| {
            *right += level.right;
            *all += level.all;
            Some((level.confidence, *right, *all))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Ranking;
    use super::{Best, CurvePoint};

    fn ranking(predictions: &[(f64, bool)], gold: u64) -> Ranking {
        let mut ranking = Ranking::default();
        predictions.iter().for_each(|&(confidence, right)| ranking.predict(Some(confidence), right));
        ranking.expect(gold);
        ranking
    }

    /// The example in scikit-learn's documentation: .8333, and the points of its curve.
    #[test]
    fn as_scikit_learn() {
        let ranking = ranking(&[(0.1, false), (0.4, false), (0.35, true), (0.8, true)], 2);
        assert!((ranking.average_precision().unwrap() - 0.833_333_333_333_333_3).abs() < 1e-15);
        let point = |threshold, precision, recall| CurvePoint { threshold, precision, recall: Some(recall) };
        let points = [point(0.8, 1.0, 0.5), point(0.4, 0.5, 0.5), point(0.35, 2.0 / 3.0, 1.0), point(0.1, 0.5, 1.0)];
        assert_eq!(ranking.precision_recall(), points);
        let best = Best { threshold: 0.35, precision: 2.0 / 3.0, recall: Some(1.0), f1: 0.8 };
        assert_eq!(ranking.best_f1(), Some(best));
    }

    #[test]
    fn what_is_never_found_costs_recall() {
        let ranking = ranking(&[(0.9, true)], 4);
        assert_eq!(ranking.average_precision(), Some(0.25));
        assert_eq!(ranking.best_f1().map(|best| best.f1), Some(0.4));
    }

    #[test]
    fn of_equal_f1_the_highest_threshold() {
        // 2 * 1 / (1 + 2) and 2 * 2 / (4 + 2) are equal.
        let ranking = ranking(&[(0.9, true), (0.5, false), (0.4, false), (0.3, true)], 2);
        assert_eq!(ranking.best_f1().map(|best| best.threshold), Some(0.9));
    }

    #[test]
    fn without_gold_items_there_is_no_recall() {
        let ranking = ranking(&[(0.9, false)], 0);
        assert_eq!(ranking.average_precision(), None);
        assert_eq!(ranking.best_f1(), Some(Best { threshold: 0.9, precision: 0.0, recall: None, f1: 0.0 }));
        assert_eq!(Ranking::default().best_f1(), None);
    }
}
