//! Weighted sums of rows for many weightings at once: the product of a matrix of weights and a
//! matrix of rows.
//!
//! The product is computed in blocks that fit the caches and registers. Each sum is nevertheless
//! added in the order of the rows, one product at a time, so that its bits depend neither on the
//! blocks nor on which weightings are computed together.

use std::ops::Range;

use super::ClusterMatrix;

/// Number of weightings that are summed in registers. With [`COLUMNS`], 16 sums take half of the
/// registers of every x86-64.
const LANES: usize = 4;
/// Number of columns of a panel, which are summed in registers.
const COLUMNS: usize = 4;
/// Number of rows in a block. A panel of them takes 16 kB with their weights and stays in the
/// first-level cache.
const BLOCK: usize = 256;
/// Number of groups of weightings that share one read of the rows.
const GROUPS: usize = 8;

/// A matrix in panels of a few columns, one panel after the other; the last one is padded with
/// zeros.
#[derive(Debug, Clone)]
pub(super) struct Panels {
    rows: usize,
    width: usize,
    values: Vec<[f64; COLUMNS]>,
}

impl Panels {
    pub(super) fn new(rows: &ClusterMatrix) -> Self {
        let mut values = Vec::with_capacity(rows.width().div_ceil(COLUMNS) * rows.len());
        for first in (0..rows.width()).step_by(COLUMNS) {
            values.extend((0..rows.len()).map(|at| {
                let mut part = [0.0; COLUMNS];
                part.iter_mut().zip(&rows.row(at)[first..]).for_each(|(part, value)| *part = *value);
                part
            }));
        }
        Self { rows: rows.len(), width: rows.width(), values }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Computes the weighted sums for each number in ascending order. `weigh` sets the weights of
    /// the rows, which are initially zero, and `each` receives the sums.
    pub(super) fn sums(
        &self,
        numbers: Range<u64>,
        mut weigh: impl FnMut(u64, &mut [f64]),
        mut each: impl FnMut(u64, &[f64]),
    ) {
        let panels = self.width.div_ceil(COLUMNS);
        let mut one = vec![0.0; self.rows];
        let mut weights = vec![[0.0; LANES]; self.rows * GROUPS];
        let mut sums = vec![[[0.0; COLUMNS]; LANES]; panels * GROUPS];
        let mut line = vec![0.0; panels * COLUMNS];
        let mut next = numbers.start;
        while next < numbers.end {
            let batch = (numbers.end - next).min((LANES * GROUPS) as u64) as usize;
            for (at, number) in (next..).take(batch).enumerate() {
                one.fill(0.0);
                weigh(number, &mut one);
                let lane = weights[at / LANES * self.rows..].iter_mut().map(|weights| &mut weights[at % LANES]);
                lane.zip(&one).for_each(|(lane, weight)| *lane = *weight);
            }
            let groups = batch.div_ceil(LANES);
            sums.fill([[0.0; COLUMNS]; LANES]);
            self.multiply(&weights[..self.rows * groups], groups, &mut sums);
            for (at, number) in (next..).take(batch).enumerate() {
                let parts = sums.chunks_exact(GROUPS).map(|panel| panel[at / LANES][at % LANES]);
                line.chunks_exact_mut(COLUMNS).zip(parts).for_each(|(to, from)| to.copy_from_slice(&from));
                each(number, &line[..self.width]);
            }
            next += batch as u64;
        }
    }

    fn multiply(&self, weights: &[[f64; LANES]], groups: usize, sums: &mut [[[f64; COLUMNS]; LANES]]) {
        for start in (0..self.rows).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(self.rows);
            for (panel, sums) in self.values.chunks_exact(self.rows).zip(sums.chunks_exact_mut(GROUPS)) {
                for (weights, sums) in weights.chunks_exact(self.rows).zip(&mut sums[..groups]) {
                    add(&panel[block.clone()], &weights[block.clone()], sums);
                }
            }
        }
    }
}

/// The innermost loop: `sums += weights^T rows`.
fn add(rows: &[[f64; COLUMNS]], weights: &[[f64; LANES]], sums: &mut [[f64; COLUMNS]; LANES]) {
    let mut registers = *sums;
    for (row, weights) in rows.iter().zip(weights) {
        for (sums, weight) in registers.iter_mut().zip(weights) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += weight * value;
            }
        }
    }
    *sums = registers;
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, GROUPS, LANES, Panels};
    use crate::stats::ClusterMatrix;

    /// Numbers whose sum depends on the order of addition.
    fn value(at: usize) -> f64 {
        (at as f64 * 0.7).sin()
    }

    /// More rows than a block and more weightings than a batch, with and without a remainder.
    #[test]
    fn blocks_add_up_row_by_row() {
        let batch = (LANES * GROUPS) as u64;
        for (count, width, numbers) in
            [(0, 3, 2), (1, 1, 1), (2 * BLOCK, 4, batch), (BLOCK + 7, 9, batch + 5), (3, 0, 2)]
        {
            let mut rows = ClusterMatrix::new(width);
            (0..count).for_each(|at| rows.push(&(0..width).map(|c| value(at * 31 + c)).collect::<Vec<_>>()));
            let weigh = |number: u64, weights: &mut [f64]| {
                weights.iter_mut().enumerate().for_each(|(at, weight)| *weight = value(at + number as usize));
            };
            let mut next = 0;
            Panels::new(&rows).sums(0..numbers, weigh, |number, sums| {
                let mut expected = vec![0.0; width];
                for at in 0..count {
                    let weight = value(at + number as usize);
                    expected.iter_mut().zip(rows.row(at)).for_each(|(sum, value)| *sum += weight * value);
                }
                assert_eq!((number, sums), (next, expected.as_slice()));
                next += 1;
            });
            assert_eq!(next, numbers);
        }
    }
}
