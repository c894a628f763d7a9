//! Krippendorff's alpha, for any number of annotators, any scale, and missing ratings.

use super::{Ratings, tally, values};

/// What the values are, and so how far two of them are apart.
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

/// Krippendorff's alpha (Content Analysis, 4th ed., 2018, chapter 12): one minus observed over expected disagreement, from
/// the coincidences of values in units that were rated at least twice. `None` where there are none, or where only one value
/// occurs in them.
pub fn krippendorff_alpha(ratings: &Ratings, scale: Scale) -> Option<f64> {
    let values = values(ratings);
    let size = values.len();
    let mut coincidences = vec![vec![0.0; size]; size];
    for unit in ratings {
        let counts = tally(unit, &values);
        let raters: f64 = counts.iter().sum();
        if raters < 2.0 {
            continue;
        }
        for (one, row) in coincidences.iter_mut().enumerate() {
            for (other, cell) in row.iter_mut().enumerate() {
                let same = if one == other { 1.0 } else { 0.0 };
                *cell += counts[one] * (counts[other] - same) / (raters - 1.0);
            }
        }
    }
    let totals: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let all: f64 = totals.iter().sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for one in 0..size {
        for other in 0..size {
            let distance = distance(scale, &values, &totals, one, other);
            observed += coincidences[one][other] * distance;
            expected += totals[one] * totals[other] * distance;
        }
    }
    (expected > 0.0).then(|| 1.0 - (all - 1.0) * observed / expected)
}

/// The squared distance of two values.
fn distance(scale: Scale, values: &[f64], totals: &[f64], one: usize, other: usize) -> f64 {
    let (low, high) = (one.min(other), one.max(other));
    match scale {
        Scale::Nominal => f64::from(u8::from(one != other)),
        Scale::Ordinal => {
            let between: f64 = totals[low..=high].iter().sum();
            (between - f64::midpoint(totals[low], totals[high])).powi(2)
        }
        Scale::Interval => (values[one] - values[other]).powi(2),
        Scale::Ratio => {
            let sum = values[one] + values[other];
            if sum == 0.0 { 0.0 } else { ((values[one] - values[other]) / sum).powi(2) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, krippendorff_alpha};

    /// Three annotators, 15 units, many missing; krippendorff 0.9.0 prints these four figures.
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
