//! Approximate randomisation test of two systems (Noreen 1989; Yeh 2000).
//!
//! Under the null hypothesis the answers of the two systems to a cluster of documents are
//! exchangeable. The test swaps them in randomly chosen clusters and recomputes the difference.

use std::ops::Range;

use super::normal::normal_tail;
use super::weighted::Panels;
use super::{ClusterMatrix, Draws, RandomUse};

/// Tolerance within which a difference counts as equal to the observed one, relative to it or to 1,
/// whichever is larger.
const ROUNDING: f64 = 1e-12;

/// A column is stored sparsely if fewer than one cluster in this many differs.
const SPARSE: usize = 8;

/// The non-zero entries of one column of differences, second system minus first, with the indices
/// of their clusters in ascending order.
pub type Differing = Vec<(u32, f64)>;

/// A randomisation test on two systems' matrices of the same clusters.
///
/// Only the differences between the systems change in a swap, so the cost of an assignment is
/// proportional to the number of differing entries. Columns that are mostly 0, such as counts of
/// rare labels, are stored as lists of entries.
#[derive(Debug, Clone)]
pub struct Randomisation {
    clusters: usize,
    /// The columns with many non-zero entries as a matrix of differences, with their column
    /// indices.
    dense: (Panels, Vec<usize>),
    /// The columns with few non-zero entries, with their column indices.
    sparse: Vec<(usize, Differing)>,
    totals: [Vec<f64>; 2],
    seed: u64,
    assignments: u64,
    exact: bool,
}

impl Randomisation {
    /// Prepares `drawn` random assignments. If there are at most `drawn + 1` assignments (2 to the
    /// power of the number of clusters), each is made once instead, among them the one that swaps
    /// nothing and the one that swaps everything.
    ///
    /// # Panics
    /// Panics if the two matrices have different shapes.
    pub fn new(first: &ClusterMatrix, second: &ClusterMatrix, seed: u64, drawn: u64) -> Self {
        assert_eq!((first.len(), first.width()), (second.len(), second.width()), "rows of the same clusters");
        let mut columns = vec![Differing::new(); first.width()];
        for at in 0..first.len() {
            for ((column, a), b) in columns.iter_mut().zip(first.row(at)).zip(second.row(at)) {
                if a != b {
                    column.push((at as u32, b - a));
                }
            }
        }
        Self::of_columns(first.len(), columns, [first.total(), second.total()], seed, drawn)
    }

    /// Like [`new`](Self::new), from the differing entries of each column and both systems' sums
    /// over all clusters.
    ///
    /// # Panics
    /// Panics if the number of sums differs from the number of columns, or if an entry has a
    /// cluster out of range.
    pub fn of_columns(clusters: usize, columns: Vec<Differing>, totals: [Vec<f64>; 2], seed: u64, drawn: u64) -> Self {
        assert!(totals.iter().all(|sums| sums.len() == columns.len()), "a sum a column");
        let all = (clusters < 63).then(|| 1_u64 << clusters);
        let enumerated = all.filter(|all| *all <= drawn.saturating_add(1));
        let (dense, sparse): (Vec<_>, Vec<_>) = columns
            .into_iter()
            .enumerate()
            .filter(|(_, entries)| !entries.is_empty())
            .partition(|(_, entries)| SPARSE * entries.len() >= clusters);
        let mut values = vec![0.0; clusters * dense.len()];
        for (column, (_, entries)) in dense.iter().enumerate() {
            for (cluster, difference) in entries {
                values[*cluster as usize * dense.len() + column] = *difference;
            }
        }
        let mut rows = ClusterMatrix::new(dense.len());
        if dense.is_empty() {
            (0..clusters).for_each(|_| rows.push(&[]));
        } else {
            values.chunks_exact(dense.len()).for_each(|row| rows.push(row));
        }
        Self {
            clusters,
            dense: (Panels::new(&rows), dense.into_iter().map(|(number, _)| number).collect()),
            sparse,
            totals,
            seed,
            assignments: enumerated.unwrap_or(drawn),
            exact: enumerated.is_some(),
        }
    }

    /// Number of assignments to make.
    pub fn assignments(&self) -> u64 {
        self.assignments
    }

    /// Whether these are all possible assignments.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// Computes the sums of both systems under each of the assignments in `numbers`, which must be
    /// below [`assignments`](Self::assignments), in ascending order. `each` receives the number of
    /// the assignment and the sums of the first and the second system.
    ///
    /// The sums depend only on the matrices, the seed and the number, bit for bit, so threads may
    /// divide the numbers in any way. An assignment that swaps nothing has exactly the totals, and
    /// swapping the systems swaps the sums.
    pub fn sums(&self, numbers: Range<u64>, mut each: impl FnMut(u64, &[f64], &[f64])) {
        let [first, second] = &self.totals;
        let mut sides = [first.clone(), second.clone()];
        let (panels, dense) = &self.dense;
        let mut bits = Vec::new();
        let weigh = |number: u64, swapped: &mut [f64]| {
            if !dense.is_empty() {
                let mut bits = Vec::new();
                self.flip(number, &mut bits);
                swapped.iter_mut().enumerate().for_each(|(at, swapped)| *swapped = bit(&bits, at) as f64);
            }
        };
        panels.sums(numbers, weigh, |number, moved| {
            let [one, other] = &mut sides;
            let mut set = |column: usize, moved: f64| {
                one[column] = first[column] + moved;
                other[column] = second[column] - moved;
            };
            dense.iter().zip(moved).for_each(|(column, moved)| set(*column, *moved));
            if !self.sparse.is_empty() {
                self.flip(number, &mut bits);
            }
            for (column, entries) in &self.sparse {
                let moved =
                    |sum: f64, (at, difference): &(u32, f64)| sum + bit(&bits, *at as usize) as f64 * difference;
                set(*column, entries.iter().fold(0.0, moved));
            }
            each(number, one, other);
        });
    }

    /// Sets `bits` to the clusters that an assignment swaps, 64 per word: the bits of its number if
    /// all assignments are made, else random bits.
    pub fn flip(&self, number: u64, bits: &mut Vec<u64>) {
        bits.clear();
        let words = self.clusters.div_ceil(64);
        if self.exact {
            bits.resize(words, number);
        } else {
            let mut draws = Draws::new(self.seed, RandomUse::Permutation, number, words);
            bits.extend((0..words).map(|_| draws.bits()));
        }
    }
}

fn bit(bits: &[u64], at: usize) -> u64 {
    bits[at / 64] >> (at % 64) & 1
}

/// The two-sided p-value of a difference by the normal approximation of the sign-flip distribution.
/// Its variance is exactly `squares`, the sum of the squared contributions of the clusters to the
/// difference, since swapping the systems in a cluster flips the sign of its contribution. 1 if no
/// contribution changes.
pub fn sign_flip_p(difference: f64, squares: f64) -> f64 {
    let error = squares.sqrt();
    if error <= ROUNDING * difference.abs().max(1.0) {
        return 1.0;
    }
    (2.0 * normal_tail(difference.abs() / error)).min(1.0)
}

/// Whether an assignment's difference is at least as far from 0 as the observed one, with a
/// tolerance of 1e-12 relative to the observed difference or to 1, whichever is larger (differences
/// are those of scores, not of counts). NaN counts as far.
pub fn is_as_far(difference: f64, observed: f64) -> bool {
    // Undefined differences must not make a p-value smaller.
    difference.abs() >= observed.abs() - ROUNDING * observed.abs().max(1.0) || difference.is_nan()
}

/// The two-sided p-value: the proportion of assignments whose difference [`is_as_far`].
///
/// If the assignments were drawn, the observed one is added to both counts, so that no p-value is 0
/// (Davison and Hinkley 1997); if all were made (`is_exact`), it is already among them. 1 if there
/// are none.
pub fn p_of(as_far: u64, assignments: u64, is_exact: bool) -> f64 {
    let more = u64::from(!is_exact);
    if assignments + more == 0 { 1.0 } else { (as_far + more) as f64 / (assignments + more) as f64 }
}

/// The two-sided p-value (see [`p_of`]), from the differences themselves.
pub fn p_value(observed: f64, permuted: impl Iterator<Item = f64>, is_exact: bool) -> f64 {
    let (mut as_far, mut made) = (0, 0);
    for difference in permuted {
        as_far += u64::from(is_as_far(difference, observed));
        made += 1;
    }
    p_of(as_far, made, is_exact)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Randomisation, p_value, sign_flip_p};
    use crate::stats::ClusterMatrix;

    fn rows(values: &[f64]) -> ClusterMatrix {
        let mut rows = ClusterMatrix::new(1);
        values.iter().for_each(|value| rows.push(&[*value]));
        rows
    }

    /// The sums of both systems under each assignment.
    fn sums(first: &ClusterMatrix, second: &ClusterMatrix, drawn: u64) -> Vec<(f64, f64)> {
        let (mut all, test) = (Vec::new(), Randomisation::new(first, second, 7, drawn));
        test.sums(0..test.assignments(), |_, one, other| all.push((one[0], other[0])));
        all
    }

    fn p(first: &ClusterMatrix, second: &ClusterMatrix, drawn: u64) -> f64 {
        let exact = Randomisation::new(first, second, 7, drawn).is_exact();
        let differences = sums(first, second, drawn).into_iter().map(|(one, other)| other - one);
        p_value(second.total()[0] - first.total()[0], differences, exact)
    }

    /// Reference values of scipy 1.17.1 (`stats.permutation_test((x, y), ...,
    /// permutation_type="samples", n_resamples=np.inf)` of the difference of sums).
    #[test]
    fn all_assignments_as_scipy_has_them() {
        let (x, y) = (rows(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]), rows(&[2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0]));
        assert_eq!(p(&x, &y, 9_999), 0.765625);
        let test = Randomisation::new(&x, &y, 7, 127);
        assert!(test.is_exact() && test.assignments() == 128);
        let drawn = Randomisation::new(&x, &y, 7, 126);
        assert!(!drawn.is_exact() && drawn.assignments() == 126);
    }

    #[test]
    fn nothing_and_everything_swapped_are_among_them() {
        let (x, y) = (rows(&[0.5, 0.25, 1.0]), rows(&[0.75, 0.5, 2.0]));
        let all = sums(&x, &y, 7);
        assert_eq!((all[0], all[7]), ((1.75, 3.25), (3.25, 1.75)));
        assert_eq!(p(&x, &y, 7), 0.25);
    }

    /// More clusters than bits in a word: the result is close to the normal approximation, and no
    /// p-value is 0.
    #[test]
    fn coins_are_even() {
        let (x, y) = (rows(&[0.0; 100]), rows(&[1.0; 100]));
        let all = sums(&x, &y, 4_000);
        let mean = all.iter().map(|(one, _)| one).sum::<f64>() / 4_000.0;
        let variance = all.iter().map(|(one, _)| (one - mean).powi(2)).sum::<f64>() / 4_000.0;
        assert!((mean - 50.0).abs() < 0.4 && (variance - 25.0).abs() < 2.5, "{mean} {variance}");
        assert_eq!(p(&x, &y, 4_000), 1.0 / 4_001.0);
    }

    #[test]
    fn equal_systems_do_not_differ() {
        let x = rows(&[0.1, 0.7, 0.3]);
        assert_eq!(p(&x, &x, 9_999), 1.0);
        assert_eq!(p(&x, &x, 5), 1.0);
        assert_eq!(p(&rows(&[]), &rows(&[]), 9), 1.0);
    }

    #[test]
    fn rounding_and_what_is_undefined_count_as_far() {
        assert_eq!(p_value(0.3, [0.1 + 0.2, 0.3 - 1e-15, f64::NAN, 0.29].into_iter(), true), 0.75);
        assert_eq!(p_value(-1e6, [1e6 - 1e-7, 0.0].into_iter(), false), 2.0 / 3.0);
        assert_eq!(p_value(1.0, std::iter::empty(), true), 1.0);
    }

    /// Reference value of Python (`math.erfc(1.2 / math.sqrt(2))`).
    #[test]
    fn the_limit_of_many_sign_flips() {
        assert!((sign_flip_p(-0.06, 0.05 * 0.05) - 0.230_139_340_443_416_6).abs() < 1e-12);
        assert_eq!((sign_flip_p(0.0, 1.0), sign_flip_p(0.5, 0.0), sign_flip_p(0.0, 0.0)), (1.0, 1.0, 1.0));
    }

    /// Sparse and dense columns give the same sums.
    #[test]
    fn rare_columns_are_added_alike() {
        let (mut x, mut y) = (ClusterMatrix::new(2), ClusterMatrix::new(2));
        for at in 0..100_u32 {
            let value = f64::from(at) * 0.3;
            x.push(&[value, value.sin()]);
            y.push(&[value + if at % 30 == 7 { 0.1 } else { 0.0 }, value.cos()]);
        }
        let test = Randomisation::new(&x, &y, 7, 50);
        assert_eq!((test.sparse.len(), test.dense.1.as_slice()), (1, &[1][..]));
        let alone = |column: usize| {
            let of = |rows: &ClusterMatrix| {
                let mut one = ClusterMatrix::new(1);
                (0..100).for_each(|at| one.push(&rows.row(at)[column..=column]));
                one
            };
            sums(&of(&x), &of(&y), 50)
        };
        let (mut found, expected) = (Vec::new(), [alone(0), alone(1)]);
        test.sums(0..50, |_, one, other| found.push([(one[0], other[0]), (one[1], other[1])]));
        for (at, found) in found.iter().enumerate() {
            assert_eq!(*found, [expected[0][at], expected[1][at]]);
        }
        // By hand: each entry moves to the other system or stays.
        let moves: std::collections::BTreeSet<u64> =
            expected[0].iter().map(|(one, _)| ((one - x.total()[0]) * 10.0).round() as u64).collect();
        assert_eq!(moves, [0, 1, 2, 3, 4].into());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn swapping_the_systems_swaps_the_sums(pairs in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..90)) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (x, y) = (rows(&x), rows(&y));
            let back: Vec<(f64, f64)> = sums(&y, &x, 60).into_iter().map(|(one, other)| (other, one)).collect();
            prop_assert_eq!(sums(&x, &y, 60), back);
            prop_assert_eq!(p(&x, &y, 60), p(&y, &x, 60));
            prop_assert!(p(&x, &y, 60) > 0.0 && p(&x, &y, 60) <= 1.0);
        }

        #[test]
        fn splits_change_nothing(pairs in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..90), cut in 0_u64..=60) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let (x, y) = (rows(&x), rows(&y));
            let (mut parts, test) = (Vec::new(), Randomisation::new(&x, &y, 7, 60));
            let cut = cut.min(test.assignments());
            test.sums(0..cut, |_, one, other| parts.push((one[0], other[0])));
            test.sums(cut..test.assignments(), |_, one, other| parts.push((one[0], other[0])));
            prop_assert_eq!(parts, sums(&x, &y, 60));
        }
    }
}
