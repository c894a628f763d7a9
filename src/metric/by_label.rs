//! Outcomes of a whole layer and of each label, where a pair is either right or wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::statistics::{Counts, Name, Statistic, StatisticKey, Statistics};

/// Outcomes by label: the gold items of a label, and the predictions under it with what they earn.
#[derive(Debug, Default)]
pub(super) struct ByLabel<'a>(BTreeMap<&'a str, OfLabel>);

#[derive(Debug, Default)]
struct OfLabel {
    counts: Counts,
    credit2: u64,
    predicted: u64,
}

impl<'a> ByLabel<'a> {
    /// A gold item with its answer; each side's label gets the credit.
    pub fn pair(&mut self, gold: &'a str, predicted: &'a str, is_right: bool) {
        let counts = &mut self.0.entry(gold).or_default().counts;
        *(if is_right { &mut counts.correct } else { &mut counts.incorrect }) += 1;
        let answer = self.0.entry(predicted).or_default();
        answer.predicted += 1;
        answer.credit2 += 2 * u64::from(is_right);
    }

    /// A gold item without an answer.
    pub fn missed(&mut self, gold: &'a str) {
        self.0.entry(gold).or_default().counts.missed += 1;
    }

    /// A prediction that answers nothing.
    pub fn spurious(&mut self, predicted: &'a str) {
        let answer = self.0.entry(predicted).or_default();
        answer.counts.spurious += 1;
        answer.predicted += 1;
    }

    /// Adds the sums of a metric to a tally.
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
