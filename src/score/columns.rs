//! Statistics as rows of one layout, so that sums over thousands of resamples are additions of
//! numbers.

use crate::metric::{Statistic, StatisticKey, Statistics};

/// The layout of a row: the columns of each sum.
#[derive(Debug)]
pub(crate) struct RowLayout {
    /// Every sum that occurs in any of the statistics, with its first column, in the order of their
    /// keys.
    statistics: Vec<(StatisticKey, Statistic, usize)>,
    width: usize,
}

impl RowLayout {
    /// Returns the layout for these statistics. Rankings have no columns: they are not sums of
    /// numbers.
    pub fn of<'t>(statistics: impl IntoIterator<Item = &'t Statistics>) -> Self {
        let mut all = Statistics::default();
        for (key, statistic) in statistics.into_iter().flat_map(Statistics::iter) {
            if all.get(key).is_none() {
                all.add(key.clone(), statistic.clone());
            }
        }
        let (mut statistics, mut width) = (Vec::new(), 0);
        for (key, statistic) in all.iter() {
            let Some(numbers) = statistic.numbers() else { continue };
            statistics.push((key.clone(), statistic.clone(), width));
            width += numbers.len();
        }
        Self { statistics, width }
    }

    /// Returns the number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Converts statistics to a row.
    pub fn row(&self, statistics: &Statistics) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        for (key, _, first) in &self.statistics {
            if let Some(numbers) = statistics.get(key).and_then(Statistic::numbers) {
                row[*first..*first + numbers.len()].copy_from_slice(&numbers);
            }
        }
        row
    }

    /// Returns zero statistics of this layout, to be filled with rows.
    pub fn statistics(&self) -> Statistics {
        let mut statistics = Statistics::default();
        for (key, statistic, _) in &self.statistics {
            statistics.add(key.clone(), statistic.clone());
        }
        statistics
    }

    /// Copies the numbers of a row into statistics returned by [`Self::statistics`].
    pub fn fill(&self, statistics: &mut Statistics, row: &[f64]) {
        for ((_, statistic), (_, _, first)) in statistics.iter_mut().zip(&self.statistics) {
            statistic.set_numbers(&row[*first..]);
        }
    }
}
