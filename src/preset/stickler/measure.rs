//! The similarity of two values of a field, as the package's comparators compute it.

use rapidfuzz::distance::levenshtein;

use crate::align::cheapest;
use crate::document::Value;
use crate::metric::options::{Comparator, FieldOptions};
use crate::metric::record_tree::{Decimal, folded, python_text};

/// A declared field.
pub(super) struct Field {
    pub name: String,
    pub compare: Comparator,
    /// The similarity from which two values are the same.
    pub threshold: f64,
    pub weight: f64,
}

impl Field {
    pub fn new(name: &str, options: FieldOptions) -> Self {
        let threshold = match options.compare {
            Comparator::Edit { threshold } => f64::from(threshold) / 1e6,
            _ => 0.5,
        };
        Self { name: name.to_owned(), compare: options.compare, threshold, weight: f64::from(options.weight) / 1e3 }
    }

    /// Returns the similarity of two present values, 0 to 1.
    pub fn similarity(&self, gold: &Value, predicted: &Value) -> f64 {
        let (one, other) = (python_text(gold), python_text(predicted));
        match self.compare {
            Comparator::Exact => f64::from(one == other),
            Comparator::Casefold => f64::from(one.to_uppercase().to_lowercase() == other.to_uppercase().to_lowercase()),
            Comparator::Number { absolute, relative } => match (number(gold), number(predicted)) {
                (Some(a), Some(b)) => f64::from(a.is_within(&b, absolute, relative)),
                _ => 0.0,
            },
            _ => {
                let (one, other) = (folded(&one), folded(&other));
                let longer = one.len().max(other.len());
                if longer == 0 {
                    return 1.0;
                }
                let distance = levenshtein::distance(one.iter().copied(), other.iter().copied());
                1.0 - distance as f64 / longer as f64
            }
        }
    }

    /// Returns the best assignment of the items of two lists: index pairs and their similarities.
    pub fn pairs(&self, gold: &[Value], predicted: &[Value]) -> Vec<(usize, usize, f64)> {
        if let ([one], [other]) = (gold, predicted) {
            return vec![(0, 0, self.similarity(one, other))];
        }
        let alike: Vec<Vec<f64>> =
            gold.iter().map(|item| predicted.iter().map(|other| self.similarity(item, other)).collect()).collect();
        let costs: Vec<Vec<f64>> = alike.iter().map(|row| row.iter().map(|alike| 1.0 - alike).collect()).collect();
        cheapest(&costs).into_iter().map(|(row, column)| (row, column, alike[row][column])).collect()
    }

    /// Returns whether the similarity of list items reaches the threshold, with the package's
    /// rounding tolerance.
    pub fn is_match(&self, similarity: f64) -> bool {
        similarity >= self.threshold || (similarity - self.threshold).abs() < 1e-10
    }
}

/// Parses a number, ignoring everything but digits, points and minus signs; in brackets it is
/// negative.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(_) => Decimal::plain(&python_text(value)),
        other => {
            let text = python_text(other);
            let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
            let bare: String =
                inner.unwrap_or(&text).chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
            let found = Decimal::plain(&bare)?;
            Some(if inner.is_some() { found.negated() } else { found })
        }
    }
}
