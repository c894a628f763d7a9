//! Sums that add up over documents, and from which every figure is derived.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;

use super::corpus::Corpus;
use crate::stats::confidence::Ranking;

/// The name of a metric or a statistic.
pub type Name = Cow<'static, str>;

/// The five outcomes of MUC and SemEval-2013, of an item or of a record's field.
///
/// For records `incorrect` is a wrong value and `spurious` a fabricated one. Under a label, the first four count the
/// label's gold items and `spurious` its predictions that answer nothing, so that labels sum to the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answered rightly.
    pub correct: u64,
    /// Answered wrongly.
    pub incorrect: u64,
    /// Answered in part: half a credit.
    pub partial: u64,
    /// Not answered.
    pub missed: u64,
    /// Predictions that answer nothing.
    pub spurious: u64,
}

impl Counts {
    /// Gold items.
    pub fn possible(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.missed
    }

    /// Predictions, where both sides' outcomes are the same.
    pub fn predicted(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.spurious
    }

    /// Credit in halves, so that it stays a whole number.
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

/// Which sum: the metric without layer and stat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatisticKey {
    /// `strict`, `rouge1`, ...; empty where the layer has but one metric.
    pub metric: Name,
    /// Cut-off of a ranked list (`@10`); 0 for the whole list.
    pub at: u32,
    /// Label or field; `None` for the whole layer.
    pub label: Option<Arc<str>>,
}

impl StatisticKey {
    /// The sum over the whole layer.
    pub fn whole(metric: impl Into<Name>) -> Self {
        Self { metric: metric.into(), at: 0, label: None }
    }

    /// The sum under one label or field.
    pub fn labelled(metric: impl Into<Name>, label: &Arc<str>) -> Self {
        Self { metric: metric.into(), at: 0, label: Some(Arc::clone(label)) }
    }
}

/// One sum.
#[derive(Debug, Clone, PartialEq)]
pub enum Statistic {
    /// Precision, recall and F1 follow: `counts` of the gold side, and the predictions with the credit they earn.
    Matches {
        /// Outcomes; [`Counts::possible`] is the denominator of recall.
        counts: Counts,
        /// Credit of the predictions, in halves. Differs from that of the gold items only under a label, where a
        /// scheme credits a pair with different labels.
        credit2: u64,
        /// All predictions: the denominator of precision.
        predicted: u64,
    },
    /// Values of records: precision, recall and F1 as for matches, and how often something was made up where there is
    /// nothing.
    Fields {
        /// Outcomes.
        counts: Counts,
        /// Fields that are rightly empty on both sides.
        absent: u64,
    },
    /// A share: one figure, without a name of its own.
    Share {
        /// Those that do.
        hits: u64,
        /// All.
        whole: u64,
    },
    /// A recall alone: hits (or their weight) of all gold items.
    Recall {
        /// Found.
        hits: u64,
        /// All.
        possible: u64,
    },
    /// Per-document scores that are no counts, averaged over documents; summed in the order of document ids.
    Mean {
        /// Sum of precisions, 0 to 1 each.
        precision: f64,
        /// Sum of recalls.
        recall: f64,
        /// Sum of F1.
        f1: f64,
        /// Documents.
        documents: u64,
    },
    /// Precision and recall whose parts are no whole numbers: sums of shares. Added in the order of document ids.
    Shares {
        /// Numerator and denominator of precision.
        precision: (f64, f64),
        /// Numerator and denominator of recall.
        recall: (f64, f64),
    },
    /// One score a document, averaged over documents; summed in the order of document ids. It has no statistics of its own:
    /// the metric's name is the figure's.
    Average {
        /// Sum of the documents' scores, 0 to 1 each.
        sum: f64,
        /// Documents.
        documents: u64,
    },
    /// The same of an amount that is no share: 0 or more, without an upper bound.
    Amount {
        /// Sum of the documents' amounts.
        sum: f64,
        /// Documents.
        documents: u64,
    },
    /// Sums of which a formula makes one figure, 0 to 100, that is no mean over documents. Added in the order of document
    /// ids; the metric's name is the figure's.
    Corpus(Corpus),
    /// Predictions by their confidence.
    Ranking {
        /// Right and wrong ones, and the gold items.
        ranking: Ranking,
        /// Bins of the calibration error.
        bins: u32,
    },
}

impl Statistic {
    /// Matches of a whole layer, where both sides earn the same credit.
    pub fn matches(counts: Counts) -> Self {
        Self::Matches { counts, credit2: counts.credit2(), predicted: counts.predicted() }
    }
}

impl AddAssign for Statistic {
    /// # Panics
    /// Where the two are of different kinds: a fault of the family that made them.
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

/// The sums of one document or of many.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics(BTreeMap<StatisticKey, Statistic>);

impl Statistics {
    /// Adds to a sum.
    pub fn add(&mut self, key: StatisticKey, statistic: Statistic) {
        match self.0.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(statistic);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => *entry.get_mut() += statistic,
        }
    }

    /// Adds every sum of another tally.
    pub fn merge(&mut self, other: &Self) {
        for (key, statistic) in &other.0 {
            self.add(key.clone(), statistic.clone());
        }
    }

    /// Forgets the sums under labels.
    pub fn drop_labels(&mut self) {
        self.0.retain(|key, _| key.label.is_none());
    }

    /// Whether there is no sum.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One sum.
    pub fn get(&self, key: &StatisticKey) -> Option<&Statistic> {
        self.0.get(key)
    }

    /// All sums, to be changed, by key.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&StatisticKey, &mut Statistic)> {
        self.0.iter_mut()
    }

    /// All sums, by key.
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

    /// All sums, by key.
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
