//! The clusters of two systems, paired.

use std::collections::BTreeMap;

use crate::document::Reference;
use crate::metric::Tally;
use crate::score::{LayerTallies, Settings};

/// One cluster's sums under both systems.
#[derive(Debug, Clone, Default)]
pub(super) struct Pair {
    pub base: Tally,
    pub candidate: Tally,
}

/// Pairs the clusters of both, in the order of their names: which documents they have, golden files say, and those are the same.
pub(super) fn pairs(
    base: &LayerTallies<'_>,
    candidate: &LayerTallies<'_>,
    references: &BTreeMap<String, Reference>,
    settings: &Settings,
) -> Vec<Pair> {
    // Both sides weigh the same in a swap, however often they were asked.
    let together = least_common_multiple(base.repeats, candidate.repeats);
    let [base, candidate] = [base, candidate].map(|side| {
        let mut clusters = side.clusters(references, settings);
        for sums in &mut clusters {
            let once = sums.clone();
            (1..together / side.repeats).for_each(|_| sums.merge(&once));
        }
        clusters
    });
    base.into_iter().zip(candidate).map(|(base, candidate)| Pair { base, candidate }).collect()
}

fn least_common_multiple(one: usize, other: usize) -> usize {
    let (mut greater, mut smaller) = (one, other);
    while smaller > 0 {
        (greater, smaller) = (smaller, greater % smaller);
    }
    one / greater * other
}
