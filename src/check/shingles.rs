//! Which texts are near-duplicates: sequences of five words, compared as sets.
//!
//! Exact: every pair whose Jaccard index is at least one half is found, and its index is the true one. A pair so alike
//! must share one of the rarer halves of its sequences (prefix filtering), so that only those are looked up in an
//! inverted index, rarest first, and boilerplate costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::text::Tokenizer;

/// Words in a sequence.
pub(super) const WORDS: usize = 5;

/// Sequences shared, and sequences of either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    pub shared: usize,
    pub of: usize,
}

/// Pairs of places in the list whose texts share at least half of their sequences, in order, the smaller place first.
/// `may_pair` says which are of interest. A text of fewer than five words is one sequence; one without words is like none.
pub(super) fn near_duplicates(
    texts: &[&str],
    may_pair: impl Fn(usize, usize) -> bool,
) -> BTreeMap<(usize, usize), Likeness> {
    let sets = ranked(texts);
    let mut index: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    let mut found = BTreeMap::new();
    for (this, set) in sets.iter().enumerate() {
        // With more than half of the sequences looked up, a set that shares half of them shares one of these.
        let prefix = &set[..set.len() - set.len().div_ceil(2) + usize::from(!set.is_empty())];
        let candidates: BTreeSet<usize> =
            prefix.iter().filter_map(|shingle| index.get(shingle)).flatten().copied().collect();
        for other in candidates.into_iter().filter(|&other| may_pair(other, this)) {
            let shared = shared(set, &sets[other]);
            let of = set.len() + sets[other].len() - shared;
            if 2 * shared >= of {
                found.insert((other, this), Likeness { shared, of });
            }
        }
        for &shingle in prefix {
            index.entry(shingle).or_default().push(this);
        }
    }
    found
}

/// The sequences of every text as numbers, the rarer the smaller, in order and without repeats.
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

/// How many numbers two ordered lists share.
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

    use super::{Likeness, WORDS, near_duplicates};

    fn naive(texts: &[&str]) -> BTreeMap<(usize, usize), Likeness> {
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
                    found.insert((a, b), Likeness { shared, of });
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
