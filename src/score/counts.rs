//! The counts of one system for every document, packed. Comparisons, gates, power analysis and
//! repeats need only these, so no document and no answer is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::layer_counts::LayerCounts;
use super::wanted::Wanted;
use super::{ClusterBy, Settings, Status};
use crate::document::{Layer, LayerSet, Reference};
use crate::metric::LayerGroups;

/// The counts of one system by document and layer.
///
/// Each thread fills one of these; [`merge`](Self::merge) combines them in any order, and
/// [`in_order`](Self::in_order) then makes the result independent of how documents were distributed
/// over threads.
#[derive(Debug, Clone)]
pub struct SystemCounts {
    /// The name of the system.
    pub name: String,
    /// The number of repeats, over all of which counts are summed.
    pub repeats: usize,
    documents: Vec<CountedDocument>,
    layers: BTreeMap<Layer, LayerCounts>,
    wanted: Wanted,
}

/// A counted document.
#[derive(Debug, Clone)]
pub struct CountedDocument {
    /// The document id.
    pub id: Box<str>,
    /// The status of the answer.
    pub status: Status,
    /// Whether any repeat was answered.
    pub has_answer: bool,
    /// A fingerprint of the answer: equal for two systems if their answers are equal.
    pub answer: u128,
    /// The number of its cluster, in the order of the cluster names.
    cluster: u32,
}

impl SystemCounts {
    /// Returns counts without documents that will keep only the sums in `wanted`.
    pub fn new(name: impl Into<String>, wanted: Wanted) -> Self {
        Self { name: name.into(), repeats: 1, documents: Vec::new(), layers: BTreeMap::new(), wanted }
    }

    /// Adds a document without any counts, and returns its number for [`LayerCounts::push`].
    pub fn document(&mut self, id: &str, (status, has_answer): (Status, bool), answer: u128) -> u32 {
        let number = self.documents.len() as u32;
        self.documents.push(CountedDocument { id: id.into(), status, has_answer, answer, cluster: number });
        number
    }

    /// Returns the counts of a layer for modification, and creates them if needed. Call it for
    /// every layer of the golden files, whether or not a document is counted in it.
    pub fn layer_mut(&mut self, layer: &Layer, groups: LayerGroups) -> &mut LayerCounts {
        if !self.layers.contains_key(layer) {
            self.layers.insert(layer.clone(), LayerCounts::new(layer, groups, &self.wanted));
        }
        self.layers.get_mut(layer).expect("it was added")
    }

    /// Adds the documents of another part of the answers of the same system.
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

    /// Sorts the documents by id.
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

    /// Removes layers on which a system that declares only `declared` cannot be scored.
    pub fn keep_declared(&mut self, declared: &LayerSet, settings: &Settings) {
        self.layers
            .retain(|layer, _| settings.groups_of(layer).is_some_and(|groups| groups.is_answered_by(layer, declared)));
    }

    /// Assigns the documents, which must be sorted, to clusters; before, each is a cluster by
    /// itself.
    pub fn cluster(&mut self, references: &BTreeMap<String, Reference>, by: &ClusterBy) {
        if *by == ClusterBy::Document {
            return;
        }
        let groups = by.groups(references.iter()).into_iter().enumerate();
        let numbers: BTreeMap<&str, u32> = groups
            .flat_map(|(number, group)| group.into_iter().map(move |(id, _)| (id.as_str(), number as u32)))
            .collect();
        for document in &mut self.documents {
            document.cluster = numbers.get(&*document.id).copied().unwrap_or(u32::MAX);
        }
    }

    /// Assigns the documents to clusters by the names of these, in the order of the names. A
    /// document without a name is a cluster by itself.
    pub fn cluster_by_name<'n>(&mut self, name_of: impl Fn(&str) -> Option<&'n str>) {
        let names: Vec<Option<&str>> = self.documents.iter().map(|document| name_of(&document.id)).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().flatten().collect();
        let numbers: BTreeMap<&str, u32> = distinct.into_iter().zip(0..).collect();
        let mut next = numbers.len() as u32;
        for (document, name) in self.documents.iter_mut().zip(names) {
            document.cluster = name.and_then(|name| numbers.get(name).copied()).unwrap_or_else(|| {
                next += 1;
                next - 1
            });
        }
    }

    /// Returns the documents, in the order of their ids after [`Self::in_order`].
    pub fn documents(&self) -> &[CountedDocument] {
        &self.documents
    }

    /// Returns the number of unanswered documents, among `ids` if given.
    pub fn unanswered(&self, ids: Option<&BTreeSet<String>>) -> usize {
        let is_meant = |document: &&CountedDocument| ids.is_none_or(|ids| ids.contains(&*document.id));
        self.documents.iter().filter(is_meant).filter(|document| document.status != Status::Ok).count()
    }

    /// Returns the ids of the documents of which any repeat was answered, among `ids` if given.
    pub(crate) fn with_answers(&self, ids: Option<&BTreeSet<String>>) -> BTreeSet<&str> {
        let is_meant = |document: &&CountedDocument| ids.is_none_or(|ids| ids.contains(&*document.id));
        let answered = self.documents.iter().filter(is_meant).filter(|document| document.has_answer);
        answered.map(|document| &*document.id).collect()
    }

    /// Iterates over the layers, in report order.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &LayerCounts> {
        self.layers.values()
    }

    /// Returns the counts of one layer, if it was counted.
    pub(crate) fn layer(&self, layer: &Layer) -> Option<&LayerCounts> {
        self.layers.get(layer)
    }

    /// Returns the row numbers of each cluster of a layer, in the order of the clusters and, within
    /// a cluster, of the document ids. If `ids` is given, only these documents are included.
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
