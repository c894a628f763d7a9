//! Counting documents of nothing but contiguous, labelled spans, without building annotations:
//! what makes large files fast.
//!
//! The figures are those of [`super::MetricGroup::sum`] and the outcomes those of
//! [`super::MetricGroup::count`], to the bit; property tests hold both against each other.

use std::sync::Arc;

use super::item::{Class, Detail, Item, Side};
use super::{Name, Statistic, StatisticKey, Statistics};
use crate::align;

/// Sums of one document, by the number of the metric in [`super::MetricGroup::metrics`] and the number
/// of the label.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlainStatistics {
    /// The whole layer, metric by metric.
    pub wholes: Vec<Statistic>,
    /// Metric by metric, ascending labels.
    pub labels: Vec<(usize, u32, Statistic)>,
}

impl PlainStatistics {
    /// Returns the sums under the names of the metrics and labels.
    pub fn named(&self, metrics: &[Name], labels: &[Arc<str>]) -> Statistics {
        let mut statistics = Statistics::default();
        for (metric, statistic) in metrics.iter().zip(&self.wholes) {
            statistics.add(StatisticKey::whole(metric.clone()), statistic.clone());
        }
        for (metric, label, statistic) in &self.labels {
            statistics
                .add(StatisticKey::labelled(metrics[*metric].clone(), &labels[*label as usize]), statistic.clone());
        }
        statistics
    }
}

/// What became of one span or pair of spans. Sides are indices into the lists of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainOutcome {
    /// What became of it.
    pub class: Class,
    /// How it went wrong, where the metric group says so.
    pub detail: Option<Detail>,
    /// The gold span; `None` for a spurious prediction.
    pub gold: Option<usize>,
    /// The predicted span; `None` for a missed gold span.
    pub predicted: Option<usize>,
}

/// A metric group's fast path for plain spans.
pub trait PlainCounter: Sync {
    /// Sums one document into `statistics`, which is emptied first, and appends what became of every
    /// span to `outcomes`, in no particular order, if they are asked for.
    ///
    /// Spans come in the order of the file, their labels are numbered in sorted order, and none has
    /// fragments.
    fn count(
        &self,
        gold: &[align::Item],
        predicted: &[align::Item],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    );
}

/// The outcomes of one document as items of a report, in text order. Their texts are not known.
pub fn plain_items(
    gold: &[align::Item],
    predicted: &[align::Item],
    labels: &[Arc<str>],
    outcomes: &[PlainOutcome],
) -> Vec<Item> {
    let side = |item: &align::Item| Side {
        span: Some((item.start, item.end)),
        label: labels[item.label as usize].to_string(),
        text: String::new(),
    };
    let item = |outcome: &PlainOutcome| Item {
        class: outcome.class,
        gold: outcome.gold.map(|g| side(&gold[g])),
        predicted: outcome.predicted.map(|p| side(&predicted[p])),
        evidence: None,
        detail: outcome.detail,
        ground: None,
    };
    let mut items: Vec<Item> = outcomes.iter().map(item).collect();
    items.sort_by(|a, b| a.place().cmp(&b.place()).then(a.class.cmp(&b.class)));
    items
}
