//! Figures that are made of sums over all documents, not of the documents' own figures.

use std::ops::AddAssign;

use super::rouge155::Hits;

/// Sums over documents, and the formula that makes a figure of them: BLEU's n-gram counts, TER's edits, ...
///
/// Sums are whole numbers where that is possible, so that they add up exactly; others are added in the order of the
/// documents' ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    /// What is made of the sums.
    pub formula: Formula,
    /// What is summed; as many, and in the order, that the formula says.
    pub sums: Vec<f64>,
}

/// What is made of sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Formula {
    /// The first sum by the second, in percent.
    Rate,
    /// Units of references, of the summary, and shared ones: their F, in which precision has the weight `alpha`, 0 to 1.
    Hits {
        /// The weight of precision.
        alpha: f64,
    },
}

impl Corpus {
    /// The figure over many documents; `None` where it is undefined.
    pub fn value(&self) -> Option<f64> {
        match (self.formula, self.sums.as_slice()) {
            (Formula::Rate, &[part, whole]) if whole > 0.0 => Some(100.0 * part / whole),
            (Formula::Hits { alpha }, &[references, summary, hits]) => {
                Some(Hits { references, summary, hits }.exact(alpha).f1)
            }
            (Formula::Rate | Formula::Hits { .. }, _) => None,
        }
    }

    /// The figure of the one document that was counted.
    pub fn value_of_document(&self) -> Option<f64> {
        self.value()
    }

    /// The sums without those of one of their documents.
    pub fn without(&self, document: &Self) -> Self {
        let sums = self.sums.iter().zip(&document.sums).map(|(all, part)| all - part).collect();
        Self { formula: self.formula, sums }
    }
}

impl AddAssign<&Self> for Corpus {
    /// # Panics
    /// Where the two are sums for different formulas: a fault of the family that made them.
    fn add_assign(&mut self, other: &Self) {
        assert_eq!((self.formula, self.sums.len()), (other.formula, other.sums.len()), "one metric, two formulas");
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            *sum += more;
        }
    }
}
