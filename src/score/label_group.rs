//! Per-label counts of a metric over documents, and the number of documents that they occur in.

use rustc_hash::FxHashMap;

use super::moments::{Products, Squares};
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

/// The number of labels of a document above which the document is kept instead of the products of
/// its labels. Products of each two labels do not grow with the number of documents, but n labels
/// in one document have n² of them; a document of 64 labels has 32 products for each of them.
const MOST_PAIRED: usize = 64;

/// The counts of all labels of one metric.
#[derive(Debug, Clone, Default)]
pub(super) struct LabelGroup {
    /// The number of documents with an item of any label.
    pub clusters: ClusterCounts,
    /// The products of the counts of two labels that occur in one document, the smaller label
    /// number first.
    pub products: FxHashMap<(u32, u32), Products>,
    /// The counts of each document with many labels.
    pub many: Vec<Vec<(u32, Parts)>>,
}

impl LabelGroup {
    /// Adds a document that has these labels.
    pub fn add(&mut self, labels: &[(u32, Parts)]) {
        let has = |part: usize| labels.iter().any(|(_, parts)| parts[part] > 0);
        self.clusters.add(ClusterCounts::of(has(1), has(3)));
        if labels.len() > MOST_PAIRED {
            self.many.push(labels.to_vec());
            return;
        }
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
        for mut document in other.many {
            document.iter_mut().for_each(|(label, _)| *label = moved[*label as usize]);
            self.many.push(document);
        }
        for ((a, b), products) in other.products {
            let (a, b) = (moved[a as usize], moved[b as usize]);
            if a < b {
                self.products.entry((a, b)).or_default().merge(&products);
            } else {
                self.products.entry((b, a)).or_default().merge(&products.turned());
            }
        }
    }

    /// Adds the products of each two labels of the documents with many labels to a sum of squared
    /// residuals. `gradient` returns the rank and the gradient of a label, if it is part of the
    /// mean. The order of the documents does not matter.
    pub fn add_many(&self, squares: &mut Squares, gradient: impl Fn(u32) -> Option<(usize, [f64; 4])>) {
        let in_order = |document: &Vec<(u32, Parts)>| {
            let mut labels: Vec<(usize, Parts, [f64; 4])> = document
                .iter()
                .filter_map(|(label, parts)| gradient(*label).map(|(rank, gradient)| (rank, *parts, gradient)))
                .collect();
            labels.sort_unstable_by_key(|(rank, ..)| *rank);
            labels
        };
        let mut documents: Vec<_> = self.many.iter().map(in_order).collect();
        let content = |document: &[(usize, Parts, [f64; 4])]| {
            document.iter().map(|(rank, parts, _)| (*rank, *parts)).collect::<Vec<_>>()
        };
        documents.sort_by_cached_key(|document| content(document));
        for document in documents {
            squares.add_pairs(document.iter().map(|(_, parts, gradient)| (parts, gradient)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{LabelGroup, Squares};
    use crate::metric::Parts;

    proptest! {
        #[test]
        fn documents_with_many_labels_add_what_products_add(
            documents in proptest::collection::vec(proptest::collection::vec(proptest::array::uniform4(0..5_u64), 0..9), 0..6),
        ) {
            let gradient = |label: u32| [0.3, -0.2, 0.1, -0.4].map(|part| part * f64::from(label + 1));
            let labelled = |document: &Vec<Parts>| (0..).zip(document.iter().copied()).collect::<Vec<(u32, Parts)>>();
            let (mut paired, mut kept) = (LabelGroup::default(), LabelGroup::default());
            for document in &documents {
                paired.add(&labelled(document));
                kept.many.push(labelled(document));
            }
            let (mut of_products, mut of_documents) = (Squares::default(), Squares::default());
            for ((a, b), products) in &paired.products {
                of_products.add(products, &gradient(*a), &gradient(*b), 2.0);
            }
            kept.add_many(&mut of_documents, |label| Some((label as usize, gradient(label))));
            let (one, other) = (of_products.value(), of_documents.value());
            prop_assert!((one - other).abs() <= 1e-9 * (1.0 + one.abs()), "{one} and {other}");
        }
    }
}
