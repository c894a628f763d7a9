//! Selective prediction: the error rate among the most confident predictions, by the proportion
//! that is kept.

use super::Ranking;

impl Ranking {
    /// The risk-coverage curve: for each distinct confidence in descending order, the proportion of
    /// the predictions at or above it (coverage), and the proportion of wrong ones among these
    /// (risk).
    pub fn risk_coverage(&self) -> Vec<(f64, f64)> {
        let point = |(wrong, all): &mut (u64, u64), level: super::ConfidenceGroup| {
            *wrong += level.wrong();
            *all += level.all;
            Some((*all as f64 / self.ranked() as f64, *wrong as f64 / *all as f64))
        };
        self.levels().scan((0, 0), point).collect()
    }

    /// The area under the risk-coverage curve: the mean, over k from 1 to the number of
    /// predictions, of the risk among the k most confident ones (Geifman, Uziel and El-Yaniv 2019).
    /// Ties are averaged over all orders. 0 to 1, lower is better; `None` without predictions.
    pub fn area_under_risk_coverage(&self) -> Option<f64> {
        let (mut wrong, mut all, mut sum) = (0, 0, 0.0);
        for level in self.levels() {
            let share = level.wrong() as f64 / level.all as f64;
            for taken in 1..=level.all {
                sum += (wrong as f64 + taken as f64 * share) / (all + taken) as f64;
            }
            wrong += level.wrong();
            all += level.all;
        }
        (all > 0).then(|| sum / all as f64)
    }

    /// The accuracy of the most confident `percent` of the predictions, rounded up to a whole
    /// prediction. If the cut-off falls within a tie, it is the mean over all orders. `None`
    /// without predictions.
    pub fn selective_accuracy(&self, percent: u32) -> Option<f64> {
        let wanted = (u128::from(self.ranked()) * u128::from(percent)).div_ceil(100);
        let wanted = u64::try_from(wanted).unwrap_or(u64::MAX).min(self.ranked());
        let (mut right, mut all) = (0.0, 0);
        for level in self.levels() {
            let taken = level.all.min(wanted - all);
            right += level.right as f64 * (taken as f64 / level.all as f64);
            all += taken;
            if all == wanted {
                break;
            }
        }
        (wanted > 0).then(|| right / wanted as f64)
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
    fn the_area_by_hand() {
        // Risks among the first one, two, three and four: 0, 1/2, 1/3, 1/2.
        let ranking = ranking(&[(0.9, true), (0.8, false), (0.7, true), (0.6, false)]);
        let area = ranking.area_under_risk_coverage().unwrap();
        assert!((area - (0.5 + 1.0 / 3.0 + 0.5) / 4.0).abs() < 1e-15);
        let curve = [(0.25, 0.0), (0.5, 0.5), (0.75, 1.0 / 3.0), (1.0, 0.5)];
        assert_eq!(ranking.risk_coverage(), curve);
        let accuracies = [1, 25, 26, 50, 75, 100].map(|percent| ranking.selective_accuracy(percent).unwrap());
        assert_eq!(accuracies, [1.0, 1.0, 0.5, 0.5, 2.0 / 3.0, 0.5]);
    }

    #[test]
    fn equal_confidences_count_as_the_mean_of_their_orders() {
        // Right first: 0 and 1/2; wrong first: 1 and 1/2.
        let ranking = ranking(&[(0.5, true), (0.5, false)]);
        assert_eq!(ranking.area_under_risk_coverage(), Some(f64::midpoint(0.25, 0.75)));
        assert_eq!(ranking.selective_accuracy(50), Some(0.5));
        assert_eq!(ranking.risk_coverage(), [(1.0, 0.5)]);
        assert_eq!(Ranking::default().area_under_risk_coverage(), None);
        assert_eq!(Ranking::default().selective_accuracy(50), None);
    }
}
