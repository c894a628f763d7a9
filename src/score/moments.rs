//! Second moments of the contributions of documents to a sum. They suffice for every interval, so
//! the sums of single documents need not be kept.
//!
//! A residual is a linear function of the four [`Parts`] of a document (see [`gradient`]), so the
//! sum of squared residuals is a quadratic form in the gradient. Its matrix is the sum over
//! documents of products of parts. Those are integers, so they add up exactly in any order.
//!
//! [`gradient`]: crate::metric::Statistic::gradient

use crate::metric::Parts;

/// Sums over documents of the products of the parts of two counts (or of one count with itself).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Products([[u64; 4]; 4]);

impl Products {
    /// Adds one document.
    pub fn add(&mut self, a: &Parts, b: &Parts) {
        for (row, a) in self.0.iter_mut().zip(a) {
            for (sum, b) in row.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }

    /// Returns the products with the two counts exchanged.
    pub fn turned(&self) -> Self {
        let mut turned = Self::default();
        for (row, sums) in self.0.iter().enumerate() {
            for (column, sum) in sums.iter().enumerate() {
                turned.0[column][row] = *sum;
            }
        }
        turned
    }

    /// Adds the products of other documents.
    pub fn merge(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *sum += more;
        }
    }
}

/// A sum of squared residuals, computed from products.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Squares {
    sum: f64,
    /// The sum without cancellation, which rounding errors are proportional to.
    gross: f64,
}

impl Squares {
    /// Adds the products of two counts with these gradients, multiplied by `times`: 2 for two
    /// different counts, 1 for a count with itself.
    pub fn add(&mut self, products: &Products, a: &[f64; 4], b: &[f64; 4], times: f64) {
        for (row, a) in products.0.iter().zip(a) {
            for (sum, b) in row.iter().zip(b) {
                let term = times * a * b * *sum as f64;
                self.sum += term;
                self.gross += term.abs();
            }
        }
    }

    /// Adds the products of each two of the counts of one document with these gradients, in time
    /// linear in their number: each is multiplied by the sum of those before it.
    pub fn add_pairs<'c>(&mut self, counts: impl Iterator<Item = (&'c Parts, &'c [f64; 4])>) {
        let (mut before, mut gross_before) = (0.0, 0.0);
        for (parts, gradient) in counts {
            let terms = parts.iter().zip(gradient).map(|(part, gradient)| gradient * *part as f64);
            let (residual, gross) = terms.fold((0.0, 0.0), |(sum, gross), term| (sum + term, gross + term.abs()));
            self.sum += 2.0 * residual * before;
            self.gross += 2.0 * gross * gross_before;
            before += residual;
            gross_before += gross;
        }
    }

    /// Returns the sum, or 0 if it is within rounding error.
    pub fn value(self) -> f64 {
        const ROUNDING: f64 = 1e-13;
        if self.sum <= ROUNDING * self.gross { 0.0 } else { self.sum }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Products, Squares};
    use crate::metric::{Counts, Statistic};

    fn statistic() -> impl Strategy<Value = Statistic> {
        ([0..4_u64, 0..4, 0..4, 0..4, 0..4], 0..4_u64).prop_map(
            |([correct, incorrect, partial, missed, spurious], more)| {
                let counts = Counts { correct, incorrect, partial, missed, spurious };
                let credit2 = counts.credit2().saturating_sub(more % 2);
                Statistic::Matches { counts, credit2, predicted: credit2.div_ceil(2) + spurious + more }
            },
        )
    }

    proptest! {
        #[test]
        fn squares_are_those_of_the_documents(documents in prop::collection::vec(statistic(), 2..20)) {
            let mut total = documents[0].clone();
            for document in &documents[1..] {
                total += document.clone();
            }
            let mut products = Products::default();
            for document in &documents {
                let parts = document.parts().unwrap();
                products.add(&parts, &parts);
            }
            for stat in ["precision", "recall", "f1"] {
                let direct: f64 = documents.iter().filter_map(|document| total.residual(document, stat)).map(|e| e * e).sum();
                let gradient = total.gradient(stat);
                let mut squares = Squares::default();
                squares.add(&products, &gradient, &gradient, 1.0);
                prop_assert!((squares.value() - direct).abs() <= 1e-12 * (1.0 + direct), "{stat}: {} and {direct}", squares.value());
            }
        }
    }
}
