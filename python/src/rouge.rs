//! ROUGE of pairs of texts, for `karat.compat.rouge_score`.

use std::borrow::Cow;

use karat::metric::rouge::{RougeVariant, Scorer};
use karat::text::Stemmer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::pool;
use crate::texts::{text, texts};

/// Precision, recall and F1 of one variant.
type Score = (f64, f64, f64);

/// Scores texts by given variants of ROUGE.
#[pyclass(frozen)]
pub struct Rouge {
    kinds: Vec<RougeVariant>,
    scorer: Scorer,
}

#[pymethods]
impl Rouge {
    /// Raises ValueError for an unknown variant.
    #[new]
    fn new(kinds: Vec<String>, use_stemmer: bool) -> PyResult<Self> {
        let kinds: Result<Vec<RougeVariant>, _> = kinds.iter().map(|kind| kind.parse()).collect();
        let kinds = kinds.map_err(|error| PyValueError::new_err(format!("{error}")))?;
        let stemmer = if use_stemmer { Stemmer::Porter } else { Stemmer::None };
        Ok(Self { kinds, scorer: Scorer { stemmer, ..Scorer::default() } })
    }

    /// Scores a prediction against one or more targets, of which the one with the best F1 counts
    /// for each variant. Returns a score for each variant.
    fn score(&self, targets: Vec<Bound<'_, PyAny>>, prediction: &Bound<'_, PyAny>) -> PyResult<Vec<Score>> {
        let targets = texts(&targets)?;
        let targets: Vec<&str> = targets.iter().map(|target| &**target).collect();
        Ok(self.of(&targets, &text(prediction)?))
    }

    /// Scores predictions against a target each, on all cores.
    fn score_all(
        &self,
        py: Python<'_>,
        targets: Vec<Bound<'_, PyAny>>,
        predictions: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Vec<Score>>> {
        let (targets, predictions) = (texts(&targets)?, texts(&predictions)?);
        let score = |(target, prediction): (&Cow<str>, &Cow<str>)| self.of(&[target], prediction);
        Ok(py.detach(|| pool::install(|| targets.par_iter().zip(&predictions).map(score).collect())))
    }
}

impl Rouge {
    fn of(&self, targets: &[&str], prediction: &str) -> Vec<Score> {
        let scores = self.scorer.score(&self.kinds, targets, prediction);
        scores.iter().map(|score| (score.precision, score.recall, score.f1)).collect()
    }
}
