//! Computes coreference figures from sums as the reference scorer does.

use crate::metric::statistics::Name;
use crate::metric::{Arithmetic, Average, Options, Statistic, StatisticKey, Statistics};

/// The metrics of which CoNLL is the mean.
const CONLL: [&str; 3] = ["muc", "b3", "ceafe"];

/// The two kinds of links of BLANC, used as labels.
pub(super) const LINKS: [&str; 2] = ["coreferent", "non-coreferent"];

/// 0 if the denominator is zero, undefined without any mentions; BLANC and CoNLL are computed from
/// the sums of other metrics.
pub(super) struct CoreferenceArithmetic;

impl Arithmetic for CoreferenceArithmetic {
    fn stats(&self, statistic: &Statistic, _: &Options) -> Vec<Name> {
        let names: &[&'static str] =
            if matches!(statistic, Statistic::Average { .. }) { &["f1"] } else { &["precision", "recall", "f1"] };
        names.iter().map(|name| (*name).into()).collect()
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        if !has_mentions(statistics) {
            return None;
        }
        let of = |key: &StatisticKey| statistics.get(key).and_then(|statistic| statistic.value(stat)).unwrap_or(0.0);
        let parts = parts(statistics, key);
        let sum: f64 = parts.iter().map(of).sum();
        Some(sum / parts.len() as f64)
    }

    /// To first order, the residual of a mean is the mean of the residuals.
    fn residual(&self, total: &Statistics, document: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        if !has_mentions(document) {
            return None;
        }
        let share = |key: &StatisticKey| total.get(key)?.residual(document.get(key)?, stat);
        let parts = parts(total, key);
        let shares: Vec<f64> = parts.iter().filter_map(share).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / parts.len() as f64)
    }

    fn is_of_single_sums(&self) -> bool {
        false
    }

    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

fn has_mentions(statistics: &Statistics) -> bool {
    let mentions = statistics.get(&StatisticKey::whole("mentions"));
    matches!(mentions, Some(Statistic::Matches { counts, predicted, .. }) if counts.possible() + predicted > 0)
}

/// Returns the keys of the sums whose figures are averaged: its own, or several for CoNLL and
/// BLANC.
fn parts(statistics: &Statistics, key: &StatisticKey) -> Vec<StatisticKey> {
    match (&*key.metric, &key.label) {
        ("conll", _) => CONLL.map(StatisticKey::whole).to_vec(),
        ("blanc", None) => {
            let kinds = LINKS.map(|kind| StatisticKey::labelled("blanc", &kind.into()));
            let denominators = kinds.each_ref().map(|kind| statistics.get(kind).map_or((0.0, 0.0), denominators));
            match denominators.map(|(gold, _)| gold > 0.0) {
                [true, true] => kinds.to_vec(),
                [true, false] => vec![kinds[0].clone()],
                [false, true] => vec![kinds[1].clone()],
                // Without any link on either side, BLANC is decided by the mentions themselves
                // (Recasens and Hovy 2011).
                [false, false] if denominators.iter().all(|(_, predicted)| *predicted == 0.0) => {
                    vec![StatisticKey::whole("mentions")]
                }
                [false, false] => vec![kinds[0].clone()],
            }
        }
        _ => vec![key.clone()],
    }
}

/// Returns the numbers of gold and predicted links.
fn denominators(statistic: &Statistic) -> (f64, f64) {
    match *statistic {
        Statistic::Shares { precision, recall } => (recall.1, precision.1),
        _ => (0.0, 0.0),
    }
}
