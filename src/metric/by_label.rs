//! Outcomes of a whole layer and of each label, for metrics under which a pair is either correct or
//! wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Counts, Name, Statistic, StatisticKey, Statistics};

/// Outcomes by label: the gold items of the label, and the predictions under it with the credit
/// they earn.
#[derive(Debug, Default)]
pub(super) struct ByLabel<'a>(BTreeMap<&'a str, OfLabel>);

#[derive(Debug, Default)]
struct OfLabel {
    counts: Counts,
    credit2: u64,
    predicted: u64,
}

impl<'a> ByLabel<'a> {
    /// Adds a gold item with its prediction; the label of each side gets the credit.
    pub fn pair(&mut self, gold: &'a str, predicted: &'a str, is_right: bool) {
        let counts = &mut self.0.entry(gold).or_default().counts;
        *(if is_right { &mut counts.correct } else { &mut counts.incorrect }) += 1;
        let answer = self.0.entry(predicted).or_default();
        answer.predicted += 1;
        answer.credit2 += 2 * u64::from(is_right);
    }

    /// Adds a gold item without a prediction.
    pub fn missed(&mut self, gold: &'a str) {
        self.0.entry(gold).or_default().counts.missed += 1;
    }

    /// Adds a prediction without a gold item.
    pub fn spurious(&mut self, predicted: &'a str) {
        let answer = self.0.entry(predicted).or_default();
        answer.counts.spurious += 1;
        answer.predicted += 1;
    }

    /// Adds the sums of a metric to `statistics`.
    pub fn add_to(self, statistics: &mut Statistics, metric: &'static str) {
        let mut whole = Counts::default();
        for (label, OfLabel { counts, credit2, predicted }) in self.0 {
            whole += counts;
            statistics.add(
                StatisticKey::labelled(metric, &Arc::from(label)),
                Statistic::Matches { counts, credit2, predicted },
            );
        }
        statistics.add(StatisticKey::whole(Name::from(metric)), Statistic::matches(whole));
    }
}
