//! Two clusterings of mentions as the metrics need them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::document::{Cluster, Region};

/// A mention is its stretch of text.
pub(super) type Mention = (u32, u32);

/// Disjoint clusters in an order that depends on nothing but their mentions.
#[derive(Debug, Default)]
pub(super) struct Partition<'a> {
    /// Mentions in text order; none is empty.
    pub clusters: Vec<(Vec<Mention>, &'a Cluster)>,
    /// Mentions that a cluster repeats, or that an earlier one has: they are left out of it.
    pub repeated: Vec<(Mention, &'a Cluster)>,
}

impl<'a> Partition<'a> {
    /// Clusters without the mentions in ignored regions. A mention that stands twice stays with the first cluster, by the
    /// clusters' mentions in text order; clusters that nothing is left of go.
    pub fn new(clusters: Option<&'a [Cluster]>, ignored: &[Region]) -> Self {
        let counts = |span: &Mention| !ignored.iter().any(|region| region.touches(span.0, span.1));
        let sorted = |cluster: &'a Cluster| {
            let mut mentions: Vec<Mention> =
                cluster.mentions.iter().map(|span| (span.start, span.end)).filter(counts).collect();
            mentions.sort_unstable();
            (mentions, cluster)
        };
        let mut all: Vec<(Vec<Mention>, &Cluster)> = clusters.unwrap_or_default().iter().map(sorted).collect();
        all.sort_by(|a, b| (&a.0, &a.1.id).cmp(&(&b.0, &b.1.id)));
        let (mut seen, mut partition) = (BTreeSet::new(), Self::default());
        for (mentions, cluster) in all {
            let (first, repeated): (Vec<Mention>, Vec<Mention>) =
                mentions.into_iter().partition(|&mention| seen.insert(mention));
            partition.repeated.extend(repeated.into_iter().map(|mention| (mention, cluster)));
            if !first.is_empty() {
                partition.clusters.push((first, cluster));
            }
        }
        partition.clusters.sort_by(|a, b| a.0.cmp(&b.0));
        partition
    }

    /// Sizes of the clusters.
    pub fn sizes(&self) -> Vec<u64> {
        self.clusters.iter().map(|(mentions, _)| mentions.len() as u64).collect()
    }

    /// The place of each mention's cluster.
    pub fn cluster_of(&self) -> FxHashMap<Mention, usize> {
        let places = self.clusters.iter().enumerate();
        places.flat_map(|(at, (mentions, _))| mentions.iter().map(move |&mention| (mention, at))).collect()
    }
}

/// What two clusterings share.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Sizes of the gold clusters.
    pub gold: Vec<u64>,
    /// Sizes of the predicted clusters.
    pub predicted: Vec<u64>,
    /// Mentions that a gold and a predicted cluster have in common, where there are any.
    pub shared: BTreeMap<(usize, usize), u64>,
}

impl Table {
    pub fn new(gold: &Partition<'_>, predicted: &Partition<'_>) -> Self {
        let answers = predicted.cluster_of();
        let mut shared = BTreeMap::new();
        for (g, (mentions, _)) in gold.clusters.iter().enumerate() {
            for p in mentions.iter().filter_map(|mention| answers.get(mention)) {
                *shared.entry((g, *p)).or_insert(0) += 1;
            }
        }
        Self { gold: gold.sizes(), predicted: predicted.sizes(), shared }
    }

    /// The same, seen from the other side.
    pub fn turned(&self) -> Self {
        let shared = self.shared.iter().map(|(&(g, p), &count)| ((p, g), count)).collect();
        Self { gold: self.predicted.clone(), predicted: self.gold.clone(), shared }
    }
}
