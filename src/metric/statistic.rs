//! One sum over documents, and everything that its kind determines: how it is added, its figures,
//! their residuals and variances, and its layout as numbers.
//!
//! To add a kind of sum, add a variant to [`Statistic`] and go through the methods of this file; a
//! default arm suits a sum of floating-point values that are averaged over documents. Serde
//! derives the packed form of sums (`src/score/packed.rs`).

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use super::ratio::{Ratio, beta_of, harmonic};
use super::{Counts, Direction, Name, Options, ScoreRange, confidence};
use crate::stats::confidence::Ranking;

/// Fabrication rate: of the fields that are empty in the gold, the fraction for which a prediction
/// has a value.
pub(super) const FABRICATION: &str = "fabrication";

/// One sum over documents; its kind determines which figures are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Statistic {
    /// Counts for precision, recall and F1: `counts` of the gold side, and the predictions with the
    /// credit they earn.
    Matches {
        /// The outcomes; [`Counts::possible`] is the denominator of recall.
        counts: Counts,
        /// The credit of the predictions, in halves. It differs from that of the gold items only
        /// under a label, if a scheme credits a pair with different labels.
        credit2: u64,
        /// The number of predictions: the denominator of precision.
        predicted: u64,
    },
    /// Counts for values of records: precision, recall and F1, and the fabrication rate.
    Fields {
        /// The outcomes.
        counts: Counts,
        /// The number of fields that are empty in both gold and prediction.
        absent: u64,
    },
    /// A proportion: a single figure without a statistic name.
    Share {
        /// The number of hits: the numerator.
        hits: u64,
        /// The number of all cases: the denominator.
        whole: u64,
    },
    /// Recall only: hits (or their weight) among all gold items.
    Recall {
        /// The number, or weight, of gold items found.
        hits: u64,
        /// The number, or weight, of all gold items.
        possible: u64,
    },
    /// Per-document precision, recall and F1 that are not counts, averaged over documents; added in
    /// the order of document ids.
    Mean {
        /// The sum of precisions, each 0 to 1.
        precision: f64,
        /// The sum of recalls, each 0 to 1.
        recall: f64,
        /// The sum of F1 values, each 0 to 1.
        f1: f64,
        /// The number of documents.
        documents: u64,
    },
    /// Precision and recall with non-integer numerators and denominators. Added in the order of
    /// document ids.
    Shares {
        /// The numerator and denominator of precision.
        precision: (f64, f64),
        /// The numerator and denominator of recall.
        recall: (f64, f64),
    },
    /// One score per document, averaged over documents; added in the order of document ids. It has
    /// no statistic name: the name of the metric is that of the figure.
    Average {
        /// The sum of the scores, each 0 to 1.
        sum: f64,
        /// The number of documents.
        documents: u64,
    },
    /// One amount per document, averaged over documents: 0 or more, without an upper bound.
    Amount {
        /// The sum of the amounts.
        sum: f64,
        /// The number of documents.
        documents: u64,
    },
    /// Predictions ranked by confidence.
    Ranking {
        /// The correct and wrong predictions, and the number of gold items.
        ranking: Ranking,
        /// The number of bins of the calibration error.
        bins: u32,
    },
    /// Scores of samples that another harness computed: the ratio of a sum of numerators to a sum
    /// of denominators. Values that are averaged over samples have the denominator 1. Added in the
    /// order of document ids. It has no statistic name: the layer is named after the metric.
    Score {
        /// The sum of the numerators.
        numerator: f64,
        /// The sum of the denominators.
        denominator: f64,
        /// Which values are better. The harness of the scores, or the user, knows it.
        direction: Direction,
        /// The values that a sample can have, which determine the scale of the interval.
        range: ScoreRange,
    },
    /// Sums from which a formula computes one corpus figure, 0 to 100, that is not a mean over
    /// documents. Added in the order of document ids; the name of the metric is that of the figure.
    // The last variant: serde does not count skipped variants when it reads.
    #[serde(skip)]
    Corpus(Corpus),
}

/// The contribution of a document to a sum of counts: numerator and denominator of precision, then
/// of recall.
pub type Parts = [u64; 4];

impl Statistic {
    /// Returns matches of a whole layer, in which both sides earn the same credit.
    pub fn matches(counts: Counts) -> Self {
        Self::Matches { counts, credit2: counts.credit2(), predicted: counts.predicted() }
    }

    /// Returns the names of the statistics that karat computes from the sum, in report order; a
    /// single empty name if the metric is a single figure.
    pub fn stats(&self, options: &Options) -> Vec<Name> {
        let names: &[&'static str] = match self {
            Self::Ranking { ranking, .. } => return confidence::stats(ranking, &options.confidence),
            Self::Matches { .. } | Self::Mean { .. } | Self::Shares { .. } => &["precision", "recall", "f1"],
            Self::Fields { .. } => &["precision", "recall", "f1", FABRICATION],
            Self::Recall { .. } => &["recall"],
            Self::Average { .. } | Self::Amount { .. } | Self::Share { .. } | Self::Score { .. } | Self::Corpus(_) => {
                &[""]
            }
        };
        names.iter().map(|name| (*name).into()).collect()
    }

    /// Returns which values of a statistic of this sum are better, if that does not depend on the
    /// metric: lower ones for fabrication rates and for errors of confidences.
    pub fn direction(&self, stat: &str) -> Option<Direction> {
        match self {
            Self::Fields { .. } => (stat == FABRICATION).then_some(Direction::Lower),
            Self::Ranking { .. } => confidence::direction(stat),
            Self::Score { direction, .. } => Some(*direction),
            _ => None,
        }
    }

    /// Returns `precision`, `recall`, F-beta or, by default, F1 of a sum: 0 to 1 (amounts: 0 or
    /// more), or `None` if the denominator is zero.
    pub fn value(&self, stat: &str) -> Option<f64> {
        if let Self::Ranking { ranking, bins } = self {
            return confidence::value(ranking, *bins, stat);
        }
        if let Self::Corpus(sums) = self {
            return sums.value();
        }
        let (precision, recall) = self.ratios();
        match stat {
            "precision" => precision.value(),
            "recall" => recall.value(),
            FABRICATION => self.fabrication().value(),
            _ => {
                let beta = beta_of(stat).unwrap_or(1.0);
                match self.f_ratio(beta) {
                    Some(ratio) => ratio.value(),
                    None => harmonic(precision.value(), recall.value(), beta),
                }
            }
        }
    }

    /// Returns the residual of a document in the error of a statistic; `None` if the statistic does
    /// not depend on the document.
    pub fn residual(&self, document: &Self, stat: &str) -> Option<f64> {
        let (precision, recall) = self.ratios();
        let (p, r) = document.ratios();
        let has = |ratio: Ratio| ratio.whole > 0.0;
        match stat {
            "precision" => has(p).then(|| precision.residual(p)),
            "recall" => has(r).then(|| recall.residual(r)),
            FABRICATION => {
                let made_up = document.fabrication();
                has(made_up).then(|| self.fabrication().residual(made_up))
            }
            _ => {
                let beta = beta_of(stat).unwrap_or(1.0);
                let share = match (self.f_ratio(beta), document.f_ratio(beta)) {
                    (Some(whole), Some(part)) => whole.residual(part),
                    // First order: the derivatives of the harmonic mean with respect to both
                    // ratios.
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

    /// Returns the parts of a sum of counts; `None` for other sums.
    pub fn parts(&self) -> Option<Parts> {
        match *self {
            Self::Matches { counts, credit2, predicted } => {
                Some([credit2, 2 * predicted, counts.credit2(), 2 * counts.possible()])
            }
            Self::Recall { hits, possible } => Some([0, 0, hits, possible]),
            Self::Share { hits, whole } => Some([hits, whole, hits, whole]),
            _ => None,
        }
    }

    /// Returns the gradient of a statistic with respect to the [`Parts`] of a document: the dot
    /// product of both is the [`Self::residual`].
    pub fn gradient(&self, stat: &str) -> [f64; 4] {
        let Some([credit, predicted, earned, possible]) = self.parts().map(|parts| parts.map(|part| part as f64))
        else {
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
                // If both sides earn the same credit, the ratio of precision to recall is that of
                // the denominators, even if both are 0.
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

    /// Returns the variance that a statistic would have if its items were independent; 0 for means
    /// over documents.
    pub fn least_variance(&self, stat: &str) -> f64 {
        let (precision, recall) = self.ratios();
        let items = match (self, stat) {
            (
                Self::Mean { .. }
                | Self::Average { .. }
                | Self::Amount { .. }
                | Self::Shares { .. }
                | Self::Score { .. }
                | Self::Ranking { .. }
                | Self::Corpus(_),
                _,
            ) => {
                return 0.0;
            }
            (_, "precision") => precision.whole / 2.0,
            (_, FABRICATION) => self.fabrication().whole,
            (Self::Recall { .. } | Self::Share { .. }, _) => recall.whole,
            (_, "recall") => recall.whole / 2.0,
            // F depends on both sides; the number of items is their weighted mean.
            _ => {
                let square = beta_of(stat).map_or(1.0, |beta| beta * beta);
                (precision.whole + square * recall.whole) / (1.0 + square) / 2.0
            }
        };
        self.value(stat).map_or(0.0, |share| share * (1.0 - share) / items.max(1.0))
    }

    /// Returns the number of gold items under a label: its weight in the weighted average.
    pub fn support(&self) -> u64 {
        match *self {
            Self::Matches { counts, .. } | Self::Fields { counts, .. } => counts.possible(),
            Self::Share { whole, .. } => whole,
            Self::Recall { possible, .. } => possible,
            Self::Mean { documents, .. } | Self::Average { documents, .. } | Self::Amount { documents, .. } => {
                documents
            }
            Self::Shares { recall, .. } => recall.1 as u64,
            Self::Score { denominator, .. } => denominator as u64,
            Self::Corpus(_) => 0,
            Self::Ranking { ref ranking, .. } => ranking.gold(),
        }
    }

    /// Returns an empty sum of the same kind.
    #[must_use]
    pub fn zero(&self) -> Self {
        let documents = 0;
        match self {
            Self::Matches { .. } => Self::matches(Counts::default()),
            Self::Fields { .. } => Self::Fields { counts: Counts::default(), absent: 0 },
            Self::Share { .. } => Self::Share { hits: 0, whole: 0 },
            Self::Recall { .. } => Self::Recall { hits: 0, possible: 0 },
            Self::Mean { .. } => Self::Mean { precision: 0.0, recall: 0.0, f1: 0.0, documents },
            Self::Shares { .. } => Self::Shares { precision: (0.0, 0.0), recall: (0.0, 0.0) },
            Self::Average { .. } => Self::Average { sum: 0.0, documents },
            Self::Amount { .. } => Self::Amount { sum: 0.0, documents },
            Self::Score { direction, range, .. } => {
                Self::Score { numerator: 0.0, denominator: 0.0, direction: *direction, range: *range }
            }
            Self::Corpus(Corpus { formula, sums }) => {
                Self::Corpus(Corpus { formula: *formula, sums: vec![0.0; sums.len()] })
            }
            Self::Ranking { bins, .. } => Self::Ranking { ranking: Ranking::default(), bins: *bins },
        }
    }

    /// Returns whether a running total of the sum suffices for its figures and their intervals.
    /// Otherwise the contribution of every document is kept, and added in the order of document
    /// ids.
    pub fn has_running_total(&self) -> bool {
        self.parts().is_some() || matches!(self, Self::Ranking { .. })
    }

    /// Returns whether the sum is a mean over documents, whose interval is computed on the scale of
    /// the statistic.
    pub fn is_mean(&self) -> bool {
        matches!(self, Self::Mean { .. } | Self::Average { .. } | Self::Amount { .. } | Self::Score { .. })
    }

    /// Returns the values that the figure can have. Figures between 0 and 1 have intervals on the
    /// logit scale.
    pub fn range(&self) -> ScoreRange {
        match self {
            Self::Amount { .. } => ScoreRange::NotNegative,
            Self::Score { range, .. } => *range,
            _ => ScoreRange::Unit,
        }
    }

    /// Returns the sums of a corpus formula, whose figure is not a mean over documents.
    pub fn corpus(&self) -> Option<&Corpus> {
        match self {
            Self::Corpus(sums) => Some(sums),
            _ => None,
        }
    }

    /// Returns the outcomes of items or fields, if the sum counts them.
    pub fn counts(&self) -> Option<Counts> {
        match self {
            Self::Matches { counts, .. } | Self::Fields { counts, .. } => Some(*counts),
            _ => None,
        }
    }

    /// Returns the number of predictions, if the sum counts them.
    pub fn predicted(&self) -> Option<u64> {
        match self {
            Self::Matches { predicted, .. } => Some(*predicted),
            Self::Fields { counts, .. } => Some(counts.predicted()),
            Self::Ranking { ranking, .. } => Some(ranking.ranked() + ranking.unranked()),
            _ => None,
        }
    }

    /// Returns the number of fields that are empty in both gold and prediction, if the sum counts
    /// them.
    pub fn absent(&self) -> Option<u64> {
        match self {
            Self::Fields { absent, .. } => Some(*absent),
            _ => None,
        }
    }

    /// Returns whether precision, recall and F1 are computed from the outcomes of items, so that
    /// some tools average them over labels even if there are none.
    pub fn is_of_items(&self) -> bool {
        matches!(self, Self::Matches { .. })
    }

    /// Returns the numbers of the statistic, in an order that depends only on its kind; `None` for
    /// rankings, which are not sums of numbers.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        let outcomes = |counts: &Counts| {
            [counts.correct, counts.incorrect, counts.partial, counts.missed, counts.spurious].map(|count| count as f64)
        };
        Some(match self {
            Self::Matches { counts, credit2, predicted } => {
                [&outcomes(counts)[..], &[*credit2 as f64, *predicted as f64]].concat()
            }
            Self::Fields { counts, absent } => [&outcomes(counts)[..], &[*absent as f64]].concat(),
            Self::Share { hits: part, whole } | Self::Recall { hits: part, possible: whole } => {
                vec![*part as f64, *whole as f64]
            }
            Self::Mean { precision, recall, f1, documents } => vec![*precision, *recall, *f1, *documents as f64],
            Self::Shares { precision, recall } => vec![precision.0, precision.1, recall.0, recall.1],
            Self::Average { sum, documents } | Self::Amount { sum, documents } => vec![*sum, *documents as f64],
            Self::Score { numerator, denominator, .. } => vec![*numerator, *denominator],
            Self::Corpus(corpus) => corpus.sums.clone(),
            Self::Ranking { .. } => return None,
        })
    }

    /// Replaces the numbers of the statistic, in the order of [`Self::numbers`]. Counts are rounded
    /// to integers.
    ///
    /// # Panics
    /// Panics if there are fewer numbers than the statistic has.
    pub fn set_numbers(&mut self, numbers: &[f64]) {
        let whole = |at: usize| numbers[at] as u64;
        let outcomes = || Counts {
            correct: whole(0),
            incorrect: whole(1),
            partial: whole(2),
            missed: whole(3),
            spurious: whole(4),
        };
        match self {
            Self::Matches { counts, credit2, predicted } => {
                (*counts, *credit2, *predicted) = (outcomes(), whole(5), whole(6));
            }
            Self::Fields { counts, absent } => (*counts, *absent) = (outcomes(), whole(5)),
            Self::Share { hits: part, whole: all } | Self::Recall { hits: part, possible: all } => {
                (*part, *all) = (whole(0), whole(1));
            }
            Self::Mean { precision, recall, f1, documents } => {
                (*precision, *recall, *f1, *documents) = (numbers[0], numbers[1], numbers[2], whole(3));
            }
            Self::Shares { precision, recall } => {
                (*precision, *recall) = ((numbers[0], numbers[1]), (numbers[2], numbers[3]));
            }
            Self::Average { sum, documents } | Self::Amount { sum, documents } => {
                (*sum, *documents) = (numbers[0], whole(1));
            }
            Self::Score { numerator, denominator, .. } => (*numerator, *denominator) = (numbers[0], numbers[1]),
            Self::Corpus(Corpus { sums, .. }) => {
                let length = sums.len();
                sums.copy_from_slice(&numbers[..length]);
            }
            Self::Ranking { .. } => {}
        }
    }

    /// Returns precision and recall of a sum.
    fn ratios(&self) -> (Ratio, Ratio) {
        match *self {
            // These have no ratios.
            Self::Ranking { .. } | Self::Corpus(_) => (Ratio::new(0, 0), Ratio::new(0, 0)),
            Self::Matches { counts, credit2, predicted } => {
                (Ratio::new(credit2, 2 * predicted), Ratio::new(counts.credit2(), 2 * counts.possible()))
            }
            Self::Fields { counts, .. } => (
                Ratio::new(2 * counts.correct, 2 * counts.predicted()),
                Ratio::new(2 * counts.correct, 2 * counts.possible()),
            ),
            Self::Share { hits, whole } => (Ratio::new(hits, whole), Ratio::new(hits, whole)),
            Self::Recall { hits, possible } => (Ratio::new(0, 0), Ratio::new(hits, possible)),
            Self::Mean { precision, recall, documents, .. } => {
                let whole = documents as f64;
                (Ratio { part: precision, whole }, Ratio { part: recall, whole })
            }
            Self::Shares { precision, recall } => {
                (Ratio { part: precision.0, whole: precision.1 }, Ratio { part: recall.0, whole: recall.1 })
            }
            Self::Average { sum, documents } | Self::Amount { sum, documents } => {
                let mean = Ratio { part: sum, whole: documents as f64 };
                (mean, mean)
            }
            Self::Score { numerator, denominator, .. } => {
                let ratio = Ratio { part: numerator, whole: denominator };
                (ratio, ratio)
            }
        }
    }

    /// Returns F-beta as one ratio, if possible: `(1 + beta^2) tp / (predicted + beta^2 gold)`, or
    /// a mean of F1. Returns `None` if it must be computed as the weighted harmonic mean of two
    /// ratios.
    fn f_ratio(&self, beta: f64) -> Option<Ratio> {
        match *self {
            Self::Matches { counts, credit2, predicted } if credit2 == counts.credit2() => {
                let square = beta * beta;
                let (part, whole) =
                    ((1.0 + square) / 2.0 * credit2 as f64, predicted as f64 + square * counts.possible() as f64);
                // Beta squared may be rounded, and a perfect score must not exceed 1.
                Some(Ratio { part: part.min(whole), whole })
            }
            Self::Fields { counts, .. } => Some(Ratio::new(2 * counts.correct, counts.predicted() + counts.possible())),
            Self::Share { hits, whole } => Some(Ratio::new(hits, whole)),
            Self::Average { sum, documents } | Self::Amount { sum, documents } => {
                Some(Ratio { part: sum, whole: documents as f64 })
            }
            Self::Mean { f1, documents, .. } => Some(Ratio { part: f1, whole: documents as f64 }),
            Self::Score { numerator, denominator, .. } => Some(Ratio { part: numerator, whole: denominator }),
            _ => None,
        }
    }

    /// Returns the fabrication rate as a ratio, see [`FABRICATION`].
    fn fabrication(&self) -> Ratio {
        match *self {
            Self::Fields { counts, absent } => Ratio::new(counts.spurious, counts.spurious + absent),
            _ => Ratio::new(0, 0),
        }
    }
}

impl AddAssign for Statistic {
    /// # Panics
    /// Panics if the kinds differ: a bug in the metric group that created the statistics.
    fn add_assign(&mut self, other: Self) {
        match (self, other) {
            (Self::Matches { counts, credit2, predicted }, Self::Matches { counts: c, credit2: k, predicted: p }) => {
                *counts += c;
                *credit2 += k;
                *predicted += p;
            }
            (Self::Fields { counts, absent }, Self::Fields { counts: c, absent: a }) => {
                *counts += c;
                *absent += a;
            }
            (Self::Share { hits, whole }, Self::Share { hits: h, whole: w }) => {
                *hits += h;
                *whole += w;
            }
            (Self::Recall { hits, possible }, Self::Recall { hits: h, possible: p }) => {
                *hits += h;
                *possible += p;
            }
            (
                Self::Mean { precision, recall, f1, documents },
                Self::Mean { precision: p, recall: r, f1: f, documents: d },
            ) => {
                *precision += p;
                *recall += r;
                *f1 += f;
                *documents += d;
            }
            (Self::Shares { precision, recall }, Self::Shares { precision: p, recall: r }) => {
                for (sum, more) in [(precision, p), (recall, r)] {
                    sum.0 += more.0;
                    sum.1 += more.1;
                }
            }
            (Self::Average { sum, documents }, Self::Average { sum: s, documents: d })
            | (Self::Amount { sum, documents }, Self::Amount { sum: s, documents: d }) => {
                *sum += s;
                *documents += d;
            }
            (
                Self::Score { numerator, denominator, direction, range },
                Self::Score { numerator: n, denominator: d, direction: of_other, range: r },
            ) if *direction == of_other && *range == r => {
                *numerator += n;
                *denominator += d;
            }
            (Self::Corpus(sums), Self::Corpus(more)) => *sums += &more,
            (Self::Ranking { ranking, bins }, Self::Ranking { ranking: more, bins: b }) if *bins == b => {
                *ranking += &more;
            }
            (one, other) => panic!("one metric, two kinds of sums: {one:?} and {other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::corpus::{Corpus, Formula};
    use crate::metric::{Counts, Direction, ScoreRange, Statistic};

    #[test]
    fn numbers_make_the_same_sum_again() {
        let counts = Counts { correct: 1, incorrect: 2, partial: 3, missed: 4, spurious: 5 };
        let statistics = [
            Statistic::matches(counts),
            Statistic::Fields { counts, absent: 6 },
            Statistic::Share { hits: 1, whole: 2 },
            Statistic::Recall { hits: 1, possible: 2 },
            Statistic::Mean { precision: 0.25, recall: 0.5, f1: 0.75, documents: 3 },
            Statistic::Shares { precision: (0.5, 1.0), recall: (1.5, 2.0) },
            Statistic::Average { sum: 0.5, documents: 1 },
            Statistic::Amount { sum: 7.5, documents: 2 },
            Statistic::Score { numerator: -0.5, denominator: 2.5, direction: Direction::Lower, range: ScoreRange::Any },
            Statistic::Corpus(Corpus { formula: Formula::WordErrors, sums: vec![1.0, 2.0] }),
        ];
        for statistic in statistics {
            let numbers = statistic.numbers().unwrap();
            let mut other = statistic.clone();
            other.set_numbers(&vec![0.0; numbers.len()]);
            assert_ne!(other, statistic);
            other.set_numbers(&numbers);
            assert_eq!(other, statistic);
            assert_eq!(statistic.zero().numbers(), Some(vec![0.0; numbers.len()]));
        }
    }
}
