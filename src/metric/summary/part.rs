//! The trait of a summary metric, and the texts that it is computed from.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use crate::document::{Annotations, Document, Reference};
use crate::error::Diagnostic;
use crate::metric::{Case, Direction, Headline, Name, Options, Outcome, Signature};

/// The texts that the summary of one document is scored with.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    /// The golden summaries, in the order of the golden file.
    pub references: Vec<&'a str>,
    /// The predicted summary: the first if there are several; empty if there is none.
    pub hypothesis: &'a str,
    /// The summarized document, if it is known.
    pub source: Option<&'a Document>,
    /// All golden annotations.
    pub gold: &'a Annotations,
    /// All predicted annotations.
    pub predicted: &'a Annotations,
}

impl<'a> Texts<'a> {
    /// Returns the texts of a case.
    pub fn of(case: &Case<'a>) -> Self {
        Self {
            references: case.gold.summaries.iter().flatten().map(String::as_str).collect(),
            hypothesis: case.predicted.summaries.iter().flatten().next().map_or("", String::as_str),
            source: case.document,
            gold: case.gold,
            predicted: case.predicted,
        }
    }
}

/// A summary metric, or several that are computed together.
pub trait SummaryMetric: Send + Sync + RefUnwindSafe {
    /// Returns the names of the figures, as in `summary.<name>`, in report order.
    fn names(&self, options: &Options) -> Vec<Name>;

    /// Returns whether karat's own group computes all of them by default under these options.
    fn is_usual(&self, _options: &Options) -> bool {
        false
    }

    /// Returns the signature of a figure: figures are comparable only if their signatures are
    /// equal.
    fn signature(&self, name: &str, options: &Options) -> Signature;

    /// Returns whether higher or lower values of a figure are better; by default, higher ones.
    fn direction(&self, _name: &str) -> Direction {
        Direction::Higher
    }

    /// Returns the headline figure of summaries, if it is one of these figures.
    fn headline(&self) -> Option<Headline> {
        None
    }

    /// Returns a number that must be equal for all golden files; if it is not,
    /// [`Self::refuses_together`] reports why.
    fn number_in_common(&self, _gold: &Annotations, _options: &Options) -> Option<usize> {
        None
    }

    /// Returns diagnostics for what the metric refuses in all golden files together.
    fn refuses_together(&self, _references: &BTreeMap<String, Reference>, _options: &Options) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Counts one document: adds sums under the wanted names. Adds nothing if the metric needs a
    /// reference or a source that does not exist.
    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome);
}
