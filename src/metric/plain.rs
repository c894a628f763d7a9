//! The interface of fast paths for documents that contain only contiguous, labelled spans: they are
//! counted without building annotations, which makes large files fast.
//!
//! Figures are bit-identical to those of [`super::MetricGroup::sum`], and outcomes equal those of
//! [`super::MetricGroup::count`]; property tests compare both.

use std::sync::Arc;

use super::item::{Class, Detail, Item, Side};
use super::{Name, Statistic, StatisticKey, Statistics};
use crate::align;

/// Sums of one document, by the number of the metric in [`super::MetricGroup::metrics`] and the
/// number of the label.
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

/// The outcome of one span or pair of spans. Sides are indices into the lists of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainOutcome {
    /// The outcome class.
    pub class: Class,
    /// The kind of error, if the metric group determines one.
    pub detail: Option<Detail>,
    /// The gold span; `None` for a spurious prediction.
    pub gold: Option<usize>,
    /// The predicted span; `None` for a missed gold span.
    pub predicted: Option<usize>,
}

/// A metric group's fast path for plain spans.
pub trait PlainCounter: Sync {
    /// Sums one document into `statistics`, which is cleared first, and appends the outcome of
    /// every span to `outcomes`, if requested, in no particular order.
    ///
    /// Spans must be in the order of the file, with labels numbered in sorted order, and without
    /// fragments.
    fn count(
        &self,
        gold: &[align::Item],
        predicted: &[align::Item],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    );
}

/// Converts the outcomes of one document to items of a report, in text order and without texts.
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
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}
