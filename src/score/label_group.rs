//! What documents hold of the labels of a metric, and how many documents there are.

use rustc_hash::FxHashMap;

use super::moments::Products;
use crate::metric::Parts;

/// How many documents have something under precision, under recall, and under either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Clusters([u32; 3]);

impl Clusters {
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

/// The labels of one metric, together.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// Documents with an item of any label.
    pub clusters: Clusters,
    /// Of two labels in one document, the first smaller than the second.
    pub products: FxHashMap<(u32, u32), Products>,
}

impl Group {
    /// Adds a document that has these labels.
    pub fn add(&mut self, labels: &[(u32, Parts)]) {
        let has = |part: usize| labels.iter().any(|(_, parts)| parts[part] > 0);
        self.clusters.add(Clusters::of(has(1), has(3)));
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

    /// Adds another whose numbers have moved.
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
