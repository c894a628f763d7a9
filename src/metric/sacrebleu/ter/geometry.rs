//! The shape of the band: which cells of the matrix of edit distances are computed.

/// The number of columns on either side of the diagonal, unless one text is more than fifty times
/// as long as the other.
const BEAM: usize = 25;

/// The windows of the rows: row `i` is for the first `i` words of the hypothesis, column `j` for
/// the first `j` words of the reference. Row 0 has all columns.
#[derive(Debug)]
pub(super) struct Geometry {
    /// The first column and the column after the last, by row.
    windows: Vec<(usize, usize)>,
}

impl Geometry {
    /// Computes the windows. The matrix need not be square; its diagonal is computed in floating
    /// point and rounded down, as in sacreBLEU.
    pub(super) fn new(hypothesis: usize, reference: usize) -> Self {
        let ratio = if hypothesis == 0 { 1.0 } else { reference as f64 / hypothesis as f64 };
        let is_steep = (BEAM as f64) < ratio / 2.0;
        let beam = if is_steep { (ratio / 2.0 + BEAM as f64).ceil() as usize } else { BEAM };
        let window = |row: usize| {
            if row == 0 {
                return (0, reference + 1);
            }
            let diagonal = (row as f64 * ratio).floor() as usize;
            let end = if row == hypothesis { reference + 1 } else { (diagonal + beam).min(reference + 1) };
            (diagonal.saturating_sub(beam), end)
        };
        Self { windows: (0..=hypothesis).map(window).collect() }
    }

    /// Returns the first column of a row, and the column after the last.
    pub(super) fn window(&self, row: usize) -> (usize, usize) {
        self.windows[row]
    }

    /// Returns whether a cell is within the band.
    pub(super) fn has(&self, row: usize, column: usize) -> bool {
        let (start, end) = self.windows[row];
        (start..end).contains(&column)
    }

    /// Returns the number of words of the hypothesis.
    pub(super) fn rows(&self) -> usize {
        self.windows.len() - 1
    }
}
