//! Cohen's kappa, Scott's pi, Fleiss' kappa and Gwet's AC1 of a matrix of ratings.

use super::{AgreementStatistics, NominalStatistics, Ratings, indexed};

/// Cohen's kappa (1960) of two annotators, given by their column indices, over the units that both
/// rated. Chance agreement uses each annotator's own distribution.
pub fn cohen_kappa(ratings: &Ratings, first: usize, second: usize) -> Option<f64> {
    of_two(ratings, first, second).cohen_kappa()
}

/// Scott's pi (1955) of two annotators, given by their column indices, over the units that both
/// rated. Chance agreement uses the pooled distribution of both.
pub fn scott_pi(ratings: &Ratings, first: usize, second: usize) -> Option<f64> {
    of_two(ratings, first, second).scott_pi()
}

/// Fleiss' kappa (1971) over the units that every annotator rated.
pub fn fleiss_kappa(ratings: &Ratings) -> Option<f64> {
    of_all(ratings).fleiss_kappa()
}

/// Gwet's AC1 (2008) over the units that at least two annotators rated. It avoids the paradox of
/// kappa, which falls if one value is frequent. The distribution of values is that of all units.
pub fn gwet_ac1(ratings: &Ratings) -> Option<f64> {
    of_all(ratings).gwet_ac1()
}

fn of_all(ratings: &Ratings) -> NominalStatistics {
    let (values, units) = indexed(ratings);
    let annotators = ratings.first().map_or(0, Vec::len);
    let mut statistics = NominalStatistics::new(annotators, values.len());
    units.iter().for_each(|unit| statistics.add(unit, 1));
    statistics
}

fn of_two(ratings: &Ratings, first: usize, second: usize) -> NominalStatistics {
    let columns: Vec<Vec<Option<f64>>> = ratings.iter().map(|unit| vec![unit[first], unit[second]]).collect();
    of_all(&columns)
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

    /// 50 units: 20 and 15 agree, 5 and 10 do not; p_o = .7, Cohen's p_e = .5.
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
