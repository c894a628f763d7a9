//! Counts of BLEU, chrF and TER, for `karat.compat.sacrebleu`. Counts add up over texts.

use std::borrow::Cow;

use karat::metric::options::{BleuOptions, ChrfOptions, TerOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;
use serde_json::from_str;

use crate::pool;
use crate::texts::texts;

fn invalid(error: &serde_json::Error) -> PyErr {
    PyValueError::new_err(format!("{error}"))
}

/// Strings of Python.
type Strings<'py> = Vec<Bound<'py, PyAny>>;

/// Counts each hypothesis against its references, on all cores, and adds them up if only the sums
/// are wanted, in the order of the texts. There is nothing to be gained from other threads for a
/// single one.
fn counted(
    py: Python<'_>,
    hypotheses: &Strings<'_>,
    references: &[Strings<'_>],
    is_summed: bool,
    count: impl Fn(&[&str], &str) -> Vec<f64> + Sync,
) -> PyResult<Vec<Vec<f64>>> {
    let hypotheses = texts(hypotheses)?;
    let references: Vec<Vec<Cow<str>>> = references.iter().map(|strings| texts(strings)).collect::<PyResult<_>>()?;
    let count = |(hypothesis, references): (&Cow<str>, &Vec<Cow<str>>)| {
        let references: Vec<&str> = references.iter().map(|text| &**text).collect();
        count(&references, hypothesis)
    };
    if let ([hypothesis], [references]) = (&hypotheses[..], &references[..]) {
        return Ok(vec![count((hypothesis, references))]);
    }
    Ok(py.detach(|| {
        let counts: Vec<Vec<f64>> = pool::install(|| hypotheses.par_iter().zip(&references).map(count).collect());
        if is_summed { counts.into_iter().reduce(added).into_iter().collect() } else { counts }
    }))
}

fn added(mut sums: Vec<f64>, counts: Vec<f64>) -> Vec<f64> {
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    sums
}

/// Returns the counts of BLEU of each hypothesis, or their sums: the length, that of the closest
/// reference, the clipped matches by order, the n-grams by order. `options` is JSON of
/// `[summaries.bleu]`.
#[pyfunction]
pub fn bleu_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Strings<'_>,
    references: Vec<Strings<'_>>,
    is_summed: bool,
) -> PyResult<Vec<Vec<f64>>> {
    let options: BleuOptions = from_str(options).map_err(|error| invalid(&error))?;
    counted(py, &hypotheses, &references, is_summed, |references, hypothesis| options.count(references, hypothesis))
}

/// Returns the counts of chrF++ of each hypothesis, or their sums: by order, the n-grams of the
/// hypothesis, of the reference and of both; characters first. `options` is JSON of
/// `[summaries.chrf]`.
#[pyfunction]
pub fn chrf_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Strings<'_>,
    references: Vec<Strings<'_>>,
    is_summed: bool,
) -> PyResult<Vec<Vec<f64>>> {
    let options: ChrfOptions = from_str(options).map_err(|error| invalid(&error))?;
    counted(py, &hypotheses, &references, is_summed, |references, hypothesis| {
        let [_, counts] = options.count(references, hypothesis);
        counts
    })
}

/// Returns the counts of TER of each hypothesis, or their sums: the edits, and the mean length of
/// the references. `options` is JSON of `[summaries.ter]`.
#[pyfunction]
pub fn ter_counts(
    py: Python<'_>,
    options: &str,
    hypotheses: Strings<'_>,
    references: Vec<Strings<'_>>,
    is_summed: bool,
) -> PyResult<Vec<Vec<f64>>> {
    let options: TerOptions = from_str(options).map_err(|error| invalid(&error))?;
    counted(py, &hypotheses, &references, is_summed, |references, hypothesis| options.count(references, hypothesis))
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
