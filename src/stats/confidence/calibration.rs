//! Calibration: whether predictions with a confidence of 0.8 are right in 80 % of the cases.

use super::Ranking;

/// The predictions whose confidence lies in one range.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// Lower bound, which belongs to the bin below; in the first bin it is inclusive.
    pub low: f64,
    /// Upper bound, inclusive.
    pub high: f64,
    /// Number of predictions.
    pub all: u64,
    /// Number of right predictions.
    pub right: u64,
    /// Sum of the confidences.
    sum: f64,
}

impl Bin {
    /// Mean confidence, 0 to 1; `None` in an empty bin.
    pub fn confidence(&self) -> Option<f64> {
        (self.all > 0).then(|| self.sum / self.all as f64)
    }

    /// Proportion of right predictions, 0 to 1; `None` in an empty bin.
    pub fn accuracy(&self) -> Option<f64> {
        (self.all > 0).then(|| self.right as f64 / self.all as f64)
    }

    /// Absolute difference of accuracy and mean confidence; 0 in an empty bin.
    pub fn gap(&self) -> f64 {
        self.confidence().zip(self.accuracy()).map_or(0.0, |(confidence, accuracy)| (accuracy - confidence).abs())
    }
}

impl Ranking {
    /// Bins of equal width over 0 to 1, `(low, high]` as in Guo et al. 2017 and in scikit-learn's
    /// `calibration_curve`, whose edges `i * (1 / bins)` these equal bit for bit. Confidences
    /// outside 0 to 1 go to the outermost bins.
    ///
    /// # Panics
    /// Panics if `bins` is 0.
    pub fn bins(&self, bins: u32) -> Vec<Bin> {
        assert!(bins > 0, "there must be a bin");
        let width = 1.0 / f64::from(bins);
        let bin = |at: u32| Bin {
            low: f64::from(at) * width,
            high: if at + 1 == bins { 1.0 } else { f64::from(at + 1) * width },
            ..Bin::default()
        };
        let mut filled: Vec<Bin> = (0..bins).map(bin).collect();
        let mut at = 0;
        // In ascending order of confidence, so that one pass fills the bins.
        for level in self.levels().rev() {
            while at + 1 < filled.len() && level.confidence > filled[at].high {
                at += 1;
            }
            filled[at].all += level.all;
            filled[at].right += level.right;
            filled[at].sum += level.confidence * level.all as f64;
        }
        filled
    }

    /// Expected calibration error: the mean over predictions of their bin's gap between mean
    /// confidence and accuracy (Naeini et al. 2015; Guo et al. 2017). 0 to 1, lower is better;
    /// `None` without predictions.
    pub fn expected_calibration_error(&self, bins: u32) -> Option<f64> {
        let sum: f64 = self.bins(bins).iter().map(|bin| bin.gap() * bin.all as f64).sum();
        (self.ranked() > 0).then(|| sum / self.ranked() as f64)
    }

    /// Maximum calibration error: the largest gap of any bin, 0 to 1, lower is better; `None`
    /// without predictions.
    pub fn maximum_calibration_error(&self, bins: u32) -> Option<f64> {
        let most = self.bins(bins).iter().map(Bin::gap).fold(0.0, f64::max);
        (self.ranked() > 0).then_some(most)
    }

    /// The Brier score: the mean squared difference of the confidences from 1 (right) and 0
    /// (wrong), as in scikit-learn's `brier_score_loss` (Brier 1950; half of his sum over both
    /// classes). 0 to 1, lower is better; `None` without predictions.
    pub fn brier(&self) -> Option<f64> {
        let square = |confidence: f64, right: u64, wrong: u64| {
            (1.0 - confidence).powi(2) * right as f64 + confidence.powi(2) * wrong as f64
        };
        let sum: f64 = self.levels().map(|level| square(level.confidence, level.right, level.wrong())).sum();
        (self.ranked() > 0).then(|| sum / self.ranked() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Ranking;

    fn ranking(predictions: &[(f64, bool)]) -> Ranking {
        let mut ranking = Ranking::default();
        predictions.iter().for_each(|&(confidence, right)| ranking.predict(Some(confidence), right));
        ranking
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below() {
        let ranking = ranking(&[(0.0, false), (0.25, true), (0.5, true), (0.75, false), (1.0, true)]);
        let filled: Vec<_> = ranking.bins(4).iter().map(|bin| (bin.low, bin.high, bin.all, bin.right)).collect();
        assert_eq!(filled, [(0.0, 0.25, 2, 1), (0.25, 0.5, 1, 1), (0.5, 0.75, 1, 0), (0.75, 1.0, 1, 1)]);
    }

    #[test]
    fn errors_by_hand() {
        // Two bins: .25 with one of two right, .875 with both right.
        let ranking = ranking(&[(0.25, true), (0.25, false), (0.75, true), (1.0, true)]);
        assert_eq!(ranking.expected_calibration_error(2), Some((0.25 * 2.0 + 0.125 * 2.0) / 4.0));
        assert_eq!(ranking.maximum_calibration_error(2), Some(0.25));
        assert_eq!(ranking.brier(), Some((0.5625 + 0.0625 + 0.0625) / 4.0));
        assert_eq!(Ranking::default().brier(), None);
        assert_eq!(Ranking::default().expected_calibration_error(2), None);
    }

    #[test]
    fn certain_and_correct_predictions_have_no_calibration_error() {
        let ranking = ranking(&[(1.0, true), (0.0, false)]);
        assert_eq!((ranking.brier(), ranking.expected_calibration_error(10)), (Some(0.0), Some(0.0)));
    }
}
