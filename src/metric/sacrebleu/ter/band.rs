//! The banded edit distance, with one row computed in a few operations on machine words.
//!
//! Neighbours in a row of the matrix differ by at most one, also within the band, so that a row is
//! two bit vectors: where it increases and where it decreases (G. Myers, "A fast bit-vector
//! algorithm for approximate string matching based on dynamic programming", JACM 46, 1999; H.
//! Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003). A
//! row begins one column before its window. Cells outside a window are treated as if only steps of
//! cost one led to them, which shortens no path as long as no match starts from such a cell.
//! makes no path shorter, as long as no word is kept that would start from such a cell.

use super::geometry::Geometry;
use super::trace::Distances;

/// One row: the distance in the column before its first bit, and the differences between columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    base: u32,
    up: u64,
    down: u64,
}

/// The part of a row that is equal for all hypotheses of one length.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// The column before the first bit.
    base: usize,
    /// How much farther right that is than in the row above.
    step: u32,
    /// The columns in which a word may be matched or substituted.
    diagonal: u64,
    /// The columns of the window.
    inside: u64,
}

/// The rows for one hypothesis, and the shapes of rows for hypotheses of its length.
#[derive(Debug)]
pub(super) struct Band {
    geometry: Geometry,
    shapes: Vec<Shape>,
    rows: Vec<Row>,
    /// For each word, the columns of the reference that contain it, in `blocks` machine words.
    columns: Vec<u64>,
    blocks: usize,
    width: usize,
}

impl Band {
    /// Returns `None` if a window is too wide. The words of the hypothesis are numbers below
    /// `kinds`.
    pub(super) fn new(hypothesis: usize, reference: &[u32], kinds: usize) -> Option<Self> {
        let geometry = Geometry::new(hypothesis, reference.len());
        let mut shapes = vec![Shape { base: 0, step: 0, diagonal: 0, inside: u64::MAX }];
        for row in 1..=hypothesis {
            let ((above_start, above_end), (start, end)) = (geometry.window(row - 1), geometry.window(row));
            let base = start.saturating_sub(1);
            let step = base - shapes[row - 1].base;
            if end - 1 - base > 64 || step > 63 {
                return None;
            }
            let bits =
                |start: usize, end: usize| below(end.saturating_sub(base + 1)) & !below(start.saturating_sub(base + 1));
            let diagonal = bits(start.max(above_start + 1), end.min(above_end + 1));
            shapes.push(Shape { base, step: step as u32, diagonal, inside: bits(base + 1, end) });
        }
        // One block more than is read, so that a window may end anywhere.
        let blocks = reference.len() / 64 + 2;
        let mut columns = vec![0; kinds * blocks];
        for (column, word) in reference.iter().enumerate().filter(|(_, word)| (**word as usize) < kinds) {
            columns[*word as usize * blocks + column / 64] |= 1 << (column % 64);
        }
        let first = Row { base: 0, up: u64::MAX, down: 0 };
        Some(Self { geometry, shapes, rows: vec![first; hypothesis + 1], columns, blocks, width: reference.len() })
    }

    /// Computes the rows for a hypothesis; returns the distance.
    pub(super) fn fill(&mut self, hypothesis: &[u32]) -> u32 {
        let mut row = self.rows[0];
        for (number, word) in (1..).zip(hypothesis) {
            row = self.next(row, number, *word);
            self.rows[number] = row;
        }
        self.last(row)
    }

    /// Returns the distance of a hypothesis that differs from the filled one only in `words`, which
    /// follow its first `start` words. Stops early once the rows are equal again.
    pub(super) fn changed(&self, hypothesis: &[u32], start: usize, words: impl Iterator<Item = u32>) -> u32 {
        let (mut row, mut number) = (self.rows[start], start);
        for word in words {
            number += 1;
            row = self.next(row, number, word);
        }
        while number < hypothesis.len() {
            let known = &self.rows[number];
            if (row.up, row.down) == (known.up, known.down) {
                return (self.last(self.rows[hypothesis.len()]) + row.base).wrapping_sub(known.base);
            }
            row = self.next(row, number + 1, hypothesis[number]);
            number += 1;
        }
        self.last(row)
    }

    fn next(&self, above: Row, number: usize, word: u32) -> Row {
        let Shape { base, step, diagonal, inside } = self.shapes[number];
        let left = below(step as usize);
        let start = above.base + (above.up & left).count_ones() - (above.down & left).count_ones();
        let up = (above.up >> step) | !(u64::MAX >> step);
        let down = above.down >> step;
        let block = word as usize * self.blocks + base / 64;
        let (low, high) = (self.columns[block], self.columns[block + 1]);
        let offset = base % 64;
        let same = ((low >> offset) | ((high << 1) << (63 - offset))) & diagonal;
        let from_above = same | down;
        let kept = ((same & up).wrapping_add(up) ^ up) | same;
        let grows = ((down | !(kept | up)) << 1) | 1;
        let shrinks = (up & kept) << 1;
        let next_up = shrinks | !(from_above | grows);
        let next_down = grows & from_above;
        Row { base: start + 1, up: next_up | !inside, down: next_down & inside }
    }

    fn last(&self, row: Row) -> u32 {
        self.value(&row, self.shapes.len() - 1, self.width)
    }

    fn value(&self, row: &Row, number: usize, column: usize) -> u32 {
        let bits = below(column - self.shapes[number].base);
        row.base + (row.up & bits).count_ones() - (row.down & bits).count_ones()
    }
}

impl Distances for Band {
    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    fn at(&self, row: usize, column: usize) -> u32 {
        if row == 0 { column as u32 } else { self.value(&self.rows[row], row, column) }
    }
}

/// Returns a mask of the lowest `count` bits.
fn below(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Band;
    use crate::metric::sacrebleu::ter::geometry::Geometry;
    use crate::metric::sacrebleu::ter::matrix::Matrix;
    use crate::metric::sacrebleu::ter::trace::{Distances, Trace};

    fn words(most: usize) -> impl Strategy<Value = Vec<u32>> {
        (1_u32..12).prop_flat_map(move |kinds| prop::collection::vec(0..kinds, 1..most))
    }

    proptest! {
        #[test]
        fn every_cell_is_that_of_the_matrix(hypothesis in words(90), reference in words(160), turn in 0_usize..90) {
            let Some(mut band) = Band::new(hypothesis.len(), &reference, 12) else { return Ok(()) };
            let mut matrix = Matrix::new(Geometry::new(hypothesis.len(), reference.len()), &reference);
            prop_assert_eq!(band.fill(&hypothesis), matrix.fill(&hypothesis));
            for row in 0..=hypothesis.len() {
                let (start, end) = matrix.geometry().window(row);
                for column in start..end {
                    prop_assert_eq!(band.at(row, column), matrix.at(row, column), "row {}, column {}", row, column);
                }
            }
            let (mut one, mut other) = (Trace::default(), Trace::default());
            one.read(&band, &hypothesis, &reference);
            other.read(&matrix, &hypothesis, &reference);
            prop_assert_eq!(one, other);
            let start = turn.min(hypothesis.len());
            let end = (turn + 7).min(hypothesis.len());
            let mut changed = hypothesis.clone();
            changed[start..end].reverse();
            let found = band.changed(&hypothesis, start, changed[start..end].iter().copied());
            if end > start {
                prop_assert_eq!(found, matrix.fill(&changed));
            }
        }
    }
}
