//! How sums become figures: karat's own arithmetic, and the trait by which presets have that of
//! another tool.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use super::statistic::FABRICATION;
use super::{Average, Name, Options, Statistic, StatisticKey, Statistics};
use crate::stats::Interval;

/// How sums become figures. karat has its own arithmetic, [`Karat`]; a preset uses that of the tool
/// it reproduces, including the order of floating-point operations, which determines the last
/// digit.
pub trait Arithmetic: Sync + RefUnwindSafe {
    /// Returns the statistics that a sum yields, in report order; a single empty name if the metric
    /// is a single figure.
    fn stats(&self, statistic: &Statistic, options: &Options) -> Vec<Name>;

    /// Returns a statistic of one of the sums; `None` if the denominator is zero.
    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64>;

    /// Returns a statistic of the sums of a single document, for the per-document figures.
    fn value_of_document(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        match statistics.get(key)?.corpus() {
            Some(sums) => sums.value_of_document(),
            None => self.value(statistics, key, stat),
        }
    }

    /// Returns whether a statistic is averaged over labels.
    fn is_averaged(&self, stat: &str) -> bool {
        stat != FABRICATION
    }

    /// Returns the residual of a document: its first-order contribution to the error of a
    /// statistic, from which the confidence interval is computed. `None` if the statistic does not
    /// depend on the document. Override it for figures that depend on several sums.
    fn residual(&self, total: &Statistics, document: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        total.get(key)?.residual(document.get(key)?, stat)
    }

    /// Returns the value of 0 divided by 0 unless the user sets one; undefined by default.
    fn zero_division(&self) -> Option<f64> {
        None
    }

    /// Returns whether averages are shown if there are no labels. The macro average of no labels is
    /// then undefined, whatever the value of 0 divided by 0.
    fn averages_nothing(&self) -> bool {
        false
    }

    /// Returns figures that depend on all single documents and not on sums, such as those of a
    /// bootstrap, by sum and statistic. `documents` are in the order of their ids. Called only if
    /// the sums of documents are kept. Returns none by default.
    fn of_documents(
        &self,
        _documents: &[(&str, &Statistics)],
        _options: &Options,
    ) -> BTreeMap<(StatisticKey, Name), OverDocuments> {
        BTreeMap::new()
    }

    /// Returns whether every figure depends only on the sum under its name, so that
    /// [`Statistic::residual`]
    /// gives the complete residual of a document. Otherwise the sums of every document are kept
    /// until the end.
    fn is_of_single_sums(&self) -> bool {
        true
    }

    /// Returns whether values are karat's own ([`Statistic::value`] of the sum under the name of
    /// the figure) and averages over labels are weighted means. No other sum then affects a figure.
    fn is_karat(&self) -> bool {
        false
    }

    /// Returns the averages over labels, in report order.
    fn averages(&self) -> &'static [Average] {
        &[Average::Macro, Average::Weighted]
    }

    /// Returns the average of a statistic over the labels of a metric. `labels` contains the key,
    /// weight (1, or the number of gold items) and value of each label for which it is defined.
    fn average(&self, labels: &[(StatisticKey, f64, f64)]) -> Option<f64> {
        let total: f64 = labels.iter().map(|(_, weight, _)| weight).sum();
        let sum: f64 = labels.iter().map(|(_, weight, value)| weight * value).sum();
        (total > 0.0).then(|| sum / total)
    }
}

/// A figure that depends on all single documents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverDocuments {
    /// The figure.
    pub value: f64,
    /// The confidence interval, at the level given in the signature.
    pub interval: Option<Interval>,
}

/// karat's own arithmetic: exact ratios, F1 as a single ratio, undefined if the denominator is
/// zero.
pub struct Karat;

impl Arithmetic for Karat {
    fn stats(&self, statistic: &Statistic, options: &Options) -> Vec<Name> {
        statistic.stats(options)
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        statistics.get(key)?.value(stat)
    }

    fn is_karat(&self) -> bool {
        true
    }
}
