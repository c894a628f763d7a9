//! The counts of one layer, packed by document.
//!
//! The documents that one thread counts form one block of bytes with its own key numbers. Merging
//! the work of threads moves blocks and translates their numbers, but rewrites no bytes.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Settings;
use super::formulas::Formulas;
use super::packed::{PackedItem, Reader, push, push_statistic};
use super::wanted::Wanted;
use crate::document::Layer;
use crate::metric::{
    Headline, LayerGroups, PlainKeys, PlainNames, PlainStatistics, Statistic, StatisticKey, Statistics,
};

/// The counts of one layer, by document.
#[derive(Debug, Clone)]
pub struct LayerCounts {
    layer: Layer,
    /// The keys of all sums that any document has, in the order of first use.
    keys: Vec<StatisticKey>,
    /// The numbers of keys; `None` for sums that are not wanted.
    numbers: FxHashMap<StatisticKey, Option<u32>>,
    blocks: Vec<Block>,
    rows: Vec<DocumentRow>,
    /// The metrics that are wanted; `None` for all.
    wanted: Option<Wanted>,
    headline: Option<Headline>,
    /// The numbers of the keys that a fast path adds; `None` for sums that are not wanted.
    plain: PlainKeys<Option<u32>>,
}

/// Rows that were packed together, with their own key numbers.
#[derive(Debug, Clone, Default)]
struct Block {
    bytes: Vec<u8>,
    /// Sums without a packed form.
    others: Vec<Statistic>,
    /// Maps the key numbers of the block to those of the layer; the identity if empty.
    numbers: Vec<u32>,
}

/// The location of the counts of a document.
#[derive(Debug, Clone, Copy)]
struct DocumentRow {
    document: u32,
    block: u32,
    at: usize,
    gold: u64,
}

impl LayerCounts {
    pub(super) fn new(layer: &Layer, groups: LayerGroups, wanted: &Wanted) -> Self {
        // If figures depend on several sums, the names do not determine which, so all are kept.
        let wanted = groups.is_karat().then(|| wanted.clone());
        Self {
            layer: layer.clone(),
            keys: Vec::new(),
            numbers: FxHashMap::default(),
            blocks: vec![Block::default()],
            rows: Vec::new(),
            wanted,
            headline: groups.headline(),
            plain: PlainKeys::default(),
        }
    }

    /// Adds the counts of a document and the outcomes of its items.
    pub fn push<'o>(
        &mut self,
        document: u32,
        gold: u64,
        statistics: &Statistics,
        outcomes: impl ExactSizeIterator<Item = PackedItem<'o>>,
    ) {
        let sums: Vec<(u32, &Statistic)> =
            statistics.iter().filter_map(|(key, statistic)| Some((self.number(key)?, statistic))).collect();
        self.push_row(document, gold, &sums, outcomes);
    }

    /// Adds the counts of a document with only plain spans. The names must be the same in every
    /// call.
    pub fn push_plain<'o>(
        &mut self,
        document: u32,
        gold: u64,
        statistics: &PlainStatistics,
        names: &PlainNames,
        outcomes: impl ExactSizeIterator<Item = PackedItem<'o>>,
    ) {
        let mut keys = std::mem::take(&mut self.plain);
        let number =
            |(metric, label, statistic)| Some((keys.get(names, (metric, label), |key| self.number(key))?, statistic));
        let sums: Vec<(u32, &Statistic)> = statistics.iter().filter_map(number).collect();
        self.plain = keys;
        self.push_row(document, gold, &sums, outcomes);
    }

    fn push_row<'o>(
        &mut self,
        document: u32,
        gold: u64,
        sums: &[(u32, &Statistic)],
        outcomes: impl ExactSizeIterator<Item = PackedItem<'o>>,
    ) {
        if self.blocks.last().is_none_or(|block| !block.numbers.is_empty()) {
            self.blocks.push(Block::default());
        }
        let number = self.blocks.len() as u32 - 1;
        let Block { bytes, others, .. } = &mut self.blocks[number as usize];
        self.rows.push(DocumentRow { document, block: number, at: bytes.len(), gold });
        push(bytes, &sums.len());
        sums.iter().for_each(|(key, statistic)| push_statistic(bytes, *key, statistic, others));
        push(bytes, &outcomes.len());
        outcomes.for_each(|outcome| push(bytes, &outcome));
    }

    /// Returns the number of a key; `None` if it is not wanted.
    fn number(&mut self, key: &StatisticKey) -> Option<u32> {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let is_wanted = self.wanted.as_ref().is_none_or(|wanted| wanted.has(&self.layer, &key.metric, self.headline));
        let number = is_wanted.then_some(self.keys.len() as u32);
        if is_wanted {
            self.keys.push(key.clone());
        }
        self.numbers.insert(key.clone(), number);
        number
    }

    /// Adds `before` to the document numbers.
    pub(super) fn moved(mut self, before: u32) -> Self {
        self.rows.iter_mut().for_each(|row| row.document += before);
        self
    }

    /// Renumbers the documents by `new_number`, and sorts them by their new numbers.
    pub(super) fn put_in_order(&mut self, new_number: impl Fn(u32) -> u32) {
        self.rows.iter_mut().for_each(|row| row.document = new_number(row.document));
        self.rows.sort_unstable_by_key(|row| row.document);
    }

    /// Adds the documents of another layer, whose numbers begin at `before`.
    pub(super) fn merge(&mut self, other: Self, before: u32) {
        let moved: Vec<u32> = other.keys.iter().map(|key| self.number(key).unwrap_or(u32::MAX)).collect();
        let blocks = self.blocks.len() as u32;
        self.blocks.extend(other.blocks.into_iter().map(|block| {
            let numbers = match block.numbers.as_slice() {
                [] => moved.clone(),
                numbers => numbers.iter().map(|number| moved[*number as usize]).collect(),
            };
            Block { numbers, ..block }
        }));
        self.rows.extend(other.rows.into_iter().map(|row| DocumentRow {
            document: row.document + before,
            block: row.block + blocks,
            ..row
        }));
    }

    /// Returns the layer.
    pub fn layer(&self) -> &Layer {
        &self.layer
    }

    /// Returns the keys of all sums that any document has.
    pub(crate) fn keys(&self) -> &[StatisticKey] {
        &self.keys
    }

    /// Returns the indices in [`keys`](Self::keys) of the sums that some rows have, in order.
    pub(crate) fn numbers_of_keys<'r>(&self, rows: impl Iterator<Item = &'r u32>) -> Vec<u32> {
        let mut numbers = FxHashSet::default();
        for row in rows {
            self.sums(*row, |key, _| {
                numbers.insert(key);
            });
        }
        let mut numbers: Vec<u32> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers
    }

    /// Returns the number of annotated documents.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether no document is annotated.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the number of gold items of a document.
    pub fn gold(&self, row: u32) -> u64 {
        self.rows[row as usize].gold
    }

    /// Returns the index of the document of a row among those of the system.
    pub(crate) fn document(&self, row: u32) -> u32 {
        self.rows[row as usize].document
    }

    /// Calls `each` with the sums of a row, and the indices of their keys in [`keys`](Self::keys).
    pub(crate) fn sums(&self, row: u32, each: impl FnMut(u32, Cow<'_, Statistic>)) {
        self.read(row, each);
    }

    /// Iterates over the outcomes of the items of a document.
    pub(crate) fn outcomes(&self, row: u32) -> impl ExactSizeIterator<Item = PackedItem<'_>> {
        let mut reader = self.read(row, |_, _| ());
        let count: usize = reader.next();
        (0..count).map(move |_| reader.next())
    }

    fn read(&self, row: u32, mut each: impl FnMut(u32, Cow<'_, Statistic>)) -> Reader<'_> {
        let DocumentRow { block, at, .. } = self.rows[row as usize];
        let Block { bytes, others, numbers } = &self.blocks[block as usize];
        let mut reader = Reader(&bytes[at..]);
        for _ in 0..reader.next::<usize>() {
            let (key, statistic) = reader.statistic(others);
            each(numbers.get(key as usize).copied().unwrap_or(key), statistic);
        }
        reader
    }

    /// Returns the sums of some rows whose keys satisfy `is_meant`.
    pub(crate) fn statistics(&self, rows: &[u32], is_meant: impl Fn(&StatisticKey) -> bool) -> Statistics {
        let mut statistics = Statistics::default();
        for row in rows {
            self.sums(*row, |key, statistic| {
                let key = &self.keys[key as usize];
                if is_meant(key) {
                    statistics.add(key.clone(), statistic.into_owned());
                }
            });
        }
        statistics
    }

    /// Returns the sums over some rows, added in their order.
    pub(crate) fn total<'r>(&self, rows: impl Iterator<Item = &'r u32>) -> Statistics {
        let mut sums: Vec<Option<Statistic>> = vec![None; self.keys.len()];
        for row in rows {
            self.sums(*row, |key, statistic| match &mut sums[key as usize] {
                Some(sum) => *sum += statistic.into_owned(),
                empty => *empty = Some(statistic.into_owned()),
            });
        }
        let mut total = Statistics::default();
        for (key, sum) in self.keys.iter().zip(sums) {
            sum.into_iter().for_each(|sum| total.add(key.clone(), sum));
        }
        total
    }

    /// Returns the formulas of the layer; `None` if these settings do not score it.
    pub(crate) fn formulas<'s>(&self, settings: &'s Settings) -> Option<Formulas<'s>> {
        Some(Formulas { groups: settings.groups_of(&self.layer)?, settings })
    }
}
