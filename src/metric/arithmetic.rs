//! From sums to figures: ratios, their averages over labels, and the residuals that intervals are made of.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use super::{Average, Name, Options, Statistic, StatisticKey, Statistics, confidence};
use crate::stats::Interval;

/// Of the fields that a prediction could have left empty as the gold does, the share that it made something up for.
const FABRICATION: &str = "fabrication";

/// How sums become figures. karat has one way, [`Karat`]; a preset that stands in for another tool has that tool's, down to
/// the order of its operations, since the last digit depends on it.
pub trait Arithmetic: Sync + RefUnwindSafe {
    /// The statistics that a sum yields, in report order; one empty name where the metric is a single figure.
    fn stats(&self, statistic: &Statistic, options: &Options) -> Vec<Name>;

    /// A statistic of one sum of a tally: `None` where there is nothing to divide by.
    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64>;

    /// The same of the sums of a single document, for the figures that documents have by themselves.
    fn value_of_document(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        match statistics.get(key)? {
            Statistic::Corpus(sums) => sums.value_of_document(),
            _ => self.value(statistics, key, stat),
        }
    }

    /// Whether a statistic is averaged over labels.
    fn is_averaged(&self, stat: &str) -> bool {
        stat != FABRICATION
    }

    /// A document's share of the error of a statistic, of which the interval is made; `None` where the document has nothing
    /// to do with it. A figure that rests on several sums has to say how.
    fn residual(&self, total: &Statistics, document: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        residual(total.get(key)?, document.get(key)?, stat)
    }

    /// What 0 divided by 0 gives where the user does not say; undefined by default.
    fn zero_division(&self) -> Option<f64> {
        None
    }

    /// Whether averages are shown where there are no labels at all. The plain mean of nothing is then undefined, whatever 0
    /// divided by 0 gives.
    fn averages_nothing(&self) -> bool {
        false
    }

    /// Figures that rest on every single document and not on sums, as those of a bootstrap do, by sum and statistic; of
    /// documents with their ids, in the order of these. By default there are none. Asked only where the documents' sums are
    /// kept.
    fn of_documents(
        &self,
        _documents: &[(&str, &Statistics)],
        _options: &Options,
    ) -> BTreeMap<(StatisticKey, Name), OverDocuments> {
        BTreeMap::new()
    }

    /// Whether every figure rests on the one sum under its name, so that [`residual`] says everything of a document's
    /// share. Otherwise the sums of every single document are kept until the end.
    fn is_of_single_sums(&self) -> bool {
        true
    }

    /// Whether values are karat's own, [`value`] of the one sum under a figure's name, and averages over labels are plain
    /// weighted means: then no other sum says anything of a figure.
    fn is_karat(&self) -> bool {
        false
    }

    /// The averages over labels, in report order.
    fn averages(&self) -> &'static [Average] {
        &[Average::Macro, Average::Weighted]
    }

    /// The average of a statistic over the labels of a metric, given as key, weight (1, or the gold items) and value where
    /// it is defined.
    fn average(&self, labels: &[(StatisticKey, f64, f64)]) -> Option<f64> {
        let total: f64 = labels.iter().map(|(_, weight, _)| weight).sum();
        let sum: f64 = labels.iter().map(|(_, weight, value)| weight * value).sum();
        (total > 0.0).then(|| sum / total)
    }
}

/// A figure that rests on every single document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverDocuments {
    /// The figure.
    pub value: f64,
    /// Its interval, at the level that the signature names.
    pub interval: Option<Interval>,
}

/// karat's own way: exact ratios, F1 as one ratio, undefined where there is nothing to divide by.
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

/// A numerator and a denominator, additive over documents.
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

    /// The share of the ratio's error that one document, itself a ratio, brings in.
    fn residual(self, document: Self) -> f64 {
        self.value().map_or(0.0, |value| (document.part - value * document.whole) / self.whole)
    }
}

/// Precision and recall of a sum.
fn parts(statistic: &Statistic) -> (Ratio, Ratio) {
    match *statistic {
        // No ratios.
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

/// The beta of an F: 1 of `f1`, 2 of `f2`, 0.5 of `f0.5`; `None` for other statistics.
pub fn beta_of(stat: &str) -> Option<f64> {
    stat.strip_prefix('f')?.parse().ok()
}

/// F-beta as one ratio, where it is one: `(1 + beta^2) tp / (predicted + beta^2 gold)`, or a mean of F1. Otherwise the two
/// ratios that it is the weighted harmonic mean of.
fn f_ratio(statistic: &Statistic, beta: f64) -> Option<Ratio> {
    match *statistic {
        Statistic::Matches { counts, credit2, predicted } if credit2 == counts.credit2() => {
            let square = beta * beta;
            let (part, whole) =
                ((1.0 + square) / 2.0 * credit2 as f64, predicted as f64 + square * counts.possible() as f64);
            // An odd beta squared is rounded, and what is all right must not be more than that.
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

/// The share of [`FABRICATION`].
fn fabrication(statistic: &Statistic) -> Ratio {
    match *statistic {
        Statistic::Fields { counts, absent } => Ratio::new(counts.spurious, counts.spurious + absent),
        _ => Ratio::new(0, 0),
    }
}

/// A statistic of a sum: 0 to 1 (an amount: 0 or more), `None` where there is nothing to divide by. `precision`, `recall`, or F-beta, by default F1.
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

/// The harmonic mean, recall with the weight of beta squared. Where one side is undefined it is 0 if the other is; if the
/// other is not (a label that was found under another name, in a scheme that does not look at labels) there is no mean.
fn harmonic(precision: Option<f64>, recall: Option<f64>, beta: f64) -> Option<f64> {
    let square = beta * beta;
    match (precision, recall) {
        (Some(p), Some(r)) if p + r > 0.0 => Some(((1.0 + square) * p * r / (square * p + r)).min(1.0)),
        (Some(_), Some(_)) => Some(0.0),
        (Some(one), None) | (None, Some(one)) => (one == 0.0).then_some(0.0),
        (None, None) => None,
    }
}

/// A document's share of the error of a statistic; `None` where the document has nothing to do with it.
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
                // To first order: the harmonic mean's derivatives by its two ratios.
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

/// What a document contributes to a sum of counts: numerator and denominator of precision, then of recall.
pub type Parts = [u64; 4];

/// The parts of a sum of counts; `None` where it is no count.
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

/// How a statistic of a sum of counts moves with a document's [`Parts`]: their product with it is [`residual`].
pub fn gradient(total: &Statistic, stat: &str) -> [f64; 4] {
    let Some([credit, predicted, earned, possible]) = parts_of(total).map(|parts| parts.map(|part| part as f64)) else {
        return [0.0; 4];
    };
    let ratio = |part: f64, whole: f64| if whole > 0.0 { [1.0 / whole, -part / whole / whole] } else { [0.0; 2] };
    let (by_predicted, by_possible) = (ratio(credit, predicted), ratio(earned, possible));
    let (for_precision, for_recall) = match stat {
        "precision" => (1.0, 0.0),
        "recall" => (0.0, 1.0),
        // The derivatives of the F by its two ratios.
        _ => {
            let square = beta_of(stat).map_or(1.0, |beta| beta * beta);
            // Where both sides earn the same, their ratios are as one to the other's whole, even at 0.
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

/// The variance that a statistic would have if its items were independent of each other; 0 for means over documents.
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
        // An F rests on both sides; the items are those of their mean, weighted as they are.
        _ => {
            let square = beta_of(stat).map_or(1.0, |beta| beta * beta);
            (precision.whole + square * recall.whole) / (1.0 + square) / 2.0
        }
    };
    value(statistic, stat).map_or(0.0, |share| share * (1.0 - share) / items.max(1.0))
}

/// Whether a statistic is a mean over documents, whose interval stays on its own scale.
pub fn is_mean(statistic: &Statistic) -> bool {
    matches!(statistic, Statistic::Mean { .. } | Statistic::Average { .. } | Statistic::Amount { .. })
}

/// Gold items under a label: its weight in the weighted average.
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
