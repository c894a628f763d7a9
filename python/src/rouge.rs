//! ROUGE of pairs of texts, for `karat.compat.rouge_score`.

use karat::metric::rouge::{RougeVariant, Scorer};
use karat::text::Stemmer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::pool;

/// Precision, recall and F1 of one variant.
type Score = (f64, f64, f64);

/// Scores predictions, each against one or more targets, of which the one with the best F1 counts
/// for each variant. Returns a list for each prediction, in the order of `kinds`.
#[pyfunction]
pub fn rouge_scores(
    py: Python<'_>,
    kinds: Vec<String>,
    use_stemmer: bool,
    targets: Vec<Vec<String>>,
    predictions: Vec<String>,
) -> PyResult<Vec<Vec<Score>>> {
    let kinds: Result<Vec<RougeVariant>, _> = kinds.iter().map(|kind| kind.parse()).collect();
    let kinds = kinds.map_err(|error| PyValueError::new_err(format!("{error}")))?;
    let stemmer = if use_stemmer { Stemmer::Porter } else { Stemmer::None };
    let scorer = Scorer { stemmer, ..Scorer::default() };
    let score = |(targets, prediction): (&Vec<String>, &String)| {
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let scores = scorer.score(&kinds, &targets, prediction);
        scores.iter().map(|score| (score.precision, score.recall, score.f1)).collect()
    };
    // A single pair is not worth the way to another thread.
    if let ([targets], [prediction]) = (&targets[..], &predictions[..]) {
        return Ok(vec![score((targets, prediction))]);
    }
    Ok(py.detach(|| pool::install(|| targets.par_iter().zip(&predictions).map(score).collect())))
}
