//! Counts of ratings that are numbers, and Krippendorff's alpha on every scale.
//!
//! Alpha is a function of the coincidences of values: how often two ratings of the same unit are
//! one value and another. These are kept sparse, and grouped by how many annotators rated the unit,
//! because alpha weighs units by this number; weights are applied to sums, which therefore stay
//! integers.

use std::collections::BTreeMap;

use super::{Rating, Statistics};

/// What values are, and so how far two of them are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Names: the same or not.
    Nominal,
    /// Ranks.
    Ordinal,
    /// Numbers whose differences count.
    Interval,
    /// Numbers above zero whose proportions count.
    Ratio,
}

/// Counts of ratings that are numbers, of units that at least two annotators rated.
#[derive(Debug, Clone)]
pub struct NumericStatistics {
    /// The distinct values, in order.
    values: Vec<f64>,
    /// How often each value was given.
    given: Vec<i64>,
    /// Pairs of different ratings of the same unit, by the number of the unit's raters and the
    /// indices of the lower and the higher value; every pair counts once.
    differing: BTreeMap<(usize, u32, u32), i64>,
}

impl Statistics for NumericStatistics {
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
    /// Statistics of no units, for distinct values in order.
    pub fn new(values: Vec<f64>) -> Self {
        Self { given: vec![0; values.len()], values, differing: BTreeMap::new() }
    }

    /// Krippendorff's alpha on a scale. It costs as many steps as there are distinct values and
    /// different coincidences of them; on the ratio scale, as there are pairs of distinct values.
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

    /// Where values lie on a scale: ranks at the mean rank of equal ratings.
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

    /// The sum of the distances of all ratings to all.
    fn expected(&self, scale: Scale, ratings: f64, positions: &[f64]) -> f64 {
        let given =
            || positions.iter().zip(self.given.iter().map(|given| *given as f64)).filter(|(_, given)| *given > 0.0);
        match scale {
            Scale::Nominal => ratings.powi(2) - given().map(|(_, given)| given.powi(2)).sum::<f64>(),
            // Of squared differences, this is a variance.
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
