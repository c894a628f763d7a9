//! Joins the documents of two windows by id.

use rustc_hash::{FxHashMap, FxHashSet};

use super::window::ParsedLine;

/// The location of a line that has no partner yet.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    pub offset: u64,
    pub bytes: u32,
    pub number: u32,
}

/// The state of the join over all windows so far.
#[derive(Default)]
pub(super) struct Join {
    /// The last id, while ids ascend in both files: then no id is a duplicate, and none is kept.
    last: Option<u128>,
    /// Whether every id is kept.
    keeps: bool,
    /// The ids of documents that have been paired.
    joined: FxHashSet<u128>,
    /// Golden documents and predictions that have not been paired and are no longer in the window.
    pub waiting: [FxHashMap<u128, Waiting>; 2],
}

/// The location of one document of a pair.
pub(super) enum PairMember {
    /// Its index in the window.
    Here(usize),
    /// The location of its line before the window.
    Before(Waiting),
}

/// The result of joining two windows.
#[derive(Default)]
pub(super) struct Joined {
    /// Pairs of golden document and prediction.
    pub pairs: Vec<(PairMember, PairMember)>,
    /// For each window, the number of documents that are finished; the rest stays in the window.
    pub done: [usize; 2],
    /// For each window, the indices of documents whose id occurred before.
    pub repeated: [Vec<usize>; 2],
    /// Whether ids do not ascend although none was kept: all documents must be joined again with
    /// [`Join::keeping`].
    pub is_unordered: bool,
}

impl Join {
    /// Returns a join for files in any order, which keeps every id.
    pub fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// Joins the documents of both windows that can be joined. The rest of a window stays as long
    /// as the other file may still be behind. It is moved to [`Self::waiting`] if the files turn
    /// out to be in different orders, or end.
    pub fn join(&mut self, windows: [&[ParsedLine<'_>]; 2], offsets: [u64; 2], ends: [bool; 2]) -> Joined {
        let [gold, predicted] = windows;
        let mut joined = Joined::default();
        let mut at = 0;
        while at < gold.len() && at < predicted.len() && gold[at].key == predicted[at].key {
            if !self.keeps {
                joined.is_unordered |= self.last.is_some_and(|last| gold[at].order <= last);
                self.last = Some(gold[at].order);
                joined.pairs.push((PairMember::Here(at), PairMember::Here(at)));
            } else if self.joined.insert(gold[at].key) {
                joined.pairs.push((PairMember::Here(at), PairMember::Here(at)));
            } else {
                joined.repeated[0].push(at);
            }
            at += 1;
        }
        let is_left = [at < gold.len(), at < predicted.len()];
        let is_alone = (is_left[0] && ends[1]) || (is_left[1] && ends[0]);
        if !self.keeps && (is_left == [true, true] || is_alone) {
            joined.is_unordered = true;
        }
        if joined.is_unordered {
            return joined;
        }
        let mut last = [at, at];
        let mut indices: FxHashMap<u128, usize> = FxHashMap::default();
        let mut taken = vec![false; predicted.len()];
        if at < gold.len() && at < predicted.len() || !self.waiting[0].is_empty() || !self.waiting[1].is_empty() {
            for (index, document) in predicted.iter().enumerate().skip(at) {
                if self.joined.contains(&document.key) || indices.insert(document.key, index).is_some() {
                    joined.repeated[1].push(index);
                    taken[index] = true;
                }
            }
        }
        let mut left: Vec<usize> = Vec::new();
        for (index, document) in gold.iter().enumerate().skip(at) {
            let key = document.key;
            if let Some(other) = indices.get(&key).copied().filter(|other| !taken[*other]) {
                taken[other] = true;
                self.joined.insert(key);
                joined.pairs.push((PairMember::Here(index), PairMember::Here(other)));
                last = [index + 1, last[1].max(other + 1)];
            } else if self.joined.contains(&key) {
                joined.repeated[0].push(index);
            } else if let Some(line) = self.waiting[1].remove(&key) {
                self.joined.insert(key);
                joined.pairs.push((PairMember::Here(index), PairMember::Before(line)));
                last[0] = index + 1;
            } else {
                left.push(index);
            }
        }
        let mut left_over: Vec<usize> = Vec::new();
        for (index, document) in predicted.iter().enumerate().skip(at).filter(|(index, _)| !taken[*index]) {
            if let Some(line) = self.waiting[0].remove(&document.key) {
                self.joined.insert(document.key);
                joined.pairs.push((PairMember::Before(line), PairMember::Here(index)));
                last[1] = last[1].max(index + 1);
            } else {
                left_over.push(index);
            }
        }
        let has_tail = [last[0] < gold.len(), last[1] < predicted.len()];
        for (side, indices) in [left, left_over].into_iter().enumerate() {
            let other = 1 - side;
            let never_comes = ends[other] && (ends[side] || !has_tail[other]);
            let evicts = never_comes || has_tail == [true, true];
            joined.done[side] = if evicts { windows[side].len() } else { last[side] };
            for index in indices.into_iter().filter(|index| *index < joined.done[side]) {
                let document = &windows[side][index];
                let line = Waiting {
                    offset: offsets[side] + document.at as u64,
                    bytes: document.text.len() as u32,
                    number: document.number as u32,
                };
                let is_joined = self.joined.contains(&document.key);
                if is_joined || self.waiting[side].insert(document.key, line).is_some() {
                    joined.repeated[side].push(index);
                }
            }
        }
        joined
    }
}
