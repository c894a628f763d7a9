//! What one system scores on every single document, packed: all that comparisons, gates, power and repeats need, so that no
//! document and no answer has to be kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::formulas::Formulas;
use super::packed::{Outcome, Reader, Writer};
use super::wanted::Wanted;
use super::{ClusterBy, Settings, Status};
use crate::document::{Layer, LayerSet, Reference};
use crate::metric::{FAMILIES, Family, Name, PlainTally, Slot, SlotKey, Tally};

/// The counts of one system, document by document and layer by layer.
///
/// Threads fill one of these each and [`merge`](Self::merge) them in any order; [`in_order`](Self::in_order) then makes the
/// result independent of how the work was shared out.
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

    /// Adds a document without any counts, and returns its number for [`push`](Self::push).
    pub fn document(&mut self, id: &str, status: Status, answer: u128) -> u32 {
        let number = self.documents.len() as u32;
        self.documents.push(CountedDocument { id: id.into(), status, answer, cluster: number });
        number
    }

    /// The counts of a layer, to be added to. Golden files have the layer, whether or not any document is counted in it.
    pub fn layer_mut(&mut self, layer: &Layer, family: &dyn Family) -> &mut LayerCounts {
        if !self.layers.contains_key(layer) {
            self.layers.insert(layer.clone(), LayerCounts::new(layer, family, &self.wanted));
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
                    let mut counts = LayerCounts { plain: Vec::new(), ..more };
                    counts.rows.iter_mut().for_each(|row| row.document += before);
                    self.layers.insert(layer, counts);
                }
            }
        }
    }

    /// Puts the documents in the order of their ids.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        if self.documents.is_sorted_by(|a, b| a.id <= b.id) {
            for layer in self.layers.values_mut() {
                layer.rows.sort_unstable_by_key(|row| row.document);
            }
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
        for layer in self.layers.values_mut() {
            layer.rows.iter_mut().for_each(|row| row.document = places[row.document as usize]);
            layer.rows.sort_unstable_by_key(|row| row.document);
        }
        self
    }

    /// Leaves out the layers that a system which declares these cannot be scored on.
    pub fn keep_declared(&mut self, declared: &LayerSet, settings: &Settings) {
        self.layers
            .retain(|layer, _| family_of(layer, settings).is_some_and(|family| family.is_answered_by(layer, declared)));
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

    /// The rows of a layer's clusters, in the order of the clusters, and in that of the documents' ids; of these documents
    /// alone, if ids are given.
    pub(crate) fn clusters(&self, layer: &LayerCounts, ids: Option<&BTreeSet<String>>) -> Vec<Vec<u32>> {
        let is_meant = |row: &u32| {
            let document = &self.documents[layer.rows[*row as usize].document as usize];
            ids.is_none_or(|ids| ids.contains(&*document.id))
        };
        let cluster = |row: &u32| self.documents[layer.rows[*row as usize].document as usize].cluster;
        let mut rows: Vec<u32> = (0..layer.rows.len() as u32).filter(is_meant).collect();
        rows.sort_by_key(cluster);
        rows.chunk_by(|a, b| cluster(a) == cluster(b)).map(<[u32]>::to_vec).collect()
    }
}

/// What scores a layer.
pub(crate) fn family_of(layer: &Layer, settings: &Settings) -> Option<&'static dyn Family> {
    settings.preset.map_or(FAMILIES, |preset| preset.families).iter().find(|family| family.scores(layer)).copied()
}

/// The counts of one layer, document by document.
#[derive(Debug, Clone)]
pub struct LayerCounts {
    layer: Layer,
    /// The sums that any document has, in the order of first use.
    keys: Vec<SlotKey>,
    /// Numbers of keys; none for sums that are not wanted.
    numbers: FxHashMap<SlotKey, Option<u32>>,
    blocks: Vec<Block>,
    rows: Vec<Row>,
    /// The metrics that are wanted; all without.
    wanted: Option<Wanted>,
    /// By metric and label of the plain way of counting, the numbers of keys; behind the last label, the whole layer's.
    plain: Vec<Vec<Option<Option<u32>>>>,
}

/// Rows that were packed together, under numbers of keys of their own.
#[derive(Debug, Clone, Default)]
struct Block {
    bytes: Vec<u8>,
    /// Sums without a packed form.
    others: Vec<Slot>,
    /// From the block's numbers of keys to the layer's; as they are, where this is empty.
    numbers: Vec<u32>,
}

/// Where the counts of a document stand.
#[derive(Debug, Clone, Copy)]
struct Row {
    document: u32,
    block: u32,
    at: usize,
    gold: u64,
}

impl LayerCounts {
    fn new(layer: &Layer, family: &dyn Family, wanted: &Wanted) -> Self {
        // Where figures rest on several sums, nothing says which.
        let wanted = family.arithmetic().is_karat().then(|| wanted.clone());
        Self {
            layer: layer.clone(),
            keys: Vec::new(),
            numbers: FxHashMap::default(),
            blocks: vec![Block::default()],
            rows: Vec::new(),
            wanted,
            plain: Vec::new(),
        }
    }

    /// Adds the counts of a document, with what became of its items.
    pub fn push<'o>(
        &mut self,
        document: u32,
        gold: u64,
        tally: &Tally,
        outcomes: impl ExactSizeIterator<Item = Outcome<'o>>,
    ) {
        let sums: Vec<(u32, &Slot)> = tally.iter().filter_map(|(key, slot)| Some((self.number(key)?, slot))).collect();
        self.push_row(document, gold, &sums, outcomes);
    }

    /// Adds the counts of a document of nothing but plain spans, under the names of the metrics and the labels that its
    /// numbers stand for: the same in every call until a [`SystemCounts::merge`].
    pub fn push_plain<'o>(
        &mut self,
        document: u32,
        gold: u64,
        tally: &PlainTally,
        (metrics, labels): (&[Name], &[Arc<str>]),
        outcomes: impl ExactSizeIterator<Item = Outcome<'o>>,
    ) {
        let mut sums = Vec::with_capacity(tally.wholes.len() + tally.labels.len());
        let mut add = |metric: usize, label: Option<usize>, slot| {
            if self.plain.len() <= metric {
                self.plain.resize(metric + 1, Vec::new());
            }
            let place = label.map_or(0, |label| label + 1);
            if self.plain[metric].len() <= place {
                self.plain[metric].resize(place + 1, None);
            }
            let number = self.plain[metric][place].unwrap_or_else(|| {
                let label = label.map(|label| Arc::clone(&labels[label]));
                self.number(&SlotKey { metric: metrics[metric].clone(), at: 0, label })
            });
            self.plain[metric][place] = Some(number);
            sums.extend(number.map(|number| (number, slot)));
        };
        tally.wholes.iter().enumerate().for_each(|(metric, slot)| add(metric, None, slot));
        tally.labels.iter().for_each(|(metric, label, slot)| add(*metric, Some(*label as usize), slot));
        self.push_row(document, gold, &sums, outcomes);
    }

    fn push_row<'o>(
        &mut self,
        document: u32,
        gold: u64,
        sums: &[(u32, &Slot)],
        outcomes: impl ExactSizeIterator<Item = Outcome<'o>>,
    ) {
        if self.blocks.last().is_none_or(|block| !block.numbers.is_empty()) {
            self.blocks.push(Block::default());
        }
        let number = self.blocks.len() as u32 - 1;
        let Block { bytes, others, .. } = &mut self.blocks[number as usize];
        self.rows.push(Row { document, block: number, at: bytes.len(), gold });
        let mut writer = Writer(bytes);
        writer.number(sums.len() as u64);
        sums.iter().for_each(|(key, slot)| writer.slot(*key, slot, others));
        writer.number(outcomes.len() as u64);
        outcomes.for_each(|outcome| writer.outcome(&outcome));
    }

    /// The number of a key; `None` if it is not wanted.
    fn number(&mut self, key: &SlotKey) -> Option<u32> {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let is_wanted = self.wanted.as_ref().is_none_or(|wanted| wanted.has(&self.layer, &key.metric));
        let number = is_wanted.then_some(self.keys.len() as u32);
        if is_wanted {
            self.keys.push(key.clone());
        }
        self.numbers.insert(key.clone(), number);
        number
    }

    /// Adds the documents of another, whose numbers follow `before`.
    fn merge(&mut self, other: Self, before: u32) {
        let moved: Vec<u32> = other.keys.iter().map(|key| self.number(key).unwrap_or(u32::MAX)).collect();
        let blocks = self.blocks.len() as u32;
        self.blocks.extend(other.blocks.into_iter().map(|block| {
            let numbers = match block.numbers.as_slice() {
                [] => moved.clone(),
                numbers => numbers.iter().map(|number| moved[*number as usize]).collect(),
            };
            Block { numbers, ..block }
        }));
        self.rows.extend(other.rows.into_iter().map(|row| Row {
            document: row.document + before,
            block: row.block + blocks,
            ..row
        }));
        self.plain.clear();
    }

    /// The layer.
    pub fn layer(&self) -> &Layer {
        &self.layer
    }

    /// The sums that any document has.
    pub(crate) fn keys(&self) -> &[SlotKey] {
        &self.keys
    }

    /// The documents that were annotated.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no document was annotated.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Gold items of a document.
    pub fn gold(&self, row: u32) -> u64 {
        self.rows[row as usize].gold
    }

    /// The number of a row's document among those of the system.
    pub(crate) fn document(&self, row: u32) -> u32 {
        self.rows[row as usize].document
    }

    /// Calls `each` with the sums of a row, under the numbers of [`keys`](Self::keys).
    pub(crate) fn sums(&self, row: u32, mut each: impl FnMut(u32, Cow<'_, Slot>)) {
        self.read(row, |key, slot| each(key, slot));
    }

    /// What became of a document's items.
    pub(crate) fn outcomes(&self, row: u32) -> impl ExactSizeIterator<Item = Outcome<'_>> {
        let mut reader = self.read(row, |_, _| ());
        let count = reader.number() as usize;
        (0..count).map(move |_| reader.outcome())
    }

    fn read(&self, row: u32, mut each: impl FnMut(u32, Cow<'_, Slot>)) -> Reader<'_> {
        let Row { block, at, .. } = self.rows[row as usize];
        let Block { bytes, others, numbers } = &self.blocks[block as usize];
        let mut reader = Reader { bytes, at };
        for _ in 0..reader.number() {
            let (key, slot) = reader.slot(others);
            each(numbers.get(key as usize).copied().unwrap_or(key), slot);
        }
        reader
    }

    /// The sums of some rows as a tally, if `is_meant` is true of their keys.
    pub(crate) fn tally(&self, rows: &[u32], is_meant: impl Fn(&SlotKey) -> bool) -> Tally {
        let mut tally = Tally::default();
        for row in rows {
            self.sums(*row, |key, slot| {
                let key = &self.keys[key as usize];
                if is_meant(key) {
                    tally.add(key.clone(), slot.into_owned());
                }
            });
        }
        tally
    }

    /// The sums over some rows, in their order.
    pub(crate) fn total<'r>(&self, rows: impl Iterator<Item = &'r u32>) -> Tally {
        let mut sums: Vec<Option<Slot>> = vec![None; self.keys.len()];
        for row in rows {
            self.sums(*row, |key, slot| match &mut sums[key as usize] {
                Some(sum) => *sum += slot.into_owned(),
                empty => *empty = Some(slot.into_owned()),
            });
        }
        let mut total = Tally::default();
        for (key, sum) in self.keys.iter().zip(sums) {
            sum.into_iter().for_each(|sum| total.add(key.clone(), sum));
        }
        total
    }

    /// How the sums become figures; `None` for a layer that these settings do not score.
    pub(crate) fn formulas<'s>(&self, settings: &'s Settings) -> Option<Formulas<'s>> {
        Some(Formulas { family: family_of(&self.layer, settings)?, settings })
    }
}
