//! Permutation tests of whether two metrics agree equally well with ratings (PERM of Deutsch, Dror
//! and Roth 2021).
//!
//! Under the null hypothesis the scores of the two metrics, standardised to a common scale, are
//! exchangeable. They are exchanged at random, and the difference of the correlations is
//! recomputed.

use super::grid::Grid;
use super::sample::Over;
use crate::parallel;
use crate::stats::correlation::settle;
use crate::stats::{Draws, RandomUse};

/// Number of permutations that are made at a time, on one copy of the scores.
const CHUNK: u32 = 16;

/// Parameters of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutation {
    /// The unit of exchange: all scores of a system, all scores of a document, or (both) each
    /// score.
    pub over: Over,
    /// Number of permutations to draw. If there are no more distinct ones, each is made once.
    pub permutations: u32,
    /// The random seed.
    pub seed: u64,
}

/// The result of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permuted {
    /// The two-sided p-value.
    pub p: f64,
    /// The one-sided p-value for the alternative that the first metric agrees better.
    pub p_greater: f64,
    /// The one-sided p-value for the alternative that the first metric agrees less well.
    pub p_less: f64,
    /// Whether every permutation was made once, so that the result does not depend on the seed.
    pub exact: bool,
    /// Number of permutations in which both correlations are defined.
    pub permutations: u64,
    /// Number of permutations in which a correlation is undefined; they are not counted.
    pub undefined: u64,
}

/// Counts of permutations by how their difference compares with the observed one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct PermutationCounts {
    beyond: u64,
    above: u64,
    below: u64,
    defined: u64,
}

/// Tolerance within which a difference counts as equal to the observed one.
const ROUNDING: f64 = 1e-12;

impl Permutation {
    /// Number of distinct permutations if each is made once; `None` if they are drawn.
    fn exact(&self, grid: &Grid) -> Option<u32> {
        let units = self.units(grid);
        (units < 32 && 1 << units <= self.permutations).then(|| 1 << units)
    }

    /// Number of units that are exchanged independently.
    fn units(&self, grid: &Grid) -> usize {
        match self.over {
            Over::Systems => grid.systems,
            Over::Documents => grid.documents,
            Over::Both => grid.summaries(),
        }
    }

    /// Whether a permutation exchanges each value: by the bits of its number if all permutations
    /// are made, else by random bits.
    fn exchanged(&self, grid: &Grid, number: u32) -> Vec<bool> {
        let units = self.units(grid);
        let random_bits: Vec<bool> = if self.exact(grid).is_some() {
            (0..units).map(|unit| number >> unit & 1 == 1).collect()
        } else {
            let words = units.div_ceil(64);
            let mut draws = Draws::new(self.seed, RandomUse::Permutation, number.into(), words);
            let words: Vec<u64> = (0..words).map(|_| draws.bits()).collect();
            (0..units).map(|unit| words[unit / 64] >> (unit % 64) & 1 == 1).collect()
        };
        let mut exchanged = vec![false; grid.systems * grid.documents];
        for (number, index) in grid.indices().enumerate() {
            exchanged[index] = match self.over {
                Over::Systems => random_bits[index / grid.documents],
                Over::Documents => random_bits[index % grid.documents],
                Over::Both => random_bits[number],
            };
        }
        exchanged
    }
}

/// Tests differences of correlations. `differences` computes them from the scores of the first and
/// the second metric, one for each level and coefficient, first minus second. The result is `None`
/// where the observed difference is undefined.
pub fn permutation_test(
    grid: &Grid,
    (first, second): (&[f64], &[f64]),
    permutation: &Permutation,
    differences: impl Fn(&[f64], &[f64]) -> Vec<Option<f64>> + Sync,
) -> Vec<Option<Permuted>> {
    let (first, second) = standardised(grid, first, second);
    let observed = differences(&first, &second);
    let exact = permutation.exact(grid);
    let made = exact.unwrap_or(permutation.permutations);
    let none = || vec![PermutationCounts::default(); observed.len()];
    let count = |from: u32| {
        let (mut counts, mut one, mut other) = (none(), first.clone(), second.clone());
        for number in from..from.saturating_add(CHUNK).min(made) {
            for (index, exchanged) in permutation.exchanged(grid, number).into_iter().enumerate() {
                let (a, b) = (first[index], second[index]);
                (one[index], other[index]) = if exchanged { (b, a) } else { (a, b) };
            }
            for ((counts, observed), found) in counts.iter_mut().zip(&observed).zip(differences(&one, &other)) {
                if let (Some(observed), Some(found)) = (observed, found) {
                    counts.count(*observed, found);
                }
            }
        }
        counts
    };
    let add = |mut sums: Vec<PermutationCounts>, counts: Vec<PermutationCounts>| {
        sums.iter_mut().zip(counts).for_each(|(sum, counts)| sum.add(counts));
        sums
    };
    // Sums of integers do not depend on how the work is divided among threads.
    let chunks: Vec<u32> = (0..made).step_by(CHUNK as usize).collect();
    let sums = parallel::map_reduce(chunks, count, none, add);
    sums.iter().zip(&observed).map(|(sum, observed)| observed.and_then(|_| sum.test(exact.is_some(), made))).collect()
}

impl PermutationCounts {
    fn count(&mut self, observed: f64, found: f64) {
        self.beyond += u64::from(found.abs() >= observed.abs() - ROUNDING);
        self.above += u64::from(found >= observed - ROUNDING);
        self.below += u64::from(found <= observed + ROUNDING);
        self.defined += 1;
    }

    fn add(&mut self, other: Self) {
        self.beyond += other.beyond;
        self.above += other.above;
        self.below += other.below;
        self.defined += other.defined;
    }

    /// The proportion of permutations that are as extreme. If they were drawn, the observed one is
    /// added to both counts, so that no p-value is 0 (Davison and Hinkley 1997).
    fn test(&self, exact: bool, made: u32) -> Option<Permuted> {
        let more = u64::from(!exact);
        let share = |count: u64| (count + more) as f64 / (self.defined + more) as f64;
        (self.defined > 0).then(|| Permuted {
            p: share(self.beyond),
            p_greater: share(self.above),
            p_less: share(self.below),
            exact,
            permutations: self.defined,
            undefined: u64::from(made) - self.defined,
        })
    }
}

/// Both metrics, standardised to mean 0 and standard deviation 1 over all summaries. Values that
/// differ only by rounding are made equal.
fn standardised(grid: &Grid, first: &[f64], second: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let indices: Vec<usize> = grid.indices().collect();
    let n = indices.len() as f64;
    let of = |values: &[f64]| {
        let mean = indices.iter().map(|index| values[*index]).sum::<f64>() / n;
        let variance = indices.iter().map(|index| (values[*index] - mean).powi(2)).sum::<f64>() / n;
        let unit = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        indices.iter().map(|index| (values[*index] - mean) / unit).collect::<Vec<f64>>()
    };
    let mut both = [of(first), of(second)].concat();
    let most = both.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    settle(&mut both, most);
    let spread = |values: &[f64]| {
        let mut spread = vec![0.0; grid.systems * grid.documents];
        indices.iter().zip(values).for_each(|(index, value)| spread[*index] = *value);
        spread
    };
    (spread(&both[..indices.len()]), spread(&both[indices.len()..]))
}

#[cfg(test)]
mod tests {
    use super::{Permutation, permutation_test};
    use crate::meta::{Grid, Level, Over, Sample, correlate};
    use crate::stats::correlation::Coefficient;

    fn test(x: &[f64], y: &[f64], z: &[f64], over: Over, permutations: u32) -> Option<super::Permuted> {
        let grid = Grid::new(x.len() / 2, 2, vec![true; x.len()]);
        let value = |x: &[f64]| {
            correlate(&grid, &Sample::all(&grid), (x, z), &[Level::Global], &[Coefficient::Pearson])[0].value
        };
        let permutation = Permutation { over, permutations, seed: 1 };
        permutation_test(&grid, (x, y), &permutation, |x, y| vec![value(x).zip(value(y)).map(|(x, y)| x - y)])[0]
    }

    const X: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.5];
    const Y: [f64; 6] = [2.0, 3.0, 1.0, 3.0, 2.0, 4.0];
    const Z: [f64; 6] = [1.0, 2.0, 3.0, 5.0, 4.0, 6.0];

    /// Exchanging nothing and exchanging everything give differences of equal size, so at least two
    /// of 2^n permutations are as extreme.
    #[test]
    fn few_exchanges_are_all_made() {
        for (over, exchanges) in [(Over::Systems, 8), (Over::Documents, 4), (Over::Both, 64)] {
            let found = test(&X, &Y, &Z, over, 64).unwrap();
            assert!(found.exact && found.permutations == exchanges && found.undefined == 0, "{found:?}");
            assert!(found.p >= 2.0 / exchanges as f64 && found.p_greater <= found.p, "{found:?}");
            let drawn = test(&X, &Y, &Z, over, exchanges as u32 - 1).unwrap();
            assert!(!drawn.exact && drawn.p > 0.0, "{drawn:?}");
            let back = test(&Y, &X, &Z, over, 64).unwrap();
            assert_eq!((back.p, back.p_greater, back.p_less), (found.p, found.p_less, found.p_greater));
        }
    }

    #[test]
    fn a_metric_is_no_better_than_itself_in_another_unit() {
        let other = X.map(|x| 0.1 * x - 7.0);
        assert_eq!(test(&X, &other, &Z, Over::Both, 64).unwrap().p, 1.0);
        assert_eq!(test(&X, &other, &Z, Over::Both, 20).unwrap().p, 1.0);
    }

    #[test]
    fn undefined_to_begin_with() {
        assert_eq!(test(&X, &[1.0; 6], &Z, Over::Both, 64), None);
    }

    /// Drawn permutations approximate the exact result.
    #[test]
    fn chance_comes_near() {
        let (x, y, z): (Vec<f64>, Vec<f64>, Vec<f64>) = {
            let at = |n: u32, by: u32| f64::from(n * by % 17);
            (
                (0..12).map(|n| at(n, 5)).collect(),
                (0..12).map(|n| at(n, 7)).collect(),
                (0..12).map(|n| at(n, 4)).collect(),
            )
        };
        let all = test(&x, &y, &z, Over::Both, 1 << 12).unwrap();
        let drawn = test(&x, &y, &z, Over::Both, 4_000).unwrap();
        assert!(all.exact && !drawn.exact);
        assert!((all.p - drawn.p).abs() < 4.0 * (all.p * (1.0 - all.p) / 4_000.0).sqrt() + 1e-3, "{all:?} {drawn:?}");
    }
}
