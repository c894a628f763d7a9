//! Per-label counts of a metric over documents, and the number of documents that they occur in.

use rustc_hash::FxHashMap;

use super::moments::Products;
use crate::metric::Parts;

/// The number of documents that contribute to precision, to recall, and to either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ClusterCounts([u32; 3]);

impl ClusterCounts {
    pub fn of(predicted: bool, gold: bool) -> Self {
        Self([predicted, gold, predicted || gold].map(u32::from))
    }

    pub fn add(&mut self, other: Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    pub fn under(self, stat: &str) -> usize {
        let [predicted, gold, either] = self.0;
        (match stat {
            "precision" => predicted,
            "recall" => gold,
            _ => either,
        }) as usize
    }
}

/// The counts of all labels of one metric.
#[derive(Debug, Clone, Default)]
pub(super) struct LabelGroup {
    /// The number of documents with an item of any label.
    pub clusters: ClusterCounts,
    /// The products of the counts of two labels that occur in one document, the smaller label
    /// number first.
    pub products: FxHashMap<(u32, u32), Products>,
}

impl LabelGroup {
    /// Adds a document that has these labels.
    pub fn add(&mut self, labels: &[(u32, Parts)]) {
        let has = |part: usize| labels.iter().any(|(_, parts)| parts[part] > 0);
        self.clusters.add(ClusterCounts::of(has(1), has(3)));
        for (at, (a, left)) in labels.iter().enumerate() {
            for (b, right) in &labels[at + 1..] {
                if a < b {
                    self.products.entry((*a, *b)).or_default().add(left, right);
                } else {
                    self.products.entry((*b, *a)).or_default().add(right, left);
                }
            }
        }
    }

    /// Adds another group; `moved` maps its label numbers to those of this group.
    pub fn merge(&mut self, other: Self, moved: &[u32]) {
        self.clusters.add(other.clusters);
        for ((a, b), products) in other.products {
            let (a, b) = (moved[a as usize], moved[b as usize]);
            if a < b {
                self.products.entry((a, b)).or_default().merge(&products);
            } else {
                self.products.entry((b, a)).or_default().merge(&products.turned());
            }
        }
    }
}
