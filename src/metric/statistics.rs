//! Sufficient statistics: sums that add up over documents, and from which every figure is computed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use crate::stats::confidence::Ranking;

/// The name of a metric or a statistic.
pub type Name = Cow<'static, str>;

/// The five outcomes of MUC and SemEval-2013, of an item or of a field of a record.
///
/// For records, `incorrect` is a wrong value and `spurious` a fabricated one. Under a label, the
/// first four count the gold items of the label and `spurious` its unmatched predictions, so that
/// the counts of labels sum to those of the layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Matched by a correct prediction.
    pub correct: u64,
    /// Matched by a wrong prediction.
    pub incorrect: u64,
    /// Matched partially: half a credit.
    pub partial: u64,
    /// Gold items without a matching prediction.
    pub missed: u64,
    /// Predictions without a matching gold item.
    pub spurious: u64,
}

impl Counts {
    /// Returns the number of gold items.
    pub fn possible(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.missed
    }

    /// Returns the number of predictions, if every pair counts the same on both sides.
    pub fn predicted(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.spurious
    }

    /// Returns the credit in halves, so that it is an integer.
    pub fn credit2(&self) -> u64 {
        2 * self.correct + self.partial
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.correct += other.correct;
        self.incorrect += other.incorrect;
        self.partial += other.partial;
        self.missed += other.missed;
        self.spurious += other.spurious;
    }
}

/// The key of a sum: the name of a metric without layer and statistic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatisticKey {
    /// `strict`, `rouge1`, ...; empty if the layer has only one metric.
    pub metric: Name,
    /// The cut-off of a ranked list (`@10`); 0 for the whole list.
    pub at: u32,
    /// The label or field; `None` for the whole layer.
    pub label: Option<Arc<str>>,
}

impl StatisticKey {
    /// Returns the key of the sum over the whole layer.
    pub fn whole(metric: impl Into<Name>) -> Self {
        Self { metric: metric.into(), at: 0, label: None }
    }

    /// Returns the key of the sum under one label or field.
    pub fn labelled(metric: impl Into<Name>, label: &Arc<str>) -> Self {
        Self { metric: metric.into(), at: 0, label: Some(Arc::clone(label)) }
    }
}

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
    /// Sums from which a formula computes one corpus figure, 0 to 100, that is not a mean over
    /// documents. Added in the order of document ids; the name of the metric is that of the figure.
    // The last variant: serde does not count skipped variants when it reads.
    #[serde(skip)]
    Corpus(Corpus),
}

impl Statistic {
    /// Returns matches of a whole layer, in which both sides earn the same credit.
    pub fn matches(counts: Counts) -> Self {
        Self::Matches { counts, credit2: counts.credit2(), predicted: counts.predicted() }
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
            (Self::Corpus(sums), Self::Corpus(more)) => *sums += &more,
            (Self::Ranking { ranking, bins }, Self::Ranking { ranking: more, bins: b }) if *bins == b => {
                *ranking += &more;
            }
            (one, other) => panic!("one metric, two kinds of sums: {one:?} and {other:?}"),
        }
    }
}

/// The sums of one document or of many, by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics(BTreeMap<StatisticKey, Statistic>);

impl Statistics {
    /// Adds `statistic` to the sum under `key`.
    pub fn add(&mut self, key: StatisticKey, statistic: Statistic) {
        match self.0.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(statistic);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => *entry.get_mut() += statistic,
        }
    }

    /// Adds every sum of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (key, statistic) in &other.0 {
            self.add(key.clone(), statistic.clone());
        }
    }

    /// Removes the sums under labels.
    pub fn drop_labels(&mut self) {
        self.0.retain(|key, _| key.label.is_none());
    }

    /// Returns whether there is no sum.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the sum under `key`, if there is one.
    pub fn get(&self, key: &StatisticKey) -> Option<&Statistic> {
        self.0.get(key)
    }

    /// Iterates mutably over all sums, by key.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&StatisticKey, &mut Statistic)> {
        self.0.iter_mut()
    }

    /// Iterates over all sums, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&StatisticKey, &Statistic)> {
        self.0.iter()
    }
}

impl FromIterator<(StatisticKey, Statistic)> for Statistics {
    fn from_iter<I: IntoIterator<Item = (StatisticKey, Statistic)>>(sums: I) -> Self {
        Self(sums.into_iter().collect())
    }
}

impl IntoIterator for Statistics {
    type Item = (StatisticKey, Statistic);
    type IntoIter = std::collections::btree_map::IntoIter<StatisticKey, Statistic>;

    /// Iterates over all sums, by key.
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
