//! The alignment of records: optimal pairs by how much their fields agree.

use std::ops::AddAssign;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// How alike two records are: first by the fields that agree, then by what their values share (code points of places).
/// Integers, so that no pair depends on rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similarity {
    /// Weight of the leaves with the same value, in thousandths.
    pub agreeing: u64,
    /// Code points shared by values that are places.
    pub shared: u32,
}

impl AddAssign for Similarity {
    fn add_assign(&mut self, other: Self) {
        self.agreeing += other.agreeing;
        self.shared = self.shared.saturating_add(other.shared);
    }
}

/// Pairs of places in the two lists, in order of the first. Records that are alike in nothing stay single.
///
/// The lists must come in an order that depends on the records alone; equal totals are then broken the same way every
/// time. Dense (Kuhn and Munkres), for the tens of records that a document has.
pub fn align_records(
    gold: usize,
    predicted: usize,
    similarity: impl Fn(usize, usize) -> Similarity,
) -> Vec<(usize, usize)> {
    let turned = gold > predicted;
    let (rows, columns) = if turned { (predicted, gold) } else { (gold, predicted) };
    if rows == 0 {
        return Vec::new();
    }
    let weight = |row: usize, column: usize| {
        let alike = if turned { similarity(column, row) } else { similarity(row, column) };
        (i128::from(alike.agreeing) << 64) + i128::from(alike.shared)
    };
    let weights = Matrix::from_fn(rows, columns, |(row, column)| weight(row, column));
    let (_, columns_of) = kuhn_munkres(&weights);
    let mut pairs: Vec<(usize, usize)> = columns_of
        .into_iter()
        .enumerate()
        .filter(|&(row, column)| weights[(row, column)] > 0)
        .map(|(row, column)| if turned { (column, row) } else { (row, column) })
        .collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Similarity, align_records};

    #[test]
    fn the_sum_is_best_not_each_pair() {
        let agreeing = [[3, 2], [2, 0]];
        let alike = |g: usize, p: usize| Similarity { agreeing: agreeing[g][p], shared: 0 };
        assert_eq!(align_records(2, 2, alike), [(0, 1), (1, 0)]);
    }

    #[test]
    fn unknown_ids_stay_single_and_sides_may_differ_in_length() {
        let alike = |g: usize, p: usize| Similarity { agreeing: u64::from(g == 2 && p == 0), shared: 0 };
        assert_eq!(align_records(3, 1, alike), [(2, 0)]);
        assert_eq!(align_records(0, 1, alike), []);
    }
}
