//! Precision, recall and F1 of one kind of ROUGE.

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prf {
    /// Hits among the units of the hypothesis.
    pub precision: f64,
    /// Hits among the units of the reference.
    pub recall: f64,
    /// 2PR / (P + R); 0 where both are 0.
    pub f1: f64,
}

impl Prf {
    /// All three from counts; a text without units gives 0, not an undefined value.
    ///
    /// F1 is computed from the two rounded quotients, in this order of operations: computed from the counts it would
    /// differ in the last bits, and where several references tie, another one would be chosen.
    pub(super) fn from_counts(hits: usize, hypothesis: usize, reference: usize) -> Self {
        let precision = hits as f64 / hypothesis.max(1) as f64;
        let recall = hits as f64 / reference.max(1) as f64;
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}
