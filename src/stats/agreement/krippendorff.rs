//! Krippendorff's alpha of a matrix of ratings, for any number of annotators, any scale, and
//! missing ratings.

use super::{AgreementStatistics, NumericStatistics, Ratings, Scale, indexed};

/// Krippendorff's alpha (Content Analysis, 4th ed., 2018, chapter 12): one minus observed over
/// expected disagreement, from the coincidences of values in units that were rated at least twice.
/// `None` if there are no such units or they have only one value.
pub fn krippendorff_alpha(ratings: &Ratings, scale: Scale) -> Option<f64> {
    let (values, units) = indexed(ratings);
    let mut statistics = NumericStatistics::new(values);
    units.iter().for_each(|unit| statistics.add(unit, 1));
    statistics.krippendorff_alpha(scale)
}

#[cfg(test)]
mod tests {
    use super::{Scale, krippendorff_alpha};

    /// Three annotators, 15 units, many missing ratings; krippendorff 0.9.0 prints these four
    /// figures.
    #[test]
    fn the_example_of_fifteen_units() {
        let rows = ["*****34121133*3".to_owned(), "1*213343*******".to_owned(), "**21344*21133*4".to_owned()];
        let units: Vec<Vec<Option<f64>>> = (0..15)
            .map(|unit| {
                let value = |row: &String| row.chars().nth(unit).and_then(|c| c.to_digit(10)).map(f64::from);
                rows.iter().map(value).collect()
            })
            .collect();
        for (scale, expected) in
            [(Scale::Nominal, 0.6914), (Scale::Ordinal, 0.8067), (Scale::Interval, 0.8108), (Scale::Ratio, 0.8089)]
        {
            let alpha = krippendorff_alpha(&units, scale).unwrap();
            assert!((alpha - expected).abs() < 5e-5, "{scale:?}: {alpha}");
        }
    }

    #[test]
    fn one_value_everywhere_is_undefined() {
        let units = vec![vec![Some(1.0), Some(1.0)]; 5];
        assert_eq!(krippendorff_alpha(&units, Scale::Nominal), None);
        assert_eq!(krippendorff_alpha(&[vec![Some(1.0), None]], Scale::Nominal), None);
    }
}
