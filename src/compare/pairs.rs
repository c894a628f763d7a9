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
    let [base, candidate] = [base, candidate].map(|side| side.clusters(references, settings));
    base.into_iter().zip(candidate).map(|(base, candidate)| Pair { base, candidate }).collect()
}
