//! The units that a summary and its references share, and the figures that ROUGE-1.5.5 prints for
//! them.

use std::ops::AddAssign;

use crate::metric::rouge::Prf;

/// The numbers of units in the references, in the summary, and in both. They are integers except
/// for ROUGE-W, which sums weights.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hits {
    /// Units in the references (the program's model count).
    pub references: f64,
    /// Units in the summary (peer count), counted once per reference.
    pub summary: f64,
    /// Units in both.
    pub hits: f64,
}

impl AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.references += other.references;
        self.summary += other.summary;
        self.hits += other.hits;
    }
}

impl Hits {
    pub(super) fn new(references: usize, summary: usize, hits: usize) -> Self {
        Self { references: references as f64, summary: summary as f64, hits: hits as f64 }
    }

    /// Returns recall, precision and F as the program prints them for a document: recall and
    /// precision are rounded to five decimals before F is computed from them, which is rounded
    /// again. For ROUGE-W, ratios are first raised to the power of 1 / `weight`.
    pub fn rounded(self, alpha: f64, weight: Option<f64>) -> Prf {
        let share = |whole: f64| {
            let share = if whole == 0.0 { 0.0 } else { self.hits / whole };
            round(weight.map_or(share, |weight| inverse(share, weight)))
        };
        let (recall, precision) = (share(self.references), share(self.summary));
        Prf { precision, recall, f1: round(f(recall, precision, alpha)) }
    }

    /// Returns unrounded recall, precision and F, as the program computes them from sums over
    /// documents (`-t 1`); the ratios of ROUGE-W's weights are then not raised to a power.
    pub fn exact(self, alpha: f64) -> Prf {
        let share = |whole: f64| if whole > 0.0 { self.hits / whole } else { 0.0 };
        let (recall, precision) = (share(self.references), share(self.summary));
        Prf { precision, recall, f1: f(recall, precision, alpha) }
    }
}

/// Returns the weighted harmonic mean; `alpha` is the weight of precision.
fn f(recall: f64, precision: f64, alpha: f64) -> f64 {
    let below = (1.0 - alpha) * precision + alpha * recall;
    if below > 0.0 { (precision * recall) / below } else { 0.0 }
}

/// Inverts a weight: raises the ratio to the power of 1 / `weight`.
pub(super) fn inverse(share: f64, weight: f64) -> f64 {
    share.powf(1.0 / weight)
}

/// Rounds to five decimals as C prints and Perl reads them: to the nearest in exact arithmetic,
/// halves to even.
pub(super) fn round(value: f64) -> f64 {
    const SCALE: f64 = 100_000.0;
    let scaled = value * SCALE;
    let (whole, rest) = (scaled.floor(), scaled - scaled.floor());
    if scaled < 1e9 && (rest - 0.5).abs() > 1e-6 {
        return if rest < 0.5 { whole } else { whole + 1.0 } / SCALE;
    }
    // This close to the middle, the error of the product could decide.
    format!("{value:.5}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hits, round};

    #[test]
    fn shares_are_rounded_before_f_is_made_of_them() {
        // Perl prints R:0.04762 P:0.16667 F:0.07408; of the exact shares it would be 0.07407.
        let prf = Hits::new(21, 6, 1).rounded(0.5, None);
        assert_eq!([prf.recall, prf.precision, prf.f1], [0.04762, 0.16667, 0.07408]);
        assert_eq!(round(Hits::new(21, 6, 1).exact(0.5).f1), 0.07407);
        assert_eq!(Hits::default().rounded(0.5, Some(1.2)).f1, 0.0);
    }

    #[test]
    fn alpha_moves_f_from_recall_to_precision() {
        let f = |alpha| Hits::new(10, 5, 4).rounded(alpha, None).f1;
        assert_eq!([f(0.0), f(0.5), f(1.0)], [0.4, 0.53333, 0.8]);
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_printing(value in 0.0..2.0_f64, fifths in 0..400_000_u32, whole in 1..2000_u32) {
            for value in [value, f64::from(fifths) / 200_000.0, f64::from(fifths) / f64::from(whole)] {
                prop_assert_eq!(Ok(round(value)), format!("{value:.5}").parse());
            }
        }
    }
}
