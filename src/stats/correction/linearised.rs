//! An estimate with the contribution of each document to its error.

/// What a document adds to the numerator and to the denominator of a ratio.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// The weight of the units that count as supported (or right).
    pub numerator: f64,
    /// The weight of all units.
    pub denominator: f64,
}

/// An estimate and its residuals, one for each document: the first-order contributions of the
/// documents to the error of the estimate, which sum to zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Linearised {
    /// The estimate.
    pub value: f64,
    /// The residual of each document.
    pub residuals: Vec<f64>,
}

impl Linearised {
    /// The ratio of the sums over documents; `None` if the denominators are 0. The residual of a
    /// document is `(numerator - ratio * denominator) / all denominators` (Cochran, Sampling
    /// Techniques, 3rd ed., 1977, section 6.4).
    pub fn ratio(documents: &[Sums]) -> Option<Self> {
        let numerator: f64 = documents.iter().map(|sums| sums.numerator).sum();
        let denominator: f64 = documents.iter().map(|sums| sums.denominator).sum();
        if denominator <= 0.0 {
            return None;
        }
        let value = numerator / denominator;
        let residual = |sums: &Sums| (sums.numerator - value * sums.denominator) / denominator;
        Some(Self { value, residuals: documents.iter().map(residual).collect() })
    }

    /// `G / (G - 1)` times the sum over the `G` documents of the products of residuals: the
    /// covariance of two estimates from the same documents.
    ///
    /// # Panics
    /// Panics if the estimates are not of the same number of documents.
    pub(super) fn covariance(&self, other: &Self) -> f64 {
        assert_eq!(self.residuals.len(), other.residuals.len(), "both estimates are from the same documents");
        let clusters = self.residuals.len() as f64;
        let products: f64 = self.residuals.iter().zip(&other.residuals).map(|(one, other)| one * other).sum();
        clusters / (clusters - 1.0) * products
    }
}

#[cfg(test)]
mod tests {
    use super::{Linearised, Sums};

    #[test]
    fn residuals_sum_to_zero() {
        let sums = |(numerator, denominator)| Sums { numerator, denominator };
        let ratio = Linearised::ratio(&[(1.0, 4.0), (3.0, 3.0), (0.0, 1.0)].map(sums)).unwrap();
        assert_eq!(ratio.value, 0.5);
        assert_eq!(ratio.residuals, [-0.125, 0.1875, -0.0625]);
        assert_eq!(Linearised::ratio(&[]), None);
    }
}
