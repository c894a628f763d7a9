//! The correlation coefficients by name.

use super::{kendall, pearson, spearman};

/// A correlation coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coefficient {
    /// Pearson's r, which measures linear association.
    Pearson,
    /// Spearman's rho, which is Pearson's r of the ranks.
    Spearman,
    /// Kendall's tau-b, which compares concordant and discordant pairs.
    Kendall,
}

impl Coefficient {
    /// All coefficients, in the order of the reports.
    pub const ALL: [Self; 3] = [Self::Pearson, Self::Spearman, Self::Kendall];

    /// The name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
        }
    }

    /// The name in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's r",
            Self::Spearman => "Spearman's rho",
            Self::Kendall => "Kendall's tau-b",
        }
    }

    /// Computes the coefficient of two lists of equal length. The module documents when it is
    /// undefined.
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

        /// Pearson's r is invariant under linear functions only; rank coefficients are under every
        /// increasing function.
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
