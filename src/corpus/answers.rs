//! Loads the predictions of several extractors as evidence in the search for suspect golden labels.
//! Documents on which an extractor did not answer are left out: a missing answer is no evidence
//! about a label.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Lenient, load_predictions};
use crate::document::{Annotations, Reference, Status};
use crate::error::Diagnostic;

/// Loads the files of predictions on a dataset. Returns the annotations that extractors predicted,
/// by extractor and document.
///
/// # Errors
/// Fails with every error in every file.
pub fn load_answers(
    files: &BTreeMap<String, PathBuf>,
    dataset: &Lenient,
) -> Result<BTreeMap<String, BTreeMap<String, Annotations>>, Vec<Diagnostic>> {
    // Predictions may cover documents that have no golden file.
    let reference = |id: &String| dataset.dataset.references.get(id).cloned().unwrap_or_default();
    let references: BTreeMap<String, Reference> = dataset.ids.iter().map(|id| (id.clone(), reference(id))).collect();
    let (mut answers, mut diagnostics) = (BTreeMap::new(), Vec::new());
    for (extractor, file) in files {
        let by_id = load_predictions(file, &references).report_to(&mut diagnostics);
        let by_id = by_id.into_iter().filter(|(_, answer)| answer.status == Status::Ok);
        answers.insert(extractor.clone(), by_id.map(|(id, answer)| (id, answer.annotations)).collect());
    }
    if diagnostics.is_empty() { Ok(answers) } else { Err(diagnostics) }
}
