//! One sum over documents, with what its intervals are made of.

use super::group::Clusters;
use super::moments::Products;
use crate::metric::{Counts, Parts, Slot};
use crate::stats::confidence::Ranking;

/// One sum.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Nothing, of the kind of the sum.
    pub nothing: Slot,
    /// Over the documents that were answered, and over the others; `None` before the first.
    pub answered: Option<Slot>,
    pub unanswered: Option<Slot>,
    pub clusters: Clusters,
    pub products: Products,
    /// Of sums that are no counts, every document's part: the number of its cluster, and whether it was answered.
    pub singles: Vec<(u32, bool, Slot)>,
}

impl Cell {
    /// A sum of the same kind as a slot, still without a document.
    pub fn new(like: &Slot) -> Self {
        let nothing = match like {
            Slot::Recall { .. } => Slot::Recall { hits: 0, possible: 0 },
            Slot::Share { .. } => Slot::Share { hits: 0, whole: 0 },
            Slot::Ranking { bins, .. } => Slot::Ranking { ranking: Ranking::default(), bins: *bins },
            _ => Slot::matches(Counts::default()),
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

    pub fn add_sum(&mut self, slot: &Slot, is_answered: bool) {
        match if is_answered { &mut self.answered } else { &mut self.unanswered } {
            Some(sum) => *sum += slot.clone(),
            none => *none = Some(slot.clone()),
        }
    }

    /// The sum over all documents.
    pub fn total(&self) -> Slot {
        let mut total = self.nothing.clone();
        for part in self.answered.iter().chain(&self.unanswered) {
            total += part.clone();
        }
        total
    }

    pub fn merge(&mut self, other: Self, clusters_before: u32) {
        let moved = |(cluster, is_answered, slot)| (cluster + clusters_before, is_answered, slot);
        self.singles.extend(other.singles.into_iter().map(moved));
        other.answered.iter().for_each(|slot| self.add_sum(slot, true));
        other.unanswered.iter().for_each(|slot| self.add_sum(slot, false));
        self.clusters.add(other.clusters);
        self.products.merge(&other.products);
    }
}
