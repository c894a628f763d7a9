//! One sum over documents, with the second moments that its intervals are computed from.

use super::label_group::ClusterCounts;
use super::moments::Products;
use crate::metric::{Parts, Statistic};

/// A sum over documents.
#[derive(Debug, Clone)]
pub(super) struct StatisticCell {
    /// A zero statistic of the same kind.
    pub nothing: Statistic,
    /// For a sum under a label, the number of the metric's group of labels.
    pub group: Option<u32>,
    /// The sum over answered documents; `None` before the first.
    pub answered: Option<Statistic>,
    pub unanswered: Option<Statistic>,
    pub clusters: ClusterCounts,
    pub products: Products,
    /// For sums that are not counts, every document's contribution: its cluster number, whether it
    /// was answered, and the statistic.
    pub singles: Vec<(u32, bool, Statistic)>,
}

impl StatisticCell {
    /// Returns an empty cell for statistics of the kind of `like`.
    pub fn new(like: &Statistic) -> Self {
        Self {
            nothing: like.zero(),
            group: None,
            answered: None,
            unanswered: None,
            clusters: ClusterCounts::default(),
            products: Products::default(),
            singles: Vec::new(),
        }
    }

    pub fn scatter(&mut self, parts: &Parts) {
        self.clusters.add(ClusterCounts::of(parts[1] > 0, parts[3] > 0));
        self.products.add(parts, parts);
    }

    pub fn add_sum(&mut self, statistic: &Statistic, is_answered: bool) {
        match if is_answered { &mut self.answered } else { &mut self.unanswered } {
            Some(sum) => *sum += statistic.clone(),
            none => *none = Some(statistic.clone()),
        }
    }

    /// Returns the sum over all documents.
    pub fn total(&self) -> Statistic {
        let mut total = self.nothing.clone();
        for part in self.answered.iter().chain(&self.unanswered) {
            total += part.clone();
        }
        total
    }

    pub fn merge(&mut self, other: Self, clusters_before: u32) {
        let moved = |(cluster, is_answered, statistic)| (cluster + clusters_before, is_answered, statistic);
        self.singles.extend(other.singles.into_iter().map(moved));
        other.answered.iter().for_each(|statistic| self.add_sum(statistic, true));
        other.unanswered.iter().for_each(|statistic| self.add_sum(statistic, false));
        self.clusters.add(other.clusters);
        self.products.merge(&other.products);
    }
}
