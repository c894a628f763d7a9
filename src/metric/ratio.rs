//! Ratios of sums, and the F measure of two of them.

/// A numerator and a denominator, both additive over documents.
#[derive(Clone, Copy)]
pub(super) struct Ratio {
    pub part: f64,
    pub whole: f64,
}

impl Ratio {
    /// Returns the ratio of two counts.
    pub fn new(part: u64, whole: u64) -> Self {
        Self { part: part as f64, whole: whole as f64 }
    }

    /// Returns the value; `None` if the denominator is zero.
    pub fn value(self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }

    /// Returns the residual of one document, itself a ratio, in the error of this ratio.
    pub fn residual(self, document: Self) -> f64 {
        self.value().map_or(0.0, |value| (document.part - value * document.whole) / self.whole)
    }
}

/// Returns the beta of an F statistic: 1 for `f1`, 2 for `f2`, 0.5 for `f0.5`; `None` for other
/// statistics.
pub fn beta_of(stat: &str) -> Option<f64> {
    // Parsing a number takes longer than the figure.
    if stat == "f1" { Some(1.0) } else { stat.strip_prefix('f')?.parse().ok() }
}

/// Returns the harmonic mean, in which recall has the weight beta squared. If one side is undefined
/// and the other is 0, the mean is 0. If the other is not 0 (a label that was found under another
/// name, in a scheme that ignores labels), the mean is undefined.
pub(super) fn harmonic(precision: Option<f64>, recall: Option<f64>, beta: f64) -> Option<f64> {
    let square = beta * beta;
    match (precision, recall) {
        (Some(p), Some(r)) if p + r > 0.0 => Some(((1.0 + square) * p * r / (square * p + r)).min(1.0)),
        (Some(_), Some(_)) => Some(0.0),
        (Some(one), None) | (None, Some(one)) => (one == 0.0).then_some(0.0),
        (None, None) => None,
    }
}
