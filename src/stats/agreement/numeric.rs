//! Counts of numeric ratings, and Krippendorff's alpha on every scale.
//!
//! Alpha is a function of the coincidences of values: how often two ratings of the same unit are a
//! given pair of values. These are stored sparsely, and grouped by the number of annotators who
//! rated the unit, because alpha weights units by it. The weights are applied to the sums, which
//! therefore stay integers.

use std::collections::BTreeMap;

use super::{AgreementStatistics, Rating};

/// The scale of measurement, which determines the distance of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Names: equal or not.
    Nominal,
    /// Ranks.
    Ordinal,
    /// Numbers with meaningful differences.
    Interval,
    /// Numbers of at least 0 with meaningful proportions.
    Ratio,
}

/// Counts of numeric ratings, over units that at least two annotators rated.
#[derive(Debug, Clone)]
pub struct NumericStatistics {
    /// The distinct values, in ascending order.
    values: Vec<f64>,
    /// Frequency of each value.
    given: Vec<i64>,
    /// Number of pairs of different ratings of the same unit, by the number of the unit's raters
    /// and the indices of the lower and the higher value; each unordered pair counts once.
    differing: BTreeMap<(usize, u32, u32), i64>,
}

impl AgreementStatistics for NumericStatistics {
    fn add(&mut self, unit: &[Rating], times: i64) {
        let raters = unit.iter().flatten().count();
        if raters < 2 {
            return;
        }
        let mut rest = unit.iter().flatten();
        while let Some(one) = rest.next() {
            self.given[*one as usize] += times;
            for other in rest.clone().filter(|other| *other != one) {
                *self.differing.entry((raters, *one.min(other), *one.max(other))).or_default() += times;
            }
        }
    }
}

impl NumericStatistics {
    /// Statistics of no units, for distinct values in ascending order.
    pub fn new(values: Vec<f64>) -> Self {
        Self { given: vec![0; values.len()], values, differing: BTreeMap::new() }
    }

    /// Krippendorff's alpha on a scale; `None` if fewer than two values occur. The time is linear
    /// in the number of distinct values and coincidences; on the ratio scale it is quadratic in the
    /// number of distinct values.
    pub fn krippendorff_alpha(&self, scale: Scale) -> Option<f64> {
        let ratings: i64 = self.given.iter().sum();
        if self.given.iter().filter(|given| **given > 0).count() < 2 {
            return None;
        }
        let positions = self.positions(scale);
        let pairs = self.differing.iter().map(|((raters, one, other), pairs)| {
            let distance = distance(scale, positions[*one as usize], positions[*other as usize]);
            2.0 * *pairs as f64 * distance / (*raters as f64 - 1.0)
        });
        let observed: f64 = pairs.sum();
        let expected = self.expected(scale, ratings as f64, &positions);
        (expected > 0.0).then(|| 1.0 - (ratings - 1) as f64 * observed / expected)
    }

    /// Positions of the values on a scale: on the ordinal scale, the mean rank of equal ratings.
    fn positions(&self, scale: Scale) -> Vec<f64> {
        if scale != Scale::Ordinal {
            return self.values.clone();
        }
        let mut below = 0;
        let rank = |given: &i64| {
            below += given;
            below as f64 - *given as f64 / 2.0
        };
        self.given.iter().map(rank).collect()
    }

    /// The sum of the distances of all ordered pairs of ratings.
    fn expected(&self, scale: Scale, ratings: f64, positions: &[f64]) -> f64 {
        let given =
            || positions.iter().zip(self.given.iter().map(|given| *given as f64)).filter(|(_, given)| *given > 0.0);
        match scale {
            Scale::Nominal => ratings.powi(2) - given().map(|(_, given)| given.powi(2)).sum::<f64>(),
            // For squared differences, the sum is a multiple of the variance.
            Scale::Ordinal | Scale::Interval => {
                let mean = given().map(|(position, given)| position * given).sum::<f64>() / ratings;
                2.0 * ratings * given().map(|(position, given)| given * (position - mean).powi(2)).sum::<f64>()
            }
            Scale::Ratio => {
                let to_all = |(one, times): (&f64, f64)| {
                    times * given().map(|(other, given)| given * distance(scale, *one, *other)).sum::<f64>()
                };
                given().map(to_all).sum()
            }
        }
    }
}

/// The squared distance of two positions on a scale.
fn distance(scale: Scale, one: f64, other: f64) -> f64 {
    match scale {
        Scale::Nominal => f64::from(u8::from(one != other)),
        Scale::Ordinal | Scale::Interval => (one - other).powi(2),
        Scale::Ratio => {
            let sum = one + other;
            if sum == 0.0 { 0.0 } else { ((one - other) / sum).powi(2) }
        }
    }
}
