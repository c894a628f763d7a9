//! The documents of two systems, paired, in clusters.

use std::collections::BTreeMap;

use crate::metric::Tally;
use crate::score::DocumentTally;

/// One cluster's sums under both systems.
#[derive(Debug, Clone, Default)]
pub(super) struct Pair {
    pub base: Tally,
    pub candidate: Tally,
}

/// Pairs the documents of both, in the order of their clusters' names.
pub(super) fn pairs(
    base: &[DocumentTally],
    candidate: &[DocumentTally],
    clusters: &BTreeMap<String, String>,
) -> Vec<Pair> {
    let mut paired: BTreeMap<&str, Pair> = BTreeMap::new();
    for (one, other) in base.iter().zip(candidate) {
        debug_assert_eq!(one.id, other.id);
        let cluster = clusters.get(&one.id).unwrap_or(&one.id);
        let pair = paired.entry(cluster).or_default();
        pair.base.merge(&one.tally);
        pair.candidate.merge(&other.tally);
    }
    paired.into_values().collect()
}
