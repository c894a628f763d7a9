//! What one system scores on every single document, packed: all that comparisons, gates, power and
//! repeats need, so that no document and no answer has to be kept.

use std::collections::{BTreeMap, BTreeSet};

use super::layer_counts::LayerCounts;
use super::wanted::Wanted;
use super::{ClusterBy, Settings, Status};
use crate::document::{Layer, LayerSet, Reference};
use crate::metric::{METRIC_GROUPS, MetricGroup};

/// The counts of one system, document by document and layer by layer.
///
/// Threads fill one of these each and [`merge`](Self::merge) them in any order;
/// [`in_order`](Self::in_order) then makes the result independent of how the work was shared out.
#[derive(Debug, Clone)]
pub struct SystemCounts {
    /// The system's name.
    pub name: String,
    /// How often every document was asked about; sums are over all of these.
    pub repeats: usize,
    documents: Vec<CountedDocument>,
    layers: BTreeMap<Layer, LayerCounts>,
    wanted: Wanted,
}

/// A document that was counted.
#[derive(Debug, Clone)]
pub struct CountedDocument {
    /// Its id.
    pub id: Box<str>,
    /// How it ended.
    pub status: Status,
    /// Identifies what was answered: equal for two systems if they answered alike.
    pub answer: u128,
    /// The number of its cluster, in the order of the clusters' names.
    cluster: u32,
}

impl SystemCounts {
    /// No documents yet. Only sums that are wanted will be kept.
    pub fn new(name: impl Into<String>, wanted: Wanted) -> Self {
        Self { name: name.into(), repeats: 1, documents: Vec::new(), layers: BTreeMap::new(), wanted }
    }

    /// Adds a document without any counts, and returns its number for [`LayerCounts::push`].
    pub fn document(&mut self, id: &str, status: Status, answer: u128) -> u32 {
        let number = self.documents.len() as u32;
        self.documents.push(CountedDocument { id: id.into(), status, answer, cluster: number });
        number
    }

    /// The counts of a layer, to be added to. Golden files have the layer, whether or not any
    /// document is counted in it.
    pub fn layer_mut(&mut self, layer: &Layer, group: &dyn MetricGroup) -> &mut LayerCounts {
        if !self.layers.contains_key(layer) {
            self.layers.insert(layer.clone(), LayerCounts::new(layer, group, &self.wanted));
        }
        self.layers.get_mut(layer).expect("it was added")
    }

    /// Adds the documents of another part of the same system's answers.
    pub fn merge(&mut self, other: Self) {
        let before = self.documents.len() as u32;
        self.repeats = self.repeats.max(other.repeats);
        self.documents.extend(other.documents.into_iter().map(|mut document| {
            document.cluster += before;
            document
        }));
        for (layer, more) in other.layers {
            match self.layers.get_mut(&layer) {
                Some(counts) => counts.merge(more, before),
                None => {
                    self.layers.insert(layer, more.moved(before));
                }
            }
        }
    }

    /// Puts the documents in the order of their ids.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        if self.documents.is_sorted_by(|a, b| a.id <= b.id) {
            self.layers.values_mut().for_each(|layer| layer.put_in_order(|document| document));
            return self;
        }
        let mut order: Vec<u32> = (0..self.documents.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.documents[*a as usize].id.cmp(&self.documents[*b as usize].id));
        let mut places = vec![0; order.len()];
        for (place, number) in (0..).zip(&order) {
            places[*number as usize] = place;
        }
        for document in &mut self.documents {
            document.cluster = places[document.cluster as usize];
        }
        self.documents.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.layers.values_mut().for_each(|layer| layer.put_in_order(|document| places[document as usize]));
        self
    }

    /// Leaves out the layers that a system which declares these cannot be scored on.
    pub fn keep_declared(&mut self, declared: &LayerSet, settings: &Settings) {
        self.layers
            .retain(|layer, _| group_of(layer, settings).is_some_and(|group| group.is_answered_by(layer, declared)));
    }

    /// Clusters the documents, which are in order; each is a cluster by itself before.
    pub fn cluster(&mut self, references: &BTreeMap<String, Reference>, by: &ClusterBy) {
        if *by == ClusterBy::Document {
            return;
        }
        let groups = by.groups(references).into_iter().enumerate();
        let numbers: BTreeMap<&str, u32> = groups
            .flat_map(|(number, group)| group.into_iter().map(move |(id, _)| (id.as_str(), number as u32)))
            .collect();
        for document in &mut self.documents {
            document.cluster = numbers.get(&*document.id).copied().unwrap_or(u32::MAX);
        }
    }

    /// The documents, in the order of their ids.
    pub fn documents(&self) -> &[CountedDocument] {
        &self.documents
    }

    /// The documents of these ids that were not answered; of all documents without ids.
    pub fn unanswered(&self, ids: Option<&BTreeSet<String>>) -> usize {
        let is_meant = |document: &&CountedDocument| ids.is_none_or(|ids| ids.contains(&*document.id));
        self.documents.iter().filter(is_meant).filter(|document| document.status != Status::Ok).count()
    }

    /// The layers, in report order.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &LayerCounts> {
        self.layers.values()
    }

    /// One layer.
    pub(crate) fn layer(&self, layer: &Layer) -> Option<&LayerCounts> {
        self.layers.get(layer)
    }

    /// The rows of a layer's clusters, in the order of the clusters, and in that of the documents'
    /// ids; of these documents alone, if ids are given.
    pub(crate) fn clusters(&self, layer: &LayerCounts, ids: Option<&BTreeSet<String>>) -> Vec<Vec<u32>> {
        let is_meant = |row: &u32| {
            let document = &self.documents[layer.document(*row) as usize];
            ids.is_none_or(|ids| ids.contains(&*document.id))
        };
        let cluster = |row: &u32| self.documents[layer.document(*row) as usize].cluster;
        let mut rows: Vec<u32> = (0..layer.len() as u32).filter(is_meant).collect();
        rows.sort_by_key(cluster);
        rows.chunk_by(|a, b| cluster(a) == cluster(b)).map(<[u32]>::to_vec).collect()
    }
}

/// What scores a layer.
pub(crate) fn group_of(layer: &Layer, settings: &Settings) -> Option<&'static dyn MetricGroup> {
    settings.preset.map_or(METRIC_GROUPS, |preset| preset.families).iter().find(|group| group.scores(layer)).copied()
}
