//! Loads the predictions that a run has written, as input for the search for suspect golden labels.
//! Documents on which an extractor did not answer are left out: a missing answer is no evidence
//! about a label.

use std::collections::BTreeMap;

use super::layout::RunLayout;
use crate::check::Answers;
use crate::corpus::{Lenient, load_predictions};
use crate::document::{Reference, Status};
use crate::error::Diagnostic;

/// Returns the answers of a run's extractors on a dataset; `None` if the run has no predictions on
/// the dataset.
///
/// # Errors
/// Fails with every error in the files of predictions.
pub fn load_answers(run: &RunLayout, dataset: &Lenient) -> Result<Option<Answers>, Vec<Diagnostic>> {
    let name = &dataset.dataset.name;
    let Some(extractors) = run.found().remove(name) else { return Ok(None) };
    // Predictions may cover documents that have no golden file.
    let reference = |id: &String| dataset.dataset.references.get(id).cloned().unwrap_or_default();
    let references: BTreeMap<String, Reference> = dataset.ids.iter().map(|id| (id.clone(), reference(id))).collect();
    let (mut answers, mut diagnostics) = (Answers::new(), Vec::new());
    for extractor in extractors {
        let by_id = load_predictions(&run.predictions(name, &extractor), &references);
        let by_id = by_id.report_to(&mut diagnostics);
        // A failed or missing answer is no evidence about a label.
        let by_id = by_id.into_iter().filter(|(_, answer)| answer.status == Status::Ok);
        let by_id = by_id.map(|(id, answer)| (id, answer.annotations)).collect();
        answers.insert(extractor, by_id);
    }
    if diagnostics.is_empty() { Ok(Some(answers)) } else { Err(diagnostics) }
}
