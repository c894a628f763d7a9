//! One sum over documents, with what its intervals are made of.

use super::label_group::Clusters;
use super::moments::Products;
use crate::metric::{Counts, Parts, Statistic};
use crate::stats::confidence::Ranking;

/// One sum.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Nothing, of the kind of the sum.
    pub nothing: Statistic,
    /// Over the documents that were answered, and over the others; `None` before the first.
    pub answered: Option<Statistic>,
    pub unanswered: Option<Statistic>,
    pub clusters: Clusters,
    pub products: Products,
    /// Of sums that are no counts, every document's part: the number of its cluster, and whether it was answered.
    pub singles: Vec<(u32, bool, Statistic)>,
}

impl Cell {
    /// A sum of the same kind as a slot, still without a document.
    pub fn new(like: &Statistic) -> Self {
        let nothing = match like {
            Statistic::Recall { .. } => Statistic::Recall { hits: 0, possible: 0 },
            Statistic::Share { .. } => Statistic::Share { hits: 0, whole: 0 },
            Statistic::Ranking { bins, .. } => Statistic::Ranking { ranking: Ranking::default(), bins: *bins },
            _ => Statistic::matches(Counts::default()),
        };
        Self {
            nothing,
            answered: None,
            unanswered: None,
            clusters: Clusters::default(),
            products: Products::default(),
            singles: Vec::new(),
        }
    }

    pub fn scatter(&mut self, parts: &Parts) {
        self.clusters.add(Clusters::of(parts[1] > 0, parts[3] > 0));
        self.products.add(parts, parts);
    }

    pub fn add_sum(&mut self, statistic: &Statistic, is_answered: bool) {
        match if is_answered { &mut self.answered } else { &mut self.unanswered } {
            Some(sum) => *sum += statistic.clone(),
            none => *none = Some(statistic.clone()),
        }
    }

    /// The sum over all documents.
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
