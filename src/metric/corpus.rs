//! Figures that are made of sums over all documents, not of the documents' own figures.

use std::ops::AddAssign;

use super::options::{BleuOptions, ChrfOptions, EditDistanceOptions, TerOptions};
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

/// What is made of sums. Before the counts of sacreBLEU's metrics stand the number of documents, of their references, and of
/// the squares of these, by which it is known whether all have as many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Formula {
    /// Units of references, of the summary, and shared ones: their F, in which precision has the weight `alpha`, 0 to 1.
    Hits {
        /// The weight of precision.
        alpha: f64,
    },
    /// BLEU of [`BleuOptions::count`].
    Bleu(BleuOptions),
    /// chrF or chrF++ of [`ChrfOptions::count`].
    Chrf(ChrfOptions),
    /// TER of [`TerOptions::count`].
    Ter(TerOptions),
    /// The word error rate of [`EditDistanceOptions::count`].
    WordErrors,
}

/// How many sums stand before the counts of sacreBLEU's metrics.
const HEAD: usize = 3;

impl Formula {
    /// What the figure is where everything is right, or, of errors, wrong.
    pub fn scale(self) -> f64 {
        if matches!(self, Self::WordErrors | Self::Hits { .. }) { 1.0 } else { 100.0 }
    }

    /// The highest figure: none of errors, of which there may be more than words.
    pub fn most(self) -> f64 {
        if matches!(self, Self::Ter(_) | Self::WordErrors) { f64::INFINITY } else { self.scale() }
    }

    /// Whether the sums begin with those of the references.
    fn counts_references(self) -> bool {
        matches!(self, Self::Bleu(_) | Self::Chrf(_) | Self::Ter(_))
    }
}

impl Corpus {
    /// One document's counts under one of sacreBLEU's metrics.
    pub fn of_document(formula: Formula, references: usize, counts: &[f64]) -> Self {
        let references = references as f64;
        let mut sums = vec![1.0, references, references * references];
        sums.extend(counts);
        Self { formula, sums }
    }

    /// The figure over many documents; `None` where it is undefined.
    pub fn value(&self) -> Option<f64> {
        self.value_by(self.formula)
    }

    fn value_by(&self, formula: Formula) -> Option<f64> {
        let counts = || self.sums.get(HEAD..).unwrap_or_default();
        match formula {
            Formula::Hits { alpha } => match *self.sums {
                [references, summary, hits] => Some(Hits { references, summary, hits }.exact(alpha).f1),
                _ => None,
            },
            Formula::Bleu(options) => Some(options.score(counts())),
            Formula::Chrf(options) => Some(options.score(counts())),
            Formula::Ter(options) => Some(options.score(counts())),
            Formula::WordErrors => EditDistanceOptions::score(&self.sums),
        }
    }

    /// The figure of the one document that was counted: BLEU then leaves out the orders that the summary is too short for.
    pub fn value_of_document(&self) -> Option<f64> {
        match self.formula {
            Formula::Bleu(options) => self.value_by(Formula::Bleu(BleuOptions { effective_order: true, ..options })),
            _ => self.value(),
        }
    }

    /// How many references every document has, as it stands in sacreBLEU's signatures: `var` where that is not the same.
    pub fn references(&self) -> Option<String> {
        match *self.sums {
            [documents, references, squares, ..] if self.formula.counts_references() => {
                let is_same = documents * squares == references * references;
                Some(if is_same { format!("{}", references / documents) } else { "var".to_owned() })
            }
            _ => None,
        }
    }

    /// The sums without those of some of their documents.
    pub fn without<'a>(&self, documents: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut left = self.clone();
        for document in documents {
            left.sums.iter_mut().zip(&document.sums).for_each(|(all, part)| *all -= part);
        }
        left
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

#[cfg(test)]
mod tests {
    use super::{Corpus, Formula};
    use crate::metric::options::{BleuOptions, TerOptions};

    fn bleu(references: &[&str], summary: &str) -> Corpus {
        let options = BleuOptions::default();
        Corpus::of_document(Formula::Bleu(options), references.len(), &options.count(references, summary))
    }

    /// Printed by sacreBLEU 2.6.0.
    #[test]
    fn a_corpus_is_no_mean_of_its_documents() {
        let mut all = bleu(&["The cat sat on the mat."], "The cat sat on a mat.");
        all += &bleu(&["It was there."], "It was");
        assert!((all.value().unwrap() - 40.194_809_583_392_68).abs() < 1e-9);
        assert!((bleu(&["It was there."], "It was").value_of_document().unwrap() - 36.787_944_117_144_25).abs() < 1e-9);
        assert_eq!(bleu(&["It was there."], "It was").value(), Some(0.0));
    }

    #[test]
    fn references_are_as_many_or_vary() {
        let mut all = bleu(&["a", "b"], "a");
        all += &bleu(&["c", "d"], "c");
        assert_eq!(all.references().as_deref(), Some("2"));
        all += &bleu(&["c"], "c");
        assert_eq!(all.references().as_deref(), Some("var"));
        let less = all.without([&bleu(&["c"], "c")]);
        assert_eq!(less.references().as_deref(), Some("2"));
        assert_eq!(Corpus { formula: Formula::WordErrors, sums: vec![1.0, 2.0] }.references(), None);
    }

    #[test]
    fn errors_have_no_upper_end() {
        assert_eq!(Formula::Ter(TerOptions::default()).most(), f64::INFINITY);
        assert_eq!(Formula::Bleu(BleuOptions::default()).most(), 100.0);
        assert_eq!((Formula::WordErrors.scale(), Formula::Hits { alpha: 0.5 }.scale()), (1.0, 1.0));
    }
}
