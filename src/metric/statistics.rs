//! Sufficient statistics: sums that add up over documents, and from which every figure is computed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Statistic;

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
