//! Correlation of a metric with ratings at three levels of aggregation (Deutsch, Dror and Roth
//! 2021).

use super::grid::Grid;
use super::sample::Sample;
use crate::stats::correlation::{Coefficient, settle};

/// The level of aggregation at which a metric is correlated with ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Correlates the means of systems: does the metric rank systems as people do?
    System,
    /// Correlates the summaries of each document, and averages over documents: does the metric rank
    /// the summaries of a document as people do?
    Summary,
    /// Correlates all summaries, regardless of system and document.
    Global,
}

impl Level {
    /// All levels, in the order of the reports.
    pub const ALL: [Self; 3] = [Self::System, Self::Summary, Self::Global];

    /// The name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Summary => "summary",
            Self::Global => "global",
        }
    }
}

/// A correlation with the size of its sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlated {
    /// The correlation, from -1 to 1; `None` if it is undefined.
    pub value: Option<f64>,
    /// Number of systems or summaries that were correlated; at summary level, number of documents
    /// with a defined correlation.
    pub n: usize,
    /// At summary level, number of documents with an undefined correlation: those with fewer than
    /// two summaries, or with equal values for all summaries. 0 at other levels.
    pub undefined: usize,
}

/// Correlates two lists of values over a sample. The result is ordered by level, then by
/// coefficient.
///
/// A system's mean is taken over its own summaries in the sample. A system without any is left out.
pub fn correlate(
    grid: &Grid,
    sample: &Sample,
    (x, y): (&[f64], &[f64]),
    levels: &[Level],
    coefficients: &[Coefficient],
) -> Vec<Correlated> {
    let mut found = Vec::with_capacity(levels.len() * coefficients.len());
    for level in levels {
        match level {
            Level::System => {
                let means = [means(grid, sample, x), means(grid, sample, y)];
                found.extend(coefficients.iter().map(|coefficient| whole(*coefficient, &means[0], &means[1])));
            }
            Level::Summary => by_document(grid, sample, (x, y), coefficients, &mut found),
            Level::Global => {
                let indices: Vec<usize> = (sample.systems.iter())
                    .flat_map(|system| {
                        sample.documents.iter().map(move |(document, times)| (*system, *document, *times))
                    })
                    .filter_map(|(system, document, times)| Some((grid.index(system, document)?, times)))
                    .flat_map(|(index, times)| std::iter::repeat_n(index, times))
                    .collect();
                let pick = |values: &[f64]| indices.iter().map(|index| values[*index]).collect::<Vec<f64>>();
                let (x, y) = (pick(x), pick(y));
                found.extend(coefficients.iter().map(|coefficient| whole(*coefficient, &x, &y)));
            }
        }
    }
    found
}

fn whole(coefficient: Coefficient, x: &[f64], y: &[f64]) -> Correlated {
    Correlated { value: coefficient.of(x, y), n: x.len(), undefined: 0 }
}

/// The mean of every system of the sample that has a summary in it. Means that differ only by
/// rounding are made equal.
fn means(grid: &Grid, sample: &Sample, values: &[f64]) -> Vec<f64> {
    let mut most = 0.0_f64;
    let mean = |system: &usize| {
        let (mut sum, mut count) = (0.0, 0);
        for (document, times) in &sample.documents {
            if let Some(index) = grid.index(*system, *document) {
                sum += values[index] * *times as f64;
                most = most.max(values[index].abs());
                count += times;
            }
        }
        (count > 0).then(|| sum / count as f64)
    };
    let mut means: Vec<f64> = sample.systems.iter().filter_map(mean).collect();
    settle(&mut means, most);
    means
}

fn by_document(
    grid: &Grid,
    sample: &Sample,
    (x, y): (&[f64], &[f64]),
    coefficients: &[Coefficient],
    found: &mut Vec<Correlated>,
) {
    let mut sums = vec![(0.0, 0, 0); coefficients.len()];
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (document, times) in &sample.documents {
        let indices = || sample.systems.iter().filter_map(|system| grid.index(*system, *document));
        left.clear();
        left.extend(indices().map(|index| x[index]));
        right.clear();
        right.extend(indices().map(|index| y[index]));
        for ((sum, n, undefined), coefficient) in sums.iter_mut().zip(coefficients) {
            match coefficient.of(&left, &right) {
                Some(value) => (*sum, *n) = (*sum + value * *times as f64, *n + times),
                None => *undefined += times,
            }
        }
    }
    let mean = |(sum, n, undefined): (f64, usize, usize)| Correlated {
        value: (n > 0).then(|| (sum / n as f64).clamp(-1.0, 1.0)),
        n,
        undefined,
    };
    found.extend(sums.into_iter().map(mean));
}

#[cfg(test)]
mod tests {
    use super::{Correlated, Level, correlate};
    use crate::meta::{Grid, Sample};
    use crate::stats::correlation::Coefficient;

    /// Three systems, two documents; the third system did not summarise the second document.
    fn grid() -> Grid {
        Grid::new(3, 2, vec![true, true, true, true, true, false])
    }

    #[test]
    fn by_hand() {
        let (x, y) = ([1.0, 2.0, 2.0, 3.0, 3.0, 0.0], [1.0, 5.0, 3.0, 4.0, 2.0, 0.0]);
        let found = correlate(&grid(), &Sample::all(&grid()), (&x, &y), &Level::ALL, &[Coefficient::Kendall]);
        // Means: 1.5, 2.5, 3 and 3, 3.5, 2. By document: 1 2 3 and 1 3 2 give 1/3; 2 3 and 5 4 give
        // -1. Globally: of ten pairs, two are tied in x, five are concordant and three discordant.
        let near = |found: Correlated, value: f64, n| {
            assert!((found.value.unwrap() - value).abs() < 1e-15 && found.n == n && found.undefined == 0, "{found:?}");
        };
        near(found[0], -1.0 / 3.0, 3);
        near(found[1], (1.0 / 3.0 - 1.0) / 2.0, 2);
        near(found[2], 2.0 / 80.0_f64.sqrt(), 5);
    }

    #[test]
    fn documents_where_all_got_the_same_are_counted_apart() {
        let (x, y) = ([1.0, 2.0, 1.0, 3.0, 1.0, 0.0], [1.0, 5.0, 3.0, 6.0, 2.0, 0.0]);
        let found = correlate(&grid(), &Sample::all(&grid()), (&x, &y), &[Level::Summary], &Coefficient::ALL);
        assert!(found.iter().all(|found| *found == Correlated { value: Some(1.0), n: 1, undefined: 1 }), "{found:?}");
        let found = correlate(&grid(), &Sample::all(&grid()), (&[1.0; 6], &y), &Level::ALL, &Coefficient::ALL);
        assert!(found.iter().all(|found| found.value.is_none()), "{found:?}");
    }

    /// Both systems' means are 0 up to rounding, and sums of short decimals depend on the order.
    #[test]
    fn means_that_cancel_out_are_equal() {
        let grid = Grid::new(2, 3, vec![true; 6]);
        let (x, y) = ([0.1, 0.2, -0.3, -0.3, 0.2, 0.1], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert!((x[0] + x[1]) + x[2] != (x[3] + x[4]) + x[5]);
        let found = correlate(&grid, &Sample::all(&grid), (&x, &y), &[Level::System], &Coefficient::ALL);
        assert!(found.iter().all(|found| found.value.is_none()), "{found:?}");
    }

    /// A document that is drawn twice counts twice; a system that is drawn twice ties with itself.
    #[test]
    fn a_sample_is_as_if_written_out() {
        let (x, y) = ([1.0, 2.0, 5.0, 2.5, 3.0, 0.0], [1.0, 5.0, 3.0, 4.0, 2.0, 0.0]);
        let sample = Sample { systems: vec![0, 0, 1], documents: vec![(0, 2), (1, 1)] };
        let found = correlate(&grid(), &sample, (&x, &y), &Level::ALL, &Coefficient::ALL);
        let wide = Grid::new(3, 3, vec![true; 9]);
        let (x, y) = ([1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 5.0, 5.0, 2.5], [1.0, 1.0, 5.0, 1.0, 1.0, 5.0, 3.0, 3.0, 4.0]);
        let written = correlate(&wide, &Sample::all(&wide), (&x, &y), &Level::ALL, &Coefficient::ALL);
        for (found, written) in found.iter().zip(&written) {
            assert_eq!((found.n, found.undefined), (written.n, written.undefined));
            assert!((found.value.unwrap() - written.value.unwrap()).abs() < 1e-12);
        }
    }
}
