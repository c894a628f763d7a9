//! Finds near-duplicate texts by comparing their sets of shingles, sequences of five words.
//!
//! The result is exact: every pair whose Jaccard index is at least one half is found, with its true
//! index. Such a pair must share one of the rarer halves of its shingles (prefix filtering), so
//! only those are looked up in an inverted index, rarest first, and boilerplate that many texts
//! share costs no time.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::text::Tokenizer;

/// The number of words in a shingle.
pub(super) const WORDS: usize = 5;

/// The similarity of two texts: the number of shingles in both (`shared`) and in either (`of`).
/// Their quotient is the Jaccard index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShingleOverlap {
    pub shared: usize,
    pub of: usize,
}

/// Returns the pairs of indexes of near-duplicate texts, the smaller index first, whose Jaccard
/// index is at least one half. `may_pair` selects the pairs of interest. A text of fewer than five
/// words is one shingle; a text without words is similar to none.
pub(super) fn near_duplicates(
    texts: &[&str],
    may_pair: impl Fn(usize, usize) -> bool,
) -> BTreeMap<(usize, usize), ShingleOverlap> {
    let sets = ranked(texts);
    let mut index: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    let mut found = BTreeMap::new();
    for (this, set) in sets.iter().enumerate() {
        // More than half of the shingles are looked up, so a set that shares half of them shares
        // one of these.
        let prefix = &set[..set.len() - set.len().div_ceil(2) + usize::from(!set.is_empty())];
        let candidates: BTreeSet<usize> =
            prefix.iter().filter_map(|shingle| index.get(shingle)).flatten().copied().collect();
        for other in candidates.into_iter().filter(|&other| may_pair(other, this)) {
            let shared = shared(set, &sets[other]);
            let of = set.len() + sets[other].len() - shared;
            if 2 * shared >= of {
                found.insert((other, this), ShingleOverlap { shared, of });
            }
        }
        for &shingle in prefix {
            index.entry(shingle).or_default().push(this);
        }
    }
    found
}

/// Returns the shingles of each text as ranks by frequency, rarest first, sorted and without
/// duplicates.
fn ranked(texts: &[&str]) -> Vec<Vec<u32>> {
    let mut words: FxHashMap<String, u32> = FxHashMap::default();
    let mut numbers: FxHashMap<[u32; WORDS], u32> = FxHashMap::default();
    let mut frequencies: Vec<usize> = Vec::new();
    let mut sets: Vec<Vec<u32>> = Vec::with_capacity(texts.len());
    for text in texts {
        let mut ids: Vec<u32> = Vec::new();
        Tokenizer::Unicode.each(text, |word| {
            let next = words.len() as u32;
            ids.push(*words.entry(word.to_owned()).or_insert(next));
        });
        if (1..WORDS).contains(&ids.len()) {
            ids.resize(WORDS, u32::MAX);
        }
        let mut set: Vec<u32> = Vec::new();
        for window in ids.windows(WORDS).filter_map(|window| <[u32; WORDS]>::try_from(window).ok()) {
            let next = numbers.len() as u32;
            set.push(*numbers.entry(window).or_insert(next));
        }
        set.sort_unstable();
        set.dedup();
        frequencies.resize(numbers.len(), 0);
        set.iter().for_each(|&shingle| frequencies[shingle as usize] += 1);
        sets.push(set);
    }
    let mut order: Vec<u32> = (0..frequencies.len() as u32).collect();
    order.sort_by_key(|&shingle| (frequencies[shingle as usize], shingle));
    let mut ranks = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(&shingle, rank)| ranks[shingle as usize] = rank);
    for set in &mut sets {
        set.iter_mut().for_each(|shingle| *shingle = ranks[*shingle as usize]);
        set.sort_unstable();
    }
    sets
}

/// Returns how many numbers two sorted lists share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::{ShingleOverlap, WORDS, near_duplicates};

    fn naive(texts: &[&str]) -> BTreeMap<(usize, usize), ShingleOverlap> {
        let sets: Vec<BTreeSet<Vec<&str>>> = texts
            .iter()
            .map(|text| {
                let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
                match words.len() {
                    0 => BTreeSet::new(),
                    1..WORDS => BTreeSet::from([words]),
                    _ => words.windows(WORDS).map(<[_]>::to_vec).collect(),
                }
            })
            .collect();
        let mut found = BTreeMap::new();
        for b in 0..sets.len() {
            for a in 0..b {
                let shared = sets[a].intersection(&sets[b]).count();
                let of = sets[a].union(&sets[b]).count();
                if shared > 0 && 2 * shared >= of {
                    found.insert((a, b), ShingleOverlap { shared, of });
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_index_finds_what_comparing_all_pairs_finds(
            texts in prop::collection::vec("([ab] ){0,14}", 0..6)
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            prop_assert_eq!(near_duplicates(&texts, |_, _| true), naive(&texts));
        }
    }
}
