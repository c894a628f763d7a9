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
    /// Warnings about the reliability of the figures.
    pub warnings: Vec<String>,
}

impl PlainStatistics {
    /// Iterates over the sums with the numbers of their metrics and labels; the labels of a metric
    /// are consecutive.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Option<u32>, &Statistic)> {
        let wholes = self.wholes.iter().enumerate().map(|(metric, statistic)| (metric, None, statistic));
        wholes.chain(self.labels.iter().map(|(metric, label, statistic)| (*metric, Some(*label), statistic)))
    }

    /// Returns the sums under the names of the metrics and labels.
    pub fn named(&self, names: &PlainNames) -> Statistics {
        self.iter().map(|(metric, label, statistic)| (names.key(metric, label), statistic.clone())).collect()
    }
}

/// The names of the metrics and labels that are numbered in [`PlainStatistics`].
#[derive(Debug, Clone, Default)]
pub struct PlainNames {
    /// The metrics of the group.
    pub metrics: Vec<Name>,
    /// The labels, sorted.
    pub labels: Vec<Arc<str>>,
}

impl PlainNames {
    fn key(&self, metric: usize, label: Option<u32>) -> StatisticKey {
        let label = label.map(|label| Arc::clone(&self.labels[label as usize]));
        StatisticKey { metric: self.metrics[metric].clone(), at: 0, label }
    }
}

/// What a table of sums knows about the keys of [`PlainStatistics`], so that it looks each key up
/// by name only once. The names must be the same in every call.
#[derive(Debug, Clone, Default)]
pub struct PlainKeys<T>(Vec<Option<T>>);

impl<T: Copy> PlainKeys<T> {
    /// Returns what is known about a key; the first time, looks it up.
    pub fn get(
        &mut self,
        names: &PlainNames,
        (metric, label): (usize, Option<u32>),
        look_up: impl FnOnce(&StatisticKey) -> T,
    ) -> T {
        let index = metric * (names.labels.len() + 1) + label.map_or(0, |label| label as usize + 1);
        if self.0.len() <= index {
            self.0.resize(names.metrics.len() * (names.labels.len() + 1), None);
        }
        *self.0[index].get_or_insert_with(|| look_up(&names.key(metric, label)))
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
        gold: &[align::LabelledSpan],
        predicted: &[align::LabelledSpan],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    );
}

/// Converts the outcomes of one document to items of a report, in text order and without texts.
pub fn plain_items(
    gold: &[align::LabelledSpan],
    predicted: &[align::LabelledSpan],
    labels: &[Arc<str>],
    outcomes: &[PlainOutcome],
) -> Vec<Item> {
    let side = |item: &align::LabelledSpan| Side {
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
        records: [None; 2],
    };
    let mut items: Vec<Item> = outcomes.iter().map(item).collect();
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}
