//! Cohen's kappa, Scott's pi, Fleiss' kappa and Gwet's AC1.

use super::{Ratings, above_chance, tally, values};

/// Cohen's kappa (1960) of two annotators, given by their columns, over the units that both rated: chance is each
/// annotator's own distribution.
pub fn cohen_kappa(ratings: &Ratings, first: usize, second: usize) -> Option<f64> {
    two(ratings, first, second, |a, b| a * b)
}

/// Scott's pi (1955) of two annotators, given by their columns, over the units that both rated: chance is the distribution
/// of both together.
pub fn scott_pi(ratings: &Ratings, first: usize, second: usize) -> Option<f64> {
    two(ratings, first, second, |a, b| f64::midpoint(a, b).powi(2))
}

fn two(ratings: &Ratings, first: usize, second: usize, chance: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = ratings.iter().filter_map(|unit| unit[first].zip(unit[second])).collect();
    if pairs.is_empty() {
        return None;
    }
    let units = pairs.len() as f64;
    let observed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / units;
    let share =
        |of: fn(&(f64, f64)) -> f64, value: f64| pairs.iter().filter(|pair| of(pair) == value).count() as f64 / units;
    let expected =
        values(ratings).iter().map(|&value| chance(share(|pair| pair.0, value), share(|pair| pair.1, value))).sum();
    above_chance(observed, expected)
}

/// Fleiss' kappa (1971) over the units that every annotator rated.
pub fn fleiss_kappa(ratings: &Ratings) -> Option<f64> {
    let whole: Vec<&Vec<Option<f64>>> = ratings.iter().filter(|unit| unit.iter().all(Option::is_some)).collect();
    let annotators = whole.first()?.len() as f64;
    if annotators < 2.0 {
        return None;
    }
    let values = values(ratings);
    let (mut observed, mut shares) = (0.0, vec![0.0; values.len()]);
    for unit in &whole {
        let counts = tally(unit, &values);
        observed += agreeing_pairs(&counts, annotators);
        counts.iter().zip(&mut shares).for_each(|(count, share)| *share += count);
    }
    let units = whole.len() as f64;
    let expected = shares.iter().map(|share| (share / (units * annotators)).powi(2)).sum();
    above_chance(observed / units, expected)
}

/// Gwet's AC1 (2008) over the units that at least two annotators rated. Chance is corrected for without the paradox of
/// kappa, which falls where one value is frequent. The distribution of values is that of all units.
pub fn gwet_ac1(ratings: &Ratings) -> Option<f64> {
    let values = values(ratings);
    let (mut observed, mut rated_twice) = (0.0, 0.0);
    let (mut shares, mut rated) = (vec![0.0; values.len()], 0.0);
    for unit in ratings {
        let counts = tally(unit, &values);
        let raters: f64 = counts.iter().sum();
        if raters >= 1.0 {
            rated += 1.0;
            counts.iter().zip(&mut shares).for_each(|(count, share)| *share += count / raters);
        }
        if raters >= 2.0 {
            rated_twice += 1.0;
            observed += agreeing_pairs(&counts, raters);
        }
    }
    if rated_twice == 0.0 || values.len() < 2 {
        return None;
    }
    let spread: f64 = shares.iter().map(|share| share / rated).map(|share| share * (1.0 - share)).sum();
    above_chance(observed / rated_twice, spread / (values.len() as f64 - 1.0))
}

/// The share of pairs of raters that agree on a unit.
fn agreeing_pairs(counts: &[f64], raters: f64) -> f64 {
    counts.iter().map(|count| count * (count - 1.0)).sum::<f64>() / (raters * (raters - 1.0))
}

#[cfg(test)]
mod tests {
    use super::{cohen_kappa, fleiss_kappa, gwet_ac1, scott_pi};

    fn two(table: [[usize; 2]; 2]) -> Vec<Vec<Option<f64>>> {
        let mut ratings = Vec::new();
        for (a, row) in table.iter().enumerate() {
            for (b, &count) in row.iter().enumerate() {
                ratings.extend(vec![vec![Some(a as f64), Some(b as f64)]; count]);
            }
        }
        ratings
    }

    fn near(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
    }

    /// 50 units, 20 and 15 agreeing, 5 and 10 not: p_o = .7, Cohen's p_e = .5.
    #[test]
    fn a_table_computed_by_hand() {
        let ratings = two([[20, 5], [10, 15]]);
        near(cohen_kappa(&ratings, 0, 1), 0.4);
        let expected = 0.55 * 0.55 + 0.45 * 0.45;
        near(scott_pi(&ratings, 0, 1), (0.7 - expected) / (1.0 - expected));
        near(fleiss_kappa(&ratings), (0.7 - expected) / (1.0 - expected));
        let chance = 2.0 * 0.55 * 0.45;
        near(gwet_ac1(&ratings), (0.7 - chance) / (1.0 - chance));
    }

    #[test]
    fn one_value_everywhere_is_undefined() {
        let ratings = two([[9, 0], [0, 0]]);
        assert_eq!(cohen_kappa(&ratings, 0, 1), None);
        assert_eq!(scott_pi(&ratings, 0, 1), None);
        assert_eq!(fleiss_kappa(&ratings), None);
        assert_eq!(gwet_ac1(&ratings), None);
    }

    #[test]
    fn units_that_were_rated_once_are_no_agreement() {
        let ratings = vec![vec![Some(1.0), None], vec![None, Some(2.0)]];
        assert_eq!(cohen_kappa(&ratings, 0, 1), None);
        assert_eq!(gwet_ac1(&ratings), None);
    }
}
