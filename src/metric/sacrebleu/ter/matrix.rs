//! The banded edit distance, cell by cell: a fallback for windows too wide for [`Band`], and a
//! reference to test it against.
//!
//! [`Band`]: super::band::Band

use super::geometry::Geometry;
use super::trace::Distances;

/// The value of a cell outside the band; far from overflow.
const NOWHERE: u32 = u32::MAX / 2;

/// All cells for one hypothesis.
#[derive(Debug)]
pub(super) struct Matrix<'a> {
    reference: &'a [u32],
    geometry: Geometry,
    /// Row by row.
    cells: Vec<u32>,
}

impl<'a> Matrix<'a> {
    pub(super) fn new(geometry: Geometry, reference: &'a [u32]) -> Self {
        let cells = vec![NOWHERE; (geometry.rows() + 1) * (reference.len() + 1)];
        Self { reference, geometry, cells }
    }

    /// Computes the cells for a hypothesis; returns the distance.
    pub(super) fn fill(&mut self, hypothesis: &[u32]) -> u32 {
        let width = self.reference.len() + 1;
        for (column, cell) in self.cells[..width].iter_mut().enumerate() {
            *cell = column as u32;
        }
        for (row, word) in (1..).zip(hypothesis) {
            let (start, end) = self.geometry.window(row);
            let (above, here) = self.cells[(row - 1) * width..].split_at_mut(width);
            let here = &mut here[..width];
            here.fill(NOWHERE);
            for column in start..end {
                let mut best = above[column] + 1;
                if column > 0 {
                    let change = u32::from(*word != self.reference[column - 1]);
                    best = best.min(above[column - 1] + change).min(here[column - 1] + 1);
                }
                here[column] = best.min(NOWHERE);
            }
        }
        self.cells.last().copied().unwrap_or(0)
    }
}

impl Distances for Matrix<'_> {
    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    fn at(&self, row: usize, column: usize) -> u32 {
        self.cells[row * (self.reference.len() + 1) + column]
    }
}
