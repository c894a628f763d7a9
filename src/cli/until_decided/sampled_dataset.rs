//! The documents of a dataset in random order, by cluster, and when they are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use karat::compare::{SliceBy, slices};
use karat::corpus::{Dataset, sample_order};
use karat::error::Error;
use karat::gate::Rule;
use karat::score::{Missing, Settings};
use karat::stats::ConfidenceSequence;

use super::super::plan::{ConfigFile, PairScope};

/// A dataset in random order.
pub(super) struct SampledDataset {
    pub golden: PathBuf,
    pub settings: Settings,
    /// The cluster of every document.
    pub clusters: BTreeMap<String, String>,
    /// The documents of every cluster, in random order.
    pub order: Vec<Vec<String>>,
    /// The documents of every slice of the rules.
    pub slices: BTreeMap<String, BTreeSet<String>>,
}

impl SampledDataset {
    pub fn new(
        config: &ConfigFile,
        dataset: &Dataset,
        settings: &Settings,
        rules: &[&Rule],
        seed: u64,
    ) -> Result<Self, Error> {
        let metrics = rules.iter().filter_map(|rule| rule.metric.clone()).collect();
        let scope = PairScope { metrics, ..PairScope::new(false, Missing::Skip, None) };
        let settings = scope.settings(settings.clone());
        let mut clusters = settings.cluster.clusters(&dataset.references).map_err(Error::Input)?;
        clusters.retain(|id, _| dataset.references[id].document.is_some());
        let mut by_slice = BTreeMap::new();
        for rule in rules {
            if let Some(by @ SliceBy::Meta(_)) = &rule.slice {
                by_slice.extend(slices(&dataset.references, by).map_err(Error::Input)?);
            }
        }
        let order = sample_order(&clusters, seed);
        Ok(Self { golden: config.golden(&dataset.name).to_owned(), settings, clusters, order, slices: by_slice })
    }

    /// Returns the number of clusters of a slice among some documents.
    pub fn count(&self, slice: Option<&str>, is_meant: impl Fn(&str) -> bool) -> usize {
        let is_in = |id: &str| slice.is_none_or(|slice| self.slices.get(slice).is_none_or(|ids| ids.contains(id)));
        let clusters = self.clusters.iter().filter(|(id, _)| is_in(id) && is_meant(id));
        clusters.map(|(_, cluster)| cluster).collect::<BTreeSet<_>>().len()
    }

    /// Returns the number of floors and ceilings that may fail a gate, of one figure a rule.
    pub fn limits(&self, rules: &[(usize, &Rule)]) -> usize {
        let of_rule = |(_, rule): &(usize, &Rule)| {
            let slices = match rule.slice {
                None => 1,
                Some(SliceBy::Length) => 3,
                Some(SliceBy::Meta(_)) => self.slices.len(),
            };
            slices * (usize::from(rule.min.is_some()) + usize::from(rule.max.is_some()))
        };
        rules.iter().filter(|(_, rule)| !rule.informational).map(of_rule).sum()
    }

    /// Returns the number of documents of the first clusters.
    pub fn documents(&self, clusters: usize) -> usize {
        self.order.iter().take(clusters).map(Vec::len).sum()
    }

    /// Returns the number of clusters after which an extractor is judged next.
    pub fn next_look(&self, clusters: usize) -> usize {
        const LEAST_STEP: usize = 5;
        let next = if clusters == 0 { ConfidenceSequence::LEAST } else { clusters + LEAST_STEP.max(clusters / 10) };
        next.min(self.order.len())
    }
}
