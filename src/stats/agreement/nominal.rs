//! Counts of nominal ratings, and the coefficients that are computed from them.
//!
//! No coefficient needs the contingency table itself. Observed agreement is a number of agreeing
//! pairs of ratings, and chance agreement is a sum of products of value frequencies. Both are
//! updated as units are added and removed, so that a coefficient costs the same for 2 values as for
//! a million. Counts are grouped by the number of annotators who rated a unit, because alpha and
//! AC1 weight units by it. The weights are applied to the sums, which therefore stay integers.

use super::{AgreementStatistics, Rating};

/// Counts of nominal ratings.
#[derive(Debug, Clone)]
pub struct NominalStatistics {
    annotators: usize,
    /// Each pair of annotators, in the order (0, 1), (0, 2), ..., (1, 2), ...
    pairs: Vec<PairCounts>,
    /// Units by the number of annotators who rated them, from 1.
    by_raters: Vec<UnitCounts>,
    /// Frequency of each value in units with each number of raters; row-major, one row for each
    /// value.
    given: Vec<i64>,
    /// For each two numbers of raters, the sum over values of the product of the value's
    /// frequencies; row-major, filled on and above the diagonal.
    products: Vec<i64>,
    /// Number of values with a frequency above 0.
    distinct: i64,
}

/// Counts of units with the same number of raters.
#[derive(Debug, Clone, Copy, Default)]
struct UnitCounts {
    units: i64,
    /// Number of pairs of equal ratings of the same unit; each unordered pair counts once.
    agreeing: i64,
}

/// Counts of units that two annotators both rated.
#[derive(Debug, Clone)]
struct PairCounts {
    units: i64,
    agreeing: i64,
    /// Frequency of each value by annotator.
    given: Vec<[i64; 2]>,
    /// The sum over values of the product of both frequencies.
    products: i64,
    /// The sum over values of the square of the sum of both frequencies.
    squares: i64,
}

impl PairCounts {
    fn new(values: usize) -> Self {
        Self { units: 0, agreeing: 0, given: vec![[0; 2]; values], products: 0, squares: 0 }
    }

    fn add(&mut self, ratings: [u32; 2], times: i64) {
        self.units += times;
        self.agreeing += if ratings[0] == ratings[1] { times } else { 0 };
        for (annotator, rating) in ratings.into_iter().enumerate() {
            let given = &mut self.given[rating as usize];
            self.products += times * given[1 - annotator];
            self.squares += times * (2 * (given[0] + given[1]) + times);
            given[annotator] += times;
        }
    }

    /// Agreement above chance, for a chance agreement of `expected / (scale * units)^2`.
    fn above_chance(&self, expected: i64, scale: i64) -> Option<f64> {
        let [units, agreeing, expected, scale] = [self.units, self.agreeing, expected, scale].map(i128::from);
        let all = (scale * units).pow(2);
        ratio(scale * scale * units * agreeing - expected, all - expected)
    }
}

/// A quotient of integers; `None` if the denominator is not positive, which means that chance
/// agreement is complete.
fn ratio(numerator: i128, denominator: i128) -> Option<f64> {
    (denominator > 0).then(|| numerator as f64 / denominator as f64)
}

impl AgreementStatistics for NominalStatistics {
    fn add(&mut self, unit: &[Rating], times: i64) {
        let raters = unit.iter().flatten().count();
        if raters == 0 {
            return;
        }
        let mut agreeing = 0;
        let mut pairs = self.pairs.iter_mut();
        for (annotator, first) in unit.iter().enumerate() {
            for (second, pair) in unit[annotator + 1..].iter().zip(&mut pairs) {
                if let (Some(first), Some(second)) = (*first, *second) {
                    agreeing += i64::from(first == second);
                    pair.add([first, second], times);
                }
            }
        }
        let units = &mut self.by_raters[raters - 1];
        units.units += times;
        units.agreeing += times * agreeing;
        for value in unit.iter().flatten() {
            self.give(*value as usize, raters - 1, times);
        }
    }
}

impl NominalStatistics {
    /// Statistics of no units, for the given numbers of annotators and distinct values.
    pub fn new(annotators: usize, values: usize) -> Self {
        Self {
            annotators,
            pairs: vec![PairCounts::new(values); annotators * annotators.saturating_sub(1) / 2],
            by_raters: vec![UnitCounts::default(); annotators],
            given: vec![0; annotators * values],
            products: vec![0; annotators * annotators],
            distinct: 0,
        }
    }

    /// Counts a value in units with the number of raters at an index of [`Self::by_raters`].
    fn give(&mut self, value: usize, raters: usize, times: i64) {
        let size = self.annotators;
        let row = &mut self.given[value * size..][..size];
        let before = row.iter().sum::<i64>();
        self.distinct += i64::from(before + times != 0) - i64::from(before != 0);
        for (other, given) in row.iter().enumerate() {
            let change = if other == raters { times * (2 * given + times) } else { times * given };
            self.products[raters.min(other) * size + raters.max(other)] += change;
        }
        row[raters] += times;
    }

    /// Every sum of products with its two numbers of raters; sums of different numbers count twice.
    fn products(&self) -> impl Iterator<Item = (usize, usize, i64)> {
        let size = self.annotators;
        let indices = (0..size).flat_map(move |one| (one..size).map(move |other| (one, other)));
        indices.map(move |(one, other)| {
            let twice = if one == other { 1 } else { 2 };
            (one + 1, other + 1, twice * self.products[one * size + other])
        })
    }

    /// The numbers of raters from 2 upwards, with the counts of their units.
    fn rated_twice(&self) -> impl Iterator<Item = (i64, UnitCounts)> {
        (1..).zip(self.by_raters.iter().copied()).skip(1).filter(|(_, units)| units.units > 0)
    }

    /// Cohen's kappa, averaged over the pairs of annotators for which it is defined.
    pub fn cohen_kappa(&self) -> Option<f64> {
        mean(self.pairs.iter().filter_map(|pair| pair.above_chance(pair.products, 1)))
    }

    /// Scott's pi, averaged over the pairs of annotators for which it is defined.
    pub fn scott_pi(&self) -> Option<f64> {
        mean(self.pairs.iter().filter_map(|pair| pair.above_chance(pair.squares, 2)))
    }

    /// Fleiss' kappa over the units that every annotator rated.
    pub fn fleiss_kappa(&self) -> Option<f64> {
        let UnitCounts { units, agreeing } = *self.by_raters.last()?;
        let [units, agreeing, expected, raters] =
            [units, agreeing, *self.products.last()?, self.annotators as i64].map(i128::from);
        let numerator = 2 * agreeing * units * raters - expected * (raters - 1);
        ratio(numerator, ((units * raters).pow(2) - expected) * (raters - 1))
    }

    /// Krippendorff's alpha over the units that at least two annotators rated.
    pub fn krippendorff_alpha(&self) -> Option<f64> {
        let (mut ratings, mut observed) = (0, 0.0);
        for (raters, UnitCounts { units, agreeing }) in self.rated_twice() {
            ratings += raters * units;
            observed += (raters * (raters - 1) * units - 2 * agreeing) as f64 / (raters - 1) as f64;
        }
        let same: i64 = self.products().filter(|(one, other, _)| *one.min(other) > 1).map(|(.., sum)| sum).sum();
        let expected = i128::from(ratings).pow(2) - i128::from(same);
        (expected > 0).then(|| 1.0 - (ratings - 1) as f64 * observed / expected as f64)
    }

    /// Gwet's AC1. Observed agreement is that of the units that at least two annotators rated; the
    /// distribution of values is that of all units.
    pub fn gwet_ac1(&self) -> Option<f64> {
        let rated: i64 = self.by_raters.iter().map(|units| units.units).sum();
        let (mut observed, mut rated_twice) = (0.0, 0);
        for (raters, UnitCounts { units, agreeing }) in self.rated_twice() {
            rated_twice += units;
            observed += (2 * agreeing) as f64 / (raters * (raters - 1)) as f64;
        }
        if rated_twice == 0 || self.distinct < 2 {
            return None;
        }
        let concentration: f64 = self.products().map(|(one, other, sum)| sum as f64 / (one * other) as f64).sum();
        let expected = (1.0 - concentration / (rated as f64).powi(2)) / (self.distinct - 1) as f64;
        Some((observed / rated_twice as f64 - expected) / (1.0 - expected))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0.0), |(sum, number), value| (sum + value, number + 1.0));
    (number > 0.0).then(|| sum / number)
}
