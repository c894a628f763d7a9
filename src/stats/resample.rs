//! Sums over the clusters of bootstrap resamples (Efron 1979).

use std::ops::Range;

use super::weighted::Panels;
use super::{ClusterMatrix, Draws, RandomUse};

/// A bootstrap over clusters: each resample draws as many clusters as there are, with replacement,
/// and adds up their rows. A statistic of the sums can then be resampled without scoring the
/// documents again.
///
/// ```
/// use karat::stats::{Bootstrap, ClusterMatrix};
///
/// let mut rows = ClusterMatrix::new(2);
/// [[1.0, 2.0], [3.0, 3.0], [0.0, 1.0]].iter().for_each(|row| rows.push(row));
/// let bootstrap = Bootstrap::new(&rows, 42);
/// let mut ratios = Vec::new();
/// bootstrap.sums(0..1_000, |_, sums| ratios.push(sums[0] / sums[1]));
/// assert!(ratios.iter().all(|ratio| (0.0..=1.0).contains(ratio)));
/// ```
#[derive(Debug, Clone)]
pub struct Bootstrap {
    panels: Panels,
    seed: u64,
}

impl Bootstrap {
    /// Prepares resamples of `rows`, whose numbers must be finite.
    pub fn new(rows: &ClusterMatrix, seed: u64) -> Self {
        Self { panels: Panels::new(rows), seed }
    }

    /// Computes the column sums of each of the resamples in `numbers`, in ascending order. `each`
    /// receives the number of the resample and its sums.
    ///
    /// The sums depend only on the rows, the seed and the number, bit for bit, so threads may
    /// divide the numbers in any way.
    pub fn sums(&self, numbers: Range<u64>, each: impl FnMut(u64, &[f64])) {
        let rows = self.panels.rows();
        let weigh = |number, times: &mut [f64]| {
            let mut draws = Draws::new(self.seed, RandomUse::Bootstrap, number, rows);
            (0..rows).for_each(|_| times[draws.below(rows)] += 1.0);
        };
        self.panels.sums(numbers, weigh, each);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Bootstrap;
    use crate::stats::{ClusterMatrix, Draws, RandomUse};

    fn sums(rows: &ClusterMatrix, numbers: std::ops::Range<u64>) -> Vec<(u64, Vec<f64>)> {
        let mut all = Vec::new();
        Bootstrap::new(rows, 7).sums(numbers, |number, sums| all.push((number, sums.to_vec())));
        all
    }

    /// The sums equal those of a direct use of `Draws`.
    #[test]
    fn what_is_drawn_is_added() {
        let mut rows = ClusterMatrix::new(2);
        (0..40).for_each(|at| rows.push(&[f64::from(at * at % 17), f64::from(at)]));
        for (number, sums) in sums(&rows, 3..80) {
            let mut draws = Draws::new(7, RandomUse::Bootstrap, number, 40);
            let drawn: Vec<usize> = (0..40).map(|_| draws.below(40)).collect();
            let sum = |column: usize| drawn.iter().map(|at| rows.row(*at)[column]).sum::<f64>();
            assert_eq!(sums, [sum(0), sum(1)]);
        }
    }

    #[test]
    fn nothing_to_draw() {
        assert_eq!(sums(&ClusterMatrix::new(1), 0..2), [(0, vec![0.0]), (1, vec![0.0])]);
        assert!(sums(&ClusterMatrix::new(1), 5..5).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn splits_change_nothing(
            values in prop::collection::vec(0.0..1.0_f64, 3..300),
            first in 0_u64..9,
            cuts in prop::collection::vec(0_u64..50, 2),
        ) {
            let mut rows = ClusterMatrix::new(3);
            values.chunks_exact(3).for_each(|row| rows.push(row));
            let (one, other) = (first + cuts[0], first + cuts[0] + cuts[1]);
            let parts = [sums(&rows, first..one), sums(&rows, one..other)].concat();
            prop_assert_eq!(parts, sums(&rows, first..other));
        }
    }
}
