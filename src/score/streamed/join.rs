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
    /// Whether every id is kept, so that files may be in any order.
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
}

impl Join {
    /// Returns a join that keeps every id, or one for files that are sorted by id.
    pub fn new(keeps: bool) -> Self {
        Self { keeps, ..Self::default() }
    }

    /// Joins the documents of both windows that can be joined. The rest of a window stays as long
    /// as the other file may still be behind. It is moved to [`Self::waiting`] if the files turn
    /// out to be in different orders, or end.
    ///
    /// Returns `None` if ids do not ascend although none is kept: all documents must be joined
    /// again by a join that keeps them.
    pub fn join(&mut self, windows: [&[ParsedLine<'_>]; 2], offsets: [u64; 2], ends: [bool; 2]) -> Option<Joined> {
        if self.keeps { Some(self.join_by_id(windows, offsets, ends)) } else { self.join_in_order(windows, ends) }
    }

    fn join_in_order(&mut self, [gold, predicted]: [&[ParsedLine<'_>]; 2], ends: [bool; 2]) -> Option<Joined> {
        let count = gold.iter().zip(predicted).take_while(|(gold, predicted)| gold.key == predicted.key).count();
        for document in &gold[..count] {
            if self.last.replace(document.order).is_some_and(|last| document.order <= last) {
                return None;
            }
        }
        let is_left = [count < gold.len(), count < predicted.len()];
        let is_alone = (is_left[0] && ends[1]) || (is_left[1] && ends[0]);
        let pairs = (0..count).map(|at| (PairMember::Here(at), PairMember::Here(at))).collect();
        let joined = Joined { pairs, done: [count; 2], ..Joined::default() };
        (is_left != [true, true] && !is_alone).then_some(joined)
    }

    fn join_by_id(&mut self, windows: [&[ParsedLine<'_>]; 2], offsets: [u64; 2], ends: [bool; 2]) -> Joined {
        let [gold, predicted] = windows;
        let mut joined = Joined::default();
        let mut last = [0, 0];
        let mut indices: FxHashMap<u128, usize> = FxHashMap::default();
        let mut taken = vec![false; predicted.len()];
        for (index, document) in predicted.iter().enumerate() {
            if self.joined.contains(&document.key) || indices.insert(document.key, index).is_some() {
                joined.repeated[1].push(index);
                taken[index] = true;
            }
        }
        let mut left: Vec<usize> = Vec::new();
        for (index, document) in gold.iter().enumerate() {
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
        for (index, document) in predicted.iter().enumerate().filter(|(index, _)| !taken[*index]) {
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
