//! Computes figures from sums: ratios, their averages over labels, and the residuals from which
//! confidence intervals are computed.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use super::{Average, Direction, Name, Options, Statistic, StatisticKey, Statistics, confidence};
use crate::stats::Interval;

/// Fabrication rate: of the fields that are empty in the gold, the fraction for which a prediction
/// has a value.
const FABRICATION: &str = "fabrication";

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
        match statistics.get(key)? {
            Statistic::Corpus(sums) => sums.value_of_document(),
            _ => self.value(statistics, key, stat),
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
        residual(total.get(key)?, document.get(key)?, stat)
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

    /// Returns whether every figure depends only on the sum under its name, so that [`residual`]
    /// gives the complete residual of a document. Otherwise the sums of every document are kept
    /// until the end.
    fn is_of_single_sums(&self) -> bool {
        true
    }

    /// Returns whether values are karat's own ([`value`] of the sum under the name of the figure)
    /// and averages over labels are weighted means. No other sum then affects a figure.
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
        let names: &[&'static str] = match statistic {
            Statistic::Ranking { ranking, .. } => return confidence::stats(ranking, &options.confidence),
            Statistic::Matches { .. } | Statistic::Mean { .. } | Statistic::Shares { .. } => {
                &["precision", "recall", "f1"]
            }
            Statistic::Fields { .. } => &["precision", "recall", "f1", FABRICATION],
            Statistic::Recall { .. } => &["recall"],
            Statistic::Average { .. } | Statistic::Amount { .. } | Statistic::Share { .. } | Statistic::Corpus(_) => {
                &[""]
            }
        };
        names.iter().map(|name| (*name).into()).collect()
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        value(statistics.get(key)?, stat)
    }

    fn is_karat(&self) -> bool {
        true
    }
}

/// A numerator and a denominator, both additive over documents.
#[derive(Clone, Copy)]
struct Ratio {
    part: f64,
    whole: f64,
}

impl Ratio {
    fn new(part: u64, whole: u64) -> Self {
        Self { part: part as f64, whole: whole as f64 }
    }

    fn value(self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }

    /// Returns the residual of one document, itself a ratio, in the error of this ratio.
    fn residual(self, document: Self) -> f64 {
        self.value().map_or(0.0, |value| (document.part - value * document.whole) / self.whole)
    }
}

/// Returns precision and recall of a sum.
fn parts(statistic: &Statistic) -> (Ratio, Ratio) {
    match *statistic {
        // These have no ratios.
        Statistic::Ranking { .. } | Statistic::Corpus(_) => (Ratio::new(0, 0), Ratio::new(0, 0)),
        Statistic::Matches { counts, credit2, predicted } => {
            (Ratio::new(credit2, 2 * predicted), Ratio::new(counts.credit2(), 2 * counts.possible()))
        }
        Statistic::Fields { counts, .. } => (
            Ratio::new(2 * counts.correct, 2 * counts.predicted()),
            Ratio::new(2 * counts.correct, 2 * counts.possible()),
        ),
        Statistic::Share { hits, whole } => (Ratio::new(hits, whole), Ratio::new(hits, whole)),
        Statistic::Recall { hits, possible } => (Ratio::new(0, 0), Ratio::new(hits, possible)),
        Statistic::Mean { precision, recall, documents, .. } => {
            let whole = documents as f64;
            (Ratio { part: precision, whole }, Ratio { part: recall, whole })
        }
        Statistic::Shares { precision, recall } => {
            (Ratio { part: precision.0, whole: precision.1 }, Ratio { part: recall.0, whole: recall.1 })
        }
        Statistic::Average { sum, documents } | Statistic::Amount { sum, documents } => {
            let mean = Ratio { part: sum, whole: documents as f64 };
            (mean, mean)
        }
    }
}

/// Returns the beta of an F statistic: 1 for `f1`, 2 for `f2`, 0.5 for `f0.5`; `None` for other
/// statistics.
pub fn beta_of(stat: &str) -> Option<f64> {
    stat.strip_prefix('f')?.parse().ok()
}

/// Returns F-beta as one ratio, if possible: `(1 + beta^2) tp / (predicted + beta^2 gold)`, or a
/// mean of F1. Returns `None` if it must be computed as the weighted harmonic mean of two ratios.
fn f_ratio(statistic: &Statistic, beta: f64) -> Option<Ratio> {
    match *statistic {
        Statistic::Matches { counts, credit2, predicted } if credit2 == counts.credit2() => {
            let square = beta * beta;
            let (part, whole) =
                ((1.0 + square) / 2.0 * credit2 as f64, predicted as f64 + square * counts.possible() as f64);
            // Beta squared may be rounded, and a perfect score must not exceed 1.
            Some(Ratio { part: part.min(whole), whole })
        }
        Statistic::Fields { counts, .. } => {
            Some(Ratio::new(2 * counts.correct, counts.predicted() + counts.possible()))
        }
        Statistic::Share { hits, whole } => Some(Ratio::new(hits, whole)),
        Statistic::Average { sum, documents } | Statistic::Amount { sum, documents } => {
            Some(Ratio { part: sum, whole: documents as f64 })
        }
        Statistic::Mean { f1, documents, .. } => Some(Ratio { part: f1, whole: documents as f64 }),
        _ => None,
    }
}

/// Returns the fabrication rate as a ratio, see [`FABRICATION`].
fn fabrication(statistic: &Statistic) -> Ratio {
    match *statistic {
        Statistic::Fields { counts, absent } => Ratio::new(counts.spurious, counts.spurious + absent),
        _ => Ratio::new(0, 0),
    }
}

impl Statistic {
    /// Returns which values of a statistic of this sum are better, if that does not depend on the
    /// metric: lower ones for fabrication rates and for errors of confidences.
    pub fn direction(&self, stat: &str) -> Option<Direction> {
        match self {
            Self::Fields { .. } => (stat == FABRICATION).then_some(Direction::Lower),
            Self::Ranking { .. } => confidence::direction(stat),
            _ => None,
        }
    }
}

/// Returns `precision`, `recall`, F-beta or, by default, F1 of a sum: 0 to 1 (amounts: 0 or more),
/// or `None` if the denominator is zero.
pub fn value(statistic: &Statistic, stat: &str) -> Option<f64> {
    if let Statistic::Ranking { ranking, bins } = statistic {
        return confidence::value(ranking, *bins, stat);
    }
    if let Statistic::Corpus(sums) = statistic {
        return sums.value();
    }
    let (precision, recall) = parts(statistic);
    match stat {
        "precision" => precision.value(),
        "recall" => recall.value(),
        FABRICATION => fabrication(statistic).value(),
        _ => {
            let beta = beta_of(stat).unwrap_or(1.0);
            match f_ratio(statistic, beta) {
                Some(ratio) => ratio.value(),
                None => harmonic(precision.value(), recall.value(), beta),
            }
        }
    }
}

/// Returns the harmonic mean, in which recall has the weight beta squared. If one side is undefined
/// and the other is 0, the mean is 0. If the other is not 0 (a label that was found under another
/// name, in a scheme that ignores labels), the mean is undefined.
fn harmonic(precision: Option<f64>, recall: Option<f64>, beta: f64) -> Option<f64> {
    let square = beta * beta;
    match (precision, recall) {
        (Some(p), Some(r)) if p + r > 0.0 => Some(((1.0 + square) * p * r / (square * p + r)).min(1.0)),
        (Some(_), Some(_)) => Some(0.0),
        (Some(one), None) | (None, Some(one)) => (one == 0.0).then_some(0.0),
        (None, None) => None,
    }
}

/// Returns the residual of a document in the error of a statistic; `None` if the statistic does not
/// depend on the document.
pub fn residual(total: &Statistic, document: &Statistic, stat: &str) -> Option<f64> {
    let (precision, recall) = parts(total);
    let (p, r) = parts(document);
    let has = |ratio: Ratio| ratio.whole > 0.0;
    match stat {
        "precision" => has(p).then(|| precision.residual(p)),
        "recall" => has(r).then(|| recall.residual(r)),
        FABRICATION => {
            let made_up = fabrication(document);
            has(made_up).then(|| fabrication(total).residual(made_up))
        }
        _ => {
            let beta = beta_of(stat).unwrap_or(1.0);
            let share = match (f_ratio(total, beta), f_ratio(document, beta)) {
                (Some(whole), Some(part)) => whole.residual(part),
                // First order: the derivatives of the harmonic mean with respect to both ratios.
                _ => {
                    let square = beta * beta;
                    let (a, b) = (precision.value().unwrap_or(0.0), recall.value().unwrap_or(0.0));
                    let sum = (square * a + b).max(f64::MIN_POSITIVE);
                    let slope = b * b * precision.residual(p) + square * a * a * recall.residual(r);
                    (1.0 + square) * slope / (sum * sum)
                }
            };
            (has(p) || has(r)).then_some(share)
        }
    }
}

/// The contribution of a document to a sum of counts: numerator and denominator of precision, then
/// of recall.
pub type Parts = [u64; 4];

/// Returns the parts of a sum of counts; `None` for other sums.
pub fn parts_of(statistic: &Statistic) -> Option<Parts> {
    match *statistic {
        Statistic::Matches { counts, credit2, predicted } => {
            Some([credit2, 2 * predicted, counts.credit2(), 2 * counts.possible()])
        }
        Statistic::Recall { hits, possible } => Some([0, 0, hits, possible]),
        Statistic::Share { hits, whole } => Some([hits, whole, hits, whole]),
        _ => None,
    }
}

/// Returns the gradient of a statistic with respect to the [`Parts`] of a document: the dot product
/// of both is the [`residual`].
pub fn gradient(total: &Statistic, stat: &str) -> [f64; 4] {
    let Some([credit, predicted, earned, possible]) = parts_of(total).map(|parts| parts.map(|part| part as f64)) else {
        return [0.0; 4];
    };
    let ratio = |part: f64, whole: f64| if whole > 0.0 { [1.0 / whole, -part / whole / whole] } else { [0.0; 2] };
    let (by_predicted, by_possible) = (ratio(credit, predicted), ratio(earned, possible));
    let (for_precision, for_recall) = match stat {
        "precision" => (1.0, 0.0),
        "recall" => (0.0, 1.0),
        // The derivatives of F with respect to both ratios.
        _ => {
            let square = beta_of(stat).map_or(1.0, |beta| beta * beta);
            // If both sides earn the same credit, the ratio of precision to recall is that of the
            // denominators, even if both are 0.
            let (a, b) = if credit == earned {
                (possible, predicted)
            } else {
                let value = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
                (value(credit, predicted), value(earned, possible))
            };
            let sum = (square * a + b).max(f64::MIN_POSITIVE);
            ((1.0 + square) * (b / sum).powi(2), (1.0 + square) * square * (a / sum).powi(2))
        }
    };
    let [n, d] = by_predicted.map(|part| part * for_precision);
    let [m, e] = by_possible.map(|part| part * for_recall);
    [n, d, m, e]
}

/// Returns the variance that a statistic would have if its items were independent; 0 for means over
/// documents.
pub fn least_variance(statistic: &Statistic, stat: &str) -> f64 {
    let (precision, recall) = parts(statistic);
    let items = match (statistic, stat) {
        (
            Statistic::Mean { .. }
            | Statistic::Average { .. }
            | Statistic::Amount { .. }
            | Statistic::Shares { .. }
            | Statistic::Ranking { .. }
            | Statistic::Corpus(_),
            _,
        ) => {
            return 0.0;
        }
        (_, "precision") => precision.whole / 2.0,
        (_, FABRICATION) => fabrication(statistic).whole,
        (Statistic::Recall { .. } | Statistic::Share { .. }, _) => recall.whole,
        (_, "recall") => recall.whole / 2.0,
        // F depends on both sides; the number of items is their weighted mean.
        _ => {
            let square = beta_of(stat).map_or(1.0, |beta| beta * beta);
            (precision.whole + square * recall.whole) / (1.0 + square) / 2.0
        }
    };
    value(statistic, stat).map_or(0.0, |share| share * (1.0 - share) / items.max(1.0))
}

/// Returns whether a statistic is a mean over documents, whose interval is computed on the scale of
/// the statistic.
pub fn is_mean(statistic: &Statistic) -> bool {
    matches!(statistic, Statistic::Mean { .. } | Statistic::Average { .. } | Statistic::Amount { .. })
}

/// Returns the number of gold items under a label: its weight in the weighted average.
pub fn support(statistic: &Statistic) -> u64 {
    match *statistic {
        Statistic::Matches { counts, .. } | Statistic::Fields { counts, .. } => counts.possible(),
        Statistic::Share { whole, .. } => whole,
        Statistic::Recall { possible, .. } => possible,
        Statistic::Mean { documents, .. }
        | Statistic::Average { documents, .. }
        | Statistic::Amount { documents, .. } => documents,
        Statistic::Shares { recall, .. } => recall.1 as u64,
        Statistic::Corpus(_) => 0,
        Statistic::Ranking { ref ranking, .. } => ranking.gold(),
    }
}
