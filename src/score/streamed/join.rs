//! Joining the documents of two windows by id.

use rustc_hash::{FxHashMap, FxHashSet};

use super::window::Document;

/// Where a line stands that waits for its partner.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    pub offset: u64,
    pub bytes: u32,
    pub number: u32,
}

/// What was met so far.
#[derive(Default)]
pub(super) struct Join {
    /// Where ids have grown in both files so far, the last of them: then none came twice, and none is kept.
    last: Option<u128>,
    /// Whether every id is kept.
    keeps: bool,
    /// Documents that have their partner.
    joined: FxHashSet<u128>,
    /// Golden documents and predictions that have not, and stand in a window no longer.
    pub waiting: [FxHashMap<u128, Waiting>; 2],
}

/// One side of a pair.
pub(super) enum Side {
    /// Its place in the window.
    Here(usize),
    /// Where its line was.
    Before(Waiting),
}

/// What two windows yield.
#[derive(Default)]
pub(super) struct Joined {
    /// Golden document and prediction.
    pub pairs: Vec<(Side, Side)>,
    /// Of either window, how many documents are done with; the rest stays.
    pub done: [usize; 2],
    /// Of either window, the place of a document whose id came before.
    pub repeated: [Vec<usize>; 2],
    /// Whether ids do not grow, of which none was kept: all must be joined again by [`Join::keeping`].
    pub is_unordered: bool,
}

impl Join {
    /// For files in any order: every id is kept.
    pub fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// Joins what can be joined. The rest of a window stays where the other file may still be behind; it goes to those
    /// that wait where the files have different orders, or end.
    pub fn join(&mut self, windows: [&[Document<'_>]; 2], offsets: [u64; 2], ends: [bool; 2]) -> Joined {
        let [gold, predicted] = windows;
        let mut joined = Joined::default();
        let mut at = 0;
        while at < gold.len() && at < predicted.len() && gold[at].key == predicted[at].key {
            if !self.keeps {
                joined.is_unordered |= self.last.is_some_and(|last| gold[at].order <= last);
                self.last = Some(gold[at].order);
                joined.pairs.push((Side::Here(at), Side::Here(at)));
            } else if self.joined.insert(gold[at].key) {
                joined.pairs.push((Side::Here(at), Side::Here(at)));
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
        let mut places: FxHashMap<u128, usize> = FxHashMap::default();
        let mut taken = vec![false; predicted.len()];
        if at < gold.len() && at < predicted.len() || !self.waiting[0].is_empty() || !self.waiting[1].is_empty() {
            for (place, document) in predicted.iter().enumerate().skip(at) {
                if self.joined.contains(&document.key) || places.insert(document.key, place).is_some() {
                    joined.repeated[1].push(place);
                    taken[place] = true;
                }
            }
        }
        let mut left: Vec<usize> = Vec::new();
        for (place, document) in gold.iter().enumerate().skip(at) {
            let key = document.key;
            if let Some(other) = places.get(&key).copied().filter(|other| !taken[*other]) {
                taken[other] = true;
                self.joined.insert(key);
                joined.pairs.push((Side::Here(place), Side::Here(other)));
                last = [place + 1, last[1].max(other + 1)];
            } else if self.joined.contains(&key) {
                joined.repeated[0].push(place);
            } else if let Some(line) = self.waiting[1].remove(&key) {
                self.joined.insert(key);
                joined.pairs.push((Side::Here(place), Side::Before(line)));
                last[0] = place + 1;
            } else {
                left.push(place);
            }
        }
        let mut left_over: Vec<usize> = Vec::new();
        for (place, document) in predicted.iter().enumerate().skip(at).filter(|(place, _)| !taken[*place]) {
            if let Some(line) = self.waiting[0].remove(&document.key) {
                self.joined.insert(document.key);
                joined.pairs.push((Side::Before(line), Side::Here(place)));
                last[1] = last[1].max(place + 1);
            } else {
                left_over.push(place);
            }
        }
        let has_tail = [last[0] < gold.len(), last[1] < predicted.len()];
        for (side, places) in [left, left_over].into_iter().enumerate() {
            let other = 1 - side;
            let never_comes = ends[other] && (ends[side] || !has_tail[other]);
            let evicts = never_comes || has_tail == [true, true];
            joined.done[side] = if evicts { windows[side].len() } else { last[side] };
            for place in places.into_iter().filter(|place| *place < joined.done[side]) {
                let document = &windows[side][place];
                let line = Waiting {
                    offset: offsets[side] + document.at as u64,
                    bytes: document.text.len() as u32,
                    number: document.number as u32,
                };
                let is_joined = self.joined.contains(&document.key);
                if is_joined || self.waiting[side].insert(document.key, line).is_some() {
                    joined.repeated[side].push(place);
                }
            }
        }
        joined
    }
}
