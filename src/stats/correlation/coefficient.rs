//! The coefficients by name.

use super::{kendall, pearson, spearman};

/// A coefficient of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coefficient {
    /// Pearson's r: how near to a line.
    Pearson,
    /// Spearman's rho: Pearson's r of the ranks.
    Spearman,
    /// Kendall's tau-b: how many pairs are in the same order.
    Kendall,
}

impl Coefficient {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Pearson, Self::Spearman, Self::Kendall];

    /// Its name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's r",
            Self::Spearman => "Spearman's rho",
            Self::Kendall => "Kendall's tau-b",
        }
    }

    /// The coefficient of pairs, given as two lists of one length; see the module for where it is undefined.
    pub fn of(self, x: &[f64], y: &[f64]) -> Option<f64> {
        match self {
            Self::Pearson => pearson(x, y),
            Self::Spearman => spearman(x, y),
            Self::Kendall => kendall(x, y),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Coefficient;

    fn points() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
        let point = (-20..20_i32, -6..6_i32);
        prop::collection::vec(point, 0..60)
            .prop_map(|points| points.into_iter().map(|(x, y)| (f64::from(x) / 4.0, f64::from(y))).unzip())
    }

    fn same(one: Option<f64>, other: Option<f64>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() < 1e-12,
            (one, other) => one == other,
        }
    }

    proptest! {
        #[test]
        fn sides_may_be_exchanged_and_signs_turn((x, y) in points()) {
            let negative: Vec<f64> = x.iter().map(|x| -x).collect();
            for coefficient in Coefficient::ALL {
                let value = coefficient.of(&x, &y);
                prop_assert!(same(value, coefficient.of(&y, &x)));
                prop_assert!(same(value.map(|value| -value), coefficient.of(&negative, &y)));
                prop_assert!(value.is_none_or(|value| (-1.0..=1.0).contains(&value)));
            }
        }

        #[test]
        fn order_of_pairs_does_not_matter((x, y) in points(), turn in 0..60_usize) {
            let turned = |values: &[f64]| {
                let mut values = values.to_vec();
                values.reverse();
                let by = turn % values.len().max(1);
                values.rotate_left(by);
                values
            };
            for coefficient in Coefficient::ALL {
                prop_assert!(same(coefficient.of(&x, &y), coefficient.of(&turned(&x), &turned(&y))));
            }
        }

        /// Pearson's r knows lines alone; ranks survive every function that keeps the order.
        #[test]
        fn units_do_not_matter((x, y) in points()) {
            let line: Vec<f64> = x.iter().map(|x| 3.0 * x + 100.0).collect();
            let curve: Vec<f64> = x.iter().map(|x| x.exp()).collect();
            for coefficient in Coefficient::ALL {
                prop_assert!(same(coefficient.of(&x, &y), coefficient.of(&line, &y)));
                if coefficient != Coefficient::Pearson {
                    prop_assert_eq!(coefficient.of(&x, &y), coefficient.of(&curve, &y));
                }
            }
        }

        #[test]
        fn a_list_agrees_with_itself((x, _) in points()) {
            let varied = x.iter().any(|value| *value != x[0]);
            for coefficient in Coefficient::ALL {
                prop_assert!(same(coefficient.of(&x, &x), varied.then_some(1.0)));
            }
        }
    }
}
