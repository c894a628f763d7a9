//! Figures computed from sums over all documents rather than averaged over documents.

use std::ops::AddAssign;

use super::options::{BleuOptions, ChrfOptions, EditDistanceOptions, TerOptions};
use super::rouge155::Hits;

/// Sums over documents, and the formula that computes a figure from them: n-gram counts for BLEU,
/// edits for TER.
///
/// Sums are integers where possible, so that they add up exactly; others are added in the order of
/// the document ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    /// The formula applied to the sums.
    pub formula: Formula,
    /// The sums; their number and order depend on the formula.
    pub sums: Vec<f64>,
}

/// A formula over sums. For sacreBLEU's metrics, the counts are preceded by three sums: the number
/// of documents, the number of references, and the sum of the squared numbers of references, which
/// shows whether all documents have the same number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Formula {
    /// F of the units of the references, of the summary, and of both; precision has the weight
    /// `alpha`, 0 to 1.
    Hits {
        /// The weight of precision, 0 to 1.
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

/// The number of sums before the counts of sacreBLEU's metrics.
const HEAD: usize = 3;

impl Formula {
    /// Returns the value of the figure if everything is correct or, for error rates, wrong.
    pub fn scale(self) -> f64 {
        if matches!(self, Self::WordErrors | Self::Hits { .. }) { 1.0 } else { 100.0 }
    }

    /// Returns the upper bound of the figure; infinite for error rates, since there may be more
    /// errors than words.
    pub fn most(self) -> f64 {
        if matches!(self, Self::Ter(_) | Self::WordErrors) { f64::INFINITY } else { self.scale() }
    }

    /// Returns whether the sums begin with those of the references.
    fn counts_references(self) -> bool {
        matches!(self, Self::Bleu(_) | Self::Chrf(_) | Self::Ter(_))
    }
}

impl Corpus {
    /// Returns the counts of one document under one of sacreBLEU's metrics.
    pub fn of_document(formula: Formula, references: usize, counts: &[f64]) -> Self {
        let references = references as f64;
        let mut sums = vec![1.0, references, references * references];
        sums.extend(counts);
        Self { formula, sums }
    }

    /// Returns the figure over many documents; `None` if it is undefined.
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

    /// Returns the figure of a single counted document. BLEU then omits the n-gram orders for which
    /// the summary is too short.
    pub fn value_of_document(&self) -> Option<f64> {
        match self.formula {
            Formula::Bleu(options) => self.value_by(Formula::Bleu(BleuOptions { effective_order: true, ..options })),
            _ => self.value(),
        }
    }

    /// Returns the number of references of every document as in sacreBLEU's signatures: `var` if
    /// documents differ.
    pub fn references(&self) -> Option<String> {
        match *self.sums {
            [documents, references, squares, ..] if self.formula.counts_references() => {
                let is_same = documents * squares == references * references;
                Some(if is_same { format!("{}", references / documents) } else { "var".to_owned() })
            }
            _ => None,
        }
    }

    /// Returns the sums minus those of some of their documents.
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
    /// Panics if the formulas differ: a bug in the metric group that created the sums.
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

    /// Expected values printed by sacreBLEU 2.6.0.
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
