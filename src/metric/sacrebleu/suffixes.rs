//! Counts shared n-grams of all orders up to a maximum at once.
//!
//! If the n-grams that begin at each position of a sequence are sorted, those equal up to any order
//! are adjacent, so that one sort and one merge of two sequences give the counts of all orders. In
//! short sequences with few distinct symbols, which are typical, n-grams fit into a machine word.

/// The sorted n-grams of one sequence of symbols, truncated to the highest order. Symbols are at
/// least 1.
#[derive(Debug)]
pub(super) enum Suffixes<'a> {
    Narrow(Vec<u64>),
    Wide(Vec<&'a [u32]>),
}

/// How sequences that are compared with each other are sorted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sorting {
    order: usize,
    /// The number of bits of a symbol.
    width: u32,
}

impl Sorting {
    /// Returns the sorting for n-grams of 1 to `order` symbols, none above `most`.
    pub(super) fn new(order: usize, most: u32) -> Self {
        Self { order, width: (u32::BITS - most.leading_zeros()).max(1) }
    }

    pub(super) fn sort<'a>(&self, row: &'a [u32]) -> Suffixes<'a> {
        let bits = self.width as usize * self.order;
        if bits > u64::BITS as usize {
            let mut ngrams: Vec<&[u32]> = (0..row.len()).map(|at| &row[at..row.len().min(at + self.order)]).collect();
            ngrams.sort_unstable();
            return Suffixes::Wide(ngrams);
        }
        let mut ngrams = vec![0_u64; row.len()];
        let (mut ngram, top) = (0, (bits as u32).saturating_sub(self.width));
        for (place, symbol) in ngrams.iter_mut().zip(row).rev() {
            ngram = (u64::from(*symbol) << top) | if self.order > 1 { ngram >> self.width } else { 0 };
            *place = ngram;
        }
        ngrams.sort_unstable();
        Suffixes::Narrow(ngrams)
    }

    /// Calls `take` for every distinct n-gram that two sequences share, with its order minus one,
    /// the index of its first occurrence in the first sequence's sorted n-grams, and the smaller
    /// number of occurrences.
    pub(super) fn shared(&self, one: &Suffixes<'_>, other: &Suffixes<'_>, take: impl FnMut(usize, usize, u32)) {
        match (one, other) {
            (Suffixes::Narrow(one), Suffixes::Narrow(other)) => self.narrow(one, other, take),
            (Suffixes::Wide(one), Suffixes::Wide(other)) => {
                let common = |a: &[u32], b: &[u32]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
                walk(self.order, one, other, common, take);
            }
            _ => unreachable!("rows sorted by one rule"),
        }
    }

    /// Returns, for every order, the number of n-grams that two sequences share, each counted with
    /// its smaller number of occurrences.
    pub(super) fn totals(&self, one: &Suffixes<'_>, other: &Suffixes<'_>) -> Vec<u64> {
        if let (Suffixes::Narrow(one), Suffixes::Narrow(other)) = (one, other)
            && self.order <= LANES
            && one.len().max(other.len()) < i16::MAX as usize
        {
            return self.lanes(one, other)[..self.order].iter().map(|total| *total as u64).collect();
        }
        let mut totals = vec![0; self.order];
        self.shared(one, other, |order, _, count| totals[order] += u64::from(count));
        totals
    }

    fn narrow(&self, one: &[u64], other: &[u64], take: impl FnMut(usize, usize, u32)) {
        let depths = self.depths();
        walk(self.order, one, other, |a, b| depths.common(a, b), take);
    }

    fn depths(&self) -> Depths {
        let spare = u64::BITS - self.width * self.order as u32;
        let symbols = |zeros: usize, spare: u32| (zeros as u32).saturating_sub(spare) / self.width;
        Depths {
            common: std::array::from_fn(|zeros| symbols(zeros, spare) as u8),
            length: std::array::from_fn(|zeros| (self.order as u32).saturating_sub(symbols(zeros, 0)) as u8),
        }
    }

    /// Computes [`Self::totals`] for all orders at once and without branches that depend on the
    /// texts.
    fn lanes(&self, one: &[u64], other: &[u64]) -> [i16; LANES] {
        let depths = self.depths();
        // By the common prefix with the preceding n-gram: a mask with all bits set for the orders
        // that end between them.
        let masks: [[i16; LANES]; LANES + 1] =
            std::array::from_fn(|same| std::array::from_fn(|order| if order < same { 0 } else { -1 }));
        let (mut totals, mut ones, mut others) = ([0_i16; LANES], [0_i16; LANES], [0_i16; LANES]);
        let (mut i, mut j, mut previous) = (0, 0, 0);
        for _ in 0..one.len() + other.len() {
            let a = one.get(i).copied().unwrap_or(u64::MAX);
            let b = other.get(j).copied().unwrap_or(u64::MAX);
            // If one sequence has ended, the other continues, even with an n-gram of only ones.
            let is_one = (a <= b && i < one.len()) || j == other.len();
            let ngram = if is_one { a } else { b };
            let mask = &masks[depths.common(previous, ngram)];
            for lane in 0..LANES {
                totals[lane] += ones[lane].min(others[lane]) & mask[lane];
                ones[lane] = (ones[lane] & !mask[lane]) + i16::from(is_one);
                others[lane] = (others[lane] & !mask[lane]) + i16::from(!is_one);
            }
            i += usize::from(is_one);
            j += usize::from(!is_one);
            previous = ngram;
        }
        for lane in 0..LANES {
            totals[lane] += ones[lane].min(others[lane]);
        }
        totals
    }
}

/// Lookup tables from numbers of zero bits to numbers of symbols of packed n-grams.
struct Depths {
    /// The common prefix of two n-grams, by the leading zeros of their difference.
    common: [u8; 65],
    /// The length of an n-gram, by its trailing zeros.
    length: [u8; 65],
}

impl Depths {
    /// Returns the number of equal symbols with which two sorted n-grams begin. Short equal n-grams
    /// have nothing in common after their last symbol.
    fn common(&self, a: u64, b: u64) -> usize {
        let common = self.common[(a ^ b).leading_zeros() as usize];
        usize::from(common.min(self.length[a.trailing_zeros() as usize]))
    }
}

/// The number of orders counted at once.
const LANES: usize = 8;

fn walk<T: Ord + Copy>(
    order: usize,
    one: &[T],
    other: &[T],
    common: impl Fn(T, T) -> usize,
    mut take: impl FnMut(usize, usize, u32),
) {
    // By order minus one, the index at which the current n-gram begins in both sequences.
    let mut starts = vec![(0, 0); order];
    let (mut i, mut j) = (0, 0);
    let mut previous = None;
    loop {
        let next = match (one.get(i), other.get(j)) {
            (Some(a), Some(b)) => Some((a <= b, if a <= b { *a } else { *b })),
            (Some(a), None) => Some((true, *a)),
            (None, Some(b)) => Some((false, *b)),
            (None, None) => None,
        };
        let same = match (previous, next) {
            (Some(previous), Some((_, next))) => common(previous, next),
            _ => 0,
        };
        for (order, start) in starts.iter_mut().enumerate().skip(same) {
            let count = (i - start.0).min(j - start.1);
            if count > 0 {
                take(order, start.0, count as u32);
            }
            *start = (i, j);
        }
        let Some((is_first, ngram)) = next else { break };
        (i, j) = if is_first { (i + 1, j) } else { (i, j + 1) };
        previous = Some(ngram);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Sorting;

    fn counts(row: &[u32], n: usize) -> BTreeMap<&[u32], u64> {
        let mut counts = BTreeMap::new();
        row.windows(n).for_each(|ngram| *counts.entry(ngram).or_default() += 1);
        counts
    }

    proptest! {
        /// For packed and unpacked n-grams alike.
        #[test]
        fn counts_are_those_of_the_definition(
            one in prop::collection::vec(1_u32..5, 0..40),
            other in prop::collection::vec(1_u32..5, 0..40),
            order in 1_usize..9,
            most in prop_oneof![Just(4_u32), Just(255), Just(70_000), Just(u32::MAX)],
        ) {
            let sorting = Sorting::new(order, most);
            let mut shared = vec![0; order];
            sorting.shared(&sorting.sort(&one), &sorting.sort(&other), |n, _, count| shared[n] += u64::from(count));
            let expected: Vec<u64> = (1..=order).map(|n| {
                let there = counts(&other, n);
                counts(&one, n).iter().map(|(ngram, count)| (*count).min(there.get(ngram).copied().unwrap_or(0))).sum()
            }).collect();
            prop_assert_eq!(&shared, &expected);
            prop_assert_eq!(sorting.totals(&sorting.sort(&one), &sorting.sort(&other)), expected);
        }
    }
}
