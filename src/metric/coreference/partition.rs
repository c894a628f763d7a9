//! Gold and predicted clusterings of mentions, prepared for the metrics.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::document::{Cluster, Region};

/// A mention, as its span.
pub(super) type MentionSpan = (u32, u32);

/// Disjoint clusters in an order that depends only on their mentions.
#[derive(Debug, Default)]
pub(super) struct Partition<'a> {
    /// The mentions of each cluster in text order, with the cluster; none is empty.
    pub clusters: Vec<(Vec<MentionSpan>, &'a Cluster)>,
    /// Mentions that occur twice in a cluster or in an earlier cluster; they are removed.
    pub repeated: Vec<(MentionSpan, &'a Cluster)>,
}

impl<'a> Partition<'a> {
    /// Returns the clusters without the mentions in ignored regions. A mention that occurs twice
    /// stays in the first cluster, in the order of the clusters' mentions; empty clusters are
    /// removed.
    pub fn new(clusters: Option<&'a [Cluster]>, ignored: &[Region]) -> Self {
        let counts = |span: &MentionSpan| !ignored.iter().any(|region| region.touches(span.0, span.1));
        let sorted = |cluster: &'a Cluster| {
            let mut mentions: Vec<MentionSpan> =
                cluster.mentions.iter().map(|span| (span.start, span.end)).filter(counts).collect();
            mentions.sort_unstable();
            (mentions, cluster)
        };
        let mut all: Vec<(Vec<MentionSpan>, &Cluster)> = clusters.unwrap_or_default().iter().map(sorted).collect();
        let once = |mentions: &[MentionSpan]| {
            let mut once = mentions.to_vec();
            once.dedup();
            once
        };
        all.sort_by_cached_key(|(mentions, cluster)| (once(mentions), mentions.len(), cluster.id.clone()));
        let (mut seen, mut partition) = (BTreeSet::new(), Self::default());
        for (mentions, cluster) in all {
            let (first, repeated): (Vec<MentionSpan>, Vec<MentionSpan>) =
                mentions.into_iter().partition(|&mention| seen.insert(mention));
            partition.repeated.extend(repeated.into_iter().map(|mention| (mention, cluster)));
            if !first.is_empty() {
                partition.clusters.push((first, cluster));
            }
        }
        partition.clusters.sort_by(|a, b| a.0.cmp(&b.0));
        partition
    }

    /// Returns the sizes of the clusters.
    pub fn sizes(&self) -> Vec<u64> {
        self.clusters.iter().map(|(mentions, _)| mentions.len() as u64).collect()
    }

    /// Returns the cluster index of each mention.
    pub fn cluster_of(&self) -> FxHashMap<MentionSpan, usize> {
        let places = self.clusters.iter().enumerate();
        places.flat_map(|(at, (mentions, _))| mentions.iter().map(move |&mention| (mention, at))).collect()
    }
}

/// The intersections of two clusterings.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Sizes of the gold clusters.
    pub gold: Vec<u64>,
    /// Sizes of the predicted clusters.
    pub predicted: Vec<u64>,
    /// The number of mentions that a gold and a predicted cluster share, if any.
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

    /// Returns the table with gold and predicted clusters exchanged.
    pub fn turned(&self) -> Self {
        let shared = self.shared.iter().map(|(&(g, p), &count)| ((p, g), count)).collect();
        Self { gold: self.predicted.clone(), predicted: self.gold.clone(), shared }
    }
}
