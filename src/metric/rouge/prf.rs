//! Precision, recall and F1 of one variant of ROUGE.

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prf {
    /// Hits divided by the units of the hypothesis.
    pub precision: f64,
    /// Hits divided by the units of the reference.
    pub recall: f64,
    /// 2PR / (P + R); 0 if both are 0.
    pub f1: f64,
}

impl Prf {
    /// Computes all three from counts; a text without units gives 0, not an undefined value.
    ///
    /// F1 is computed from the two rounded quotients, in this order of operations. Computed from
    /// the counts it would differ in the last bits, which could change the reference chosen among
    /// ties.
    pub(super) fn from_counts(hits: usize, hypothesis: usize, reference: usize) -> Self {
        let precision = hits as f64 / hypothesis.max(1) as f64;
        let recall = hits as f64 / reference.max(1) as f64;
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}
