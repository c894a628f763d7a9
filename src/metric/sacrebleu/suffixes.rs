//! Shared n-grams of every order up to some order at once.
//!
//! Where the n-grams of one row that begin at each place are sorted, those that are equal up to any order stand together, so
//! that one sort and one walk over two rows give the counts of all orders. Short rows of few distinct symbols, which most
//! are, have n-grams that fit a machine word.

/// The n-grams of one row of symbols, cut to the highest order, in order. Symbols are 1 and above.
#[derive(Debug)]
pub(super) enum Suffixes<'a> {
    Narrow(Vec<u64>),
    Wide(Vec<&'a [u32]>),
}

/// How rows are sorted that are to be compared with each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sorting {
    order: usize,
    /// Bits of a symbol.
    width: u32,
}

impl Sorting {
    /// For n-grams of 1 to `order` symbols, none above `most`.
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

    /// Calls `take` for every distinct n-gram that two rows share with its order less one, the place of its first occurrence
    /// in the first row's sorted n-grams, and how often both have it.
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

    /// Of every order, how many n-grams two rows share, each as often as the row that has it less often.
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

    /// The same as [`Self::totals`], all orders at once and without a branch that depends on the texts.
    fn lanes(&self, one: &[u64], other: &[u64]) -> [i16; LANES] {
        let depths = self.depths();
        // By what an n-gram has in common with the one before, all bits in the orders that end between them.
        let masks: [[i16; LANES]; LANES + 1] =
            std::array::from_fn(|same| std::array::from_fn(|order| if order < same { 0 } else { -1 }));
        let (mut totals, mut ones, mut others) = ([0_i16; LANES], [0_i16; LANES], [0_i16; LANES]);
        let (mut i, mut j, mut previous) = (0, 0, 0);
        for _ in 0..one.len() + other.len() {
            let a = one.get(i).copied().unwrap_or(u64::MAX);
            let b = other.get(j).copied().unwrap_or(u64::MAX);
            // Where one row has ended, the other goes on, even with an n-gram of nothing but ones.
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

/// How many symbols n-grams in machine words have, by zero bits.
struct Depths {
    /// Two in common, by the zeros that their difference begins with.
    common: [u8; 65],
    /// One in all, by the zeros that it ends with.
    length: [u8; 65],
}

impl Depths {
    /// With how many equal symbols two n-grams in order begin. Short ones that are equal have nothing in common behind their
    /// last symbol.
    fn common(&self, a: u64, b: u64) -> usize {
        let common = self.common[(a ^ b).leading_zeros() as usize];
        usize::from(common.min(self.length[a.trailing_zeros() as usize]))
    }
}

/// How many orders are counted at once.
const LANES: usize = 8;

fn walk<T: Ord + Copy>(
    order: usize,
    one: &[T],
    other: &[T],
    common: impl Fn(T, T) -> usize,
    mut take: impl FnMut(usize, usize, u32),
) {
    // By order less one, where the present n-gram begins in both rows.
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
        /// Narrow and wide alike.
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
