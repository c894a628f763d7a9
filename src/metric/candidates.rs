//! The pairs of gold items and predictions that are compared, because they overlap or because their
//! keys are equal.
//!
//! Text is annotated so that an item has few of them. Where a document has more than
//! [`MOST_PAIRS`], each item is compared with a bounded number of predictions only: those that
//! equal it and those nearest to it, and the pairing says that it may not be the best one.

use std::collections::BTreeMap;

use crate::align::OverlapIndex;

/// The largest number of pairs of a document and layer that are all compared, beyond
/// [`PAIRS_PER_ITEM`] for each item.
const MOST_PAIRS: usize = 1 << 19;

/// The number of pairs per item that are compared, however many items there are.
const PAIRS_PER_ITEM: usize = 16;

/// The number of predictions with the key of an item with which it is compared beyond the bound.
const MOST_EQUAL: usize = 8;

/// The number of predictions on either side of an item that are tried for an overlap beyond the
/// bound.
const MOST_NEAR: usize = 16;

/// A range of text, with the index of its item.
pub(super) type Located = ((u32, u32), usize);

/// Pairs of indices in the lists of gold items and of predictions. A pair may occur twice.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Candidates {
    /// The pairs.
    pub pairs: Vec<(usize, usize)>,
    /// Whether there are pairs that are not listed.
    pub is_partial: bool,
}

impl Candidates {
    /// Adds the pairs of others.
    pub fn extend(&mut self, others: Self) {
        self.pairs.extend(others.pairs);
        self.is_partial |= others.is_partial;
    }
}

/// Returns the pairs with overlapping ranges; `None` if there are too many.
pub(super) fn overlapping(gold: &[Located], predicted: &OverlapIndex, predictions: usize) -> Option<Candidates> {
    let count: usize = gold.iter().map(|(range, _)| predicted.count_overlapping(*range)).sum();
    (count <= most(gold.len() + predictions)).then(|| {
        let partners = |&(range, g): &Located| predicted.overlapping(range).map(move |p| (g, p));
        Candidates { pairs: gold.iter().flat_map(partners).collect(), is_partial: false }
    })
}

/// Returns each gold item with the overlapping predictions that are nearest to it.
pub(super) fn nearest(gold: &[Located], predicted: &OverlapIndex) -> Candidates {
    let partners = |&(range, g): &Located| predicted.nearest(range, MOST_NEAR).into_iter().map(move |p| (g, p));
    Candidates { pairs: gold.iter().flat_map(partners).collect(), is_partial: true }
}

/// Returns the pairs with equal keys. If there are too many, the k-th gold item of a key is paired
/// with the predictions around the k-th of that key.
pub(super) fn equal<K: Ord>(
    gold: impl IntoIterator<Item = (K, usize)>,
    predicted: impl IntoIterator<Item = (K, usize)>,
) -> Candidates {
    let mut by_key: BTreeMap<K, [Vec<usize>; 2]> = BTreeMap::new();
    let mut items = 0;
    for (key, g) in gold {
        by_key.entry(key).or_default()[0].push(g);
        items += 1;
    }
    for (key, p) in predicted {
        by_key.entry(key).or_default()[1].push(p);
        items += 1;
    }
    let count = by_key
        .values()
        .fold(0_usize, |sum, [gold, predicted]| sum.saturating_add(gold.len().saturating_mul(predicted.len())));
    let is_partial = count > most(items);
    let mut pairs = Vec::new();
    for [gold, predicted] in by_key.values() {
        for (rank, &g) in gold.iter().enumerate() {
            let first = if is_partial { rank.saturating_sub(MOST_EQUAL / 2).min(predicted.len()) } else { 0 };
            let number = if is_partial { MOST_EQUAL } else { usize::MAX };
            pairs.extend(predicted[first..].iter().take(number).map(|&p| (g, p)));
        }
    }
    Candidates { pairs, is_partial }
}

fn most(items: usize) -> usize {
    MOST_PAIRS + PAIRS_PER_ITEM * items
}

#[cfg(test)]
mod tests {
    use super::{Candidates, OverlapIndex, equal, nearest, overlapping};

    #[test]
    fn all_pairs_up_to_the_bound_and_neighbours_beyond_it() {
        let ranges = |items: u32| -> Vec<_> { (0..items).map(|i| (i, 2 * items - i)).zip(0..).collect() };
        let index = |items: u32| OverlapIndex::new(ranges(items));
        let few = overlapping(&ranges(3), &index(3), 3).unwrap();
        assert_eq!((few.pairs.len(), few.is_partial), (9, false));
        assert_eq!(overlapping(&ranges(2_000), &index(2_000), 2_000), None);
        let near = nearest(&ranges(2_000), &index(2_000));
        assert!((0..2_000).all(|at| near.pairs.contains(&(at, at))) && near.pairs.len() < 2_000 * 33);
    }

    #[test]
    fn copies_of_an_item_are_compared_rank_by_rank_beyond_the_bound() {
        let copies = |number: usize| (0..number).map(|at| ("same", at));
        let Candidates { pairs, is_partial } = equal(copies(3), copies(2).chain([("other", 2)]));
        assert_eq!((pairs.len(), is_partial), (6, false));
        let Candidates { pairs, is_partial } = equal(copies(2_000), copies(1_000));
        assert!(is_partial && (0..1_000).all(|at| pairs.contains(&(at, at))) && pairs.len() < 2_000 * 9);
    }
}
