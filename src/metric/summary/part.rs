//! What a metric of summaries is.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use crate::document::{Annotations, Document, Reference};
use crate::error::Diagnostic;
use crate::metric::{Case, Name, Options, Outcome, Signature};

/// The texts that one document's summary is scored by.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    /// Golden summaries, in the order of the golden file.
    pub references: Vec<&'a str>,
    /// The predicted summary: the first, where there are several; empty where there is none.
    pub hypothesis: &'a str,
    /// The document that was summarized, where it is known.
    pub source: Option<&'a Document>,
    /// All that the golden file says.
    pub gold: &'a Annotations,
    /// All that was predicted.
    pub predicted: &'a Annotations,
}

impl<'a> Texts<'a> {
    /// The texts of a case.
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

/// A metric of summaries, or a few that are computed together.
pub trait SummaryMetric: Send + Sync + RefUnwindSafe {
    /// The names that it can yield, as in `summary.<name>`, in report order.
    fn names(&self, options: &Options) -> Vec<Name>;

    /// Whether karat's own family computes all of them unasked under these options.
    fn is_usual(&self, _options: &Options) -> bool {
        false
    }

    /// How one of them is computed: figures are compared only where signatures are equal.
    fn signature(&self, name: &str, options: &Options) -> Signature;

    /// A number that has to be the same for every golden file: where it is not, [`Self::refuses_together`] says what is wrong.
    fn number_in_common(&self, _gold: &Annotations, _options: &Options) -> Option<usize> {
        None
    }

    /// What it refuses of all golden files taken together.
    fn refuses_together(&self, _references: &BTreeMap<String, Reference>, _options: &Options) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Counts one document: adds sums under the names that are wanted. Adds nothing where it cannot be computed at all:
    /// of a reference where there is none, of the source where it is not known.
    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome);
}
