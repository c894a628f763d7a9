//! Counts of BLEU, chrF and TER, for `karat.compat.sacrebleu`. Counts add up over texts.

use karat::metric::options::{BleuOptions, ChrfOptions, TerOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;
use serde_json::from_str;

use crate::pool;

fn invalid(error: &serde_json::Error) -> PyErr {
    PyValueError::new_err(format!("{error}"))
}

/// Counts each hypothesis against its references, on all cores. There is nothing to be gained from
/// other threads for a single one.
fn counted(
    py: Python<'_>,
    hypotheses: &[String],
    references: &[Vec<String>],
    count: impl Fn(&[&str], &str) -> Vec<f64> + Sync,
) -> Vec<Vec<f64>> {
    let count = |(hypothesis, references): (&String, &Vec<String>)| {
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        count(&references, hypothesis)
    };
    if let ([hypothesis], [references]) = (hypotheses, references) {
        return vec![count((hypothesis, references))];
    }
    py.detach(|| pool::install(|| hypotheses.par_iter().zip(references).map(count).collect()))
}

/// Returns the counts of BLEU of each hypothesis: its length, that of the closest reference, the
/// clipped matches by order, the n-grams by order. `options` is JSON of `[summaries.bleu]`.
#[pyfunction]
pub fn bleu_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Vec<String>,
    references: Vec<Vec<String>>,
) -> PyResult<Vec<Vec<f64>>> {
    let options: BleuOptions = from_str(options).map_err(|error| invalid(&error))?;
    Ok(counted(py, &hypotheses, &references, |references, hypothesis| options.count(references, hypothesis)))
}

/// Returns the counts of chrF++ of each hypothesis: by order, the n-grams of the hypothesis, of the
/// reference and of both; characters first. `options` is JSON of `[summaries.chrf]`.
#[pyfunction]
pub fn chrf_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Vec<String>,
    references: Vec<Vec<String>>,
) -> PyResult<Vec<Vec<f64>>> {
    let options: ChrfOptions = from_str(options).map_err(|error| invalid(&error))?;
    Ok(counted(py, &hypotheses, &references, |references, hypothesis| {
        let [_, counts] = options.count(references, hypothesis);
        counts
    }))
}

/// Returns the counts of TER of each hypothesis: the edits, and the mean length of the references.
/// `options` is JSON of `[summaries.ter]`.
#[pyfunction]
pub fn ter_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Vec<String>,
    references: Vec<Vec<String>>,
) -> PyResult<Vec<Vec<f64>>> {
    let options: TerOptions = from_str(options).map_err(|error| invalid(&error))?;
    Ok(counted(py, &hypotheses, &references, |references, hypothesis| options.count(references, hypothesis)))
}

/// Returns chrF, or chrF++ with words, of counts or sums of counts, 0 to 100.
#[pyfunction]
pub fn chrf_score(options: &str, sums: Vec<f64>) -> PyResult<f64> {
    let options: ChrfOptions = from_str(options).map_err(|error| invalid(&error))?;
    Ok(options.score(&sums))
}

/// Returns TER of counts or sums of counts, 0 or more.
#[pyfunction]
pub fn ter_score(options: &str, sums: Vec<f64>) -> PyResult<f64> {
    let options: TerOptions = from_str(options).map_err(|error| invalid(&error))?;
    Ok(options.score(&sums))
}
