//! Outcomes of tag sequences under presets, for `karat.compat.seqeval`.

use std::collections::BTreeMap;
use std::path::Path;

use karat::document::{Answer, Document, Reference};
use karat::error::Recovered;
use karat::format::{Entry, tokens};
use karat::metric::Counts;
use karat::preset;
use karat::score::{Scores, Settings, System, refusals, score};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Correct, incorrect, partial, missed, spurious.
type Outcomes = (u64, u64, u64, u64, u64);

/// White space in tags stands in these places of the private use area while a corpus has the form
/// of a token file, in which it would end the tag.
const STAND_INS: [(char, char); 6] = [
    (' ', '\u{f8f0}'),
    ('\t', '\u{f8f1}'),
    ('\n', '\u{f8f2}'),
    ('\r', '\u{f8f3}'),
    ('\u{b}', '\u{f8f4}'),
    ('\u{c}', '\u{f8f5}'),
];

/// Scores predicted tag sequences against golden ones under a preset of tags. Returns the outcomes
/// by label.
///
/// Raises ValueError for what the preset refuses, such as tags of another scheme.
#[pyfunction]
pub fn tag_outcomes<'py>(
    py: Python<'py>,
    preset: &str,
    gold: &Bound<'py, PyAny>,
    predicted: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let (gold, predicted) = (token_file(gold)?, token_file(predicted)?);
    let scores = py.detach(|| scores(preset, entries_of_tokens(&gold), entries_of_tokens(&predicted)))?;
    let by_label = PyDict::new(py);
    for figure in scores.figures() {
        let name = &figure.name;
        if let (Some(label), Some(counts), "f1") = (&name.label, figure.counts, &*name.stat) {
            let label: String = label.chars().map(restored).collect();
            by_label.set_item(label, outcomes(counts))?;
        }
    }
    Ok(by_label)
}

fn outcomes(counts: Counts) -> Outcomes {
    (counts.correct, counts.incorrect, counts.partial, counts.missed, counts.spurious)
}

fn restored(shown: char) -> char {
    STAND_INS.iter().find(|(_, stand_in)| *stand_in == shown).map_or(shown, |(plain, _)| *plain)
}

/// Writes sequences of tags as a token file, a sentence each.
fn token_file(sequences: &Bound<'_, PyAny>) -> PyResult<String> {
    let mut file = String::new();
    for sequence in sequences.try_iter()? {
        for tag in sequence?.try_iter()? {
            let tag = tag?;
            let tag = tag.cast::<PyString>()?.to_str()?;
            if tag.is_empty() {
                return Err(PyValueError::new_err("a tag is empty"));
            }
            file.push_str("t ");
            if tag.contains(|char| STAND_INS.iter().any(|(plain, _)| *plain == char)) {
                let stand_in =
                    |char| STAND_INS.iter().find(|(plain, _)| *plain == char).map_or(char, |(_, other)| *other);
                file.extend(tag.chars().map(stand_in));
            } else {
                file.push_str(tag);
            }
            file.push('\n');
        }
        file.push('\n');
    }
    Ok(file)
}

type Read = Result<Vec<Entry>, PyErr>;

fn entries_of_tokens(file: &str) -> Read {
    let Recovered { value, diagnostics } = tokens::read(Path::new("tags"), file);
    match diagnostics.first() {
        Some(diagnostic) => Err(PyValueError::new_err(diagnostic.to_string())),
        None => Ok(value),
    }
}

fn scores(preset: &str, gold: Read, predicted: Read) -> PyResult<Scores> {
    let found = preset::find(preset);
    let found = found.ok_or_else(|| PyValueError::new_err(format!("there is no preset {preset:?}")))?;
    let settings = Settings { preset: Some(found), documents: false, ..Settings::default() };
    let references: BTreeMap<String, Reference> = gold?
        .into_iter()
        .map(|entry| {
            let document = entry.text.map(|text| Document::new(&entry.id, text));
            (entry.id, Reference { document, gold: entry.annotations, ..Reference::default() })
        })
        .collect();
    let answers: BTreeMap<String, Answer> =
        predicted?.into_iter().map(|entry| (entry.id.clone(), entry.into_answer())).collect();
    let declared = references.values().flat_map(|reference| reference.gold.layers()).collect();
    let system = System { name: "predicted".to_owned(), declared, answers };
    if let Some(refused) = refusals(&references, &system.answers, &settings).first() {
        return Err(PyValueError::new_err(refused.to_string()));
    }
    Ok(score(&references, &system, &settings))
}
