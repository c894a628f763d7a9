//! Alignment of records: the optimal pairs by the agreement of their fields.

use std::ops::AddAssign;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Similarity of two records: first by the fields that agree, then by the overlap of their spans,
/// in code points. It consists of integers, so that no pair depends on rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similarity {
    /// Total weight of the leaves with equal values, in thousandths.
    pub agreeing: u64,
    /// Code points shared by span values.
    pub shared: u32,
}

impl AddAssign for Similarity {
    fn add_assign(&mut self, other: Self) {
        self.agreeing += other.agreeing;
        self.shared = self.shared.saturating_add(other.shared);
    }
}

/// Aligns records, and returns pairs of indices in the two lists, in the order of the first.
/// Records without any similarity stay unpaired.
///
/// Both lists must be in an order that depends on the records only; ties are then broken the same
/// way every time. The algorithm is dense (Kuhn and Munkres), which suffices for the tens of
/// records of a document.
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
