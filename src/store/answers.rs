//! Loads the predictions that a run has written, as input for the search for suspect golden labels.
//! Documents on which an extractor did not answer are left out: a missing answer is no evidence
//! about a label.

use std::collections::BTreeMap;

use super::layout::RunLayout;
use crate::check::SystemAnnotations;
use crate::corpus::{Lenient, load_predictions};
use crate::document::{Reference, Status};
use crate::error::Diagnostic;

/// Returns the answers of a run's extractors on a dataset, with the diagnostics of reading them;
/// `None` if the run has no predictions on the dataset.
pub fn load_answers(run: &RunLayout, dataset: &Lenient) -> Option<(SystemAnnotations, Vec<Diagnostic>)> {
    let name = &dataset.dataset.name;
    let extractors = run.found().remove(name)?;
    // Predictions may cover documents that have no golden file.
    let reference = |id: &String| dataset.dataset.references.get(id).cloned().unwrap_or_default();
    let references: BTreeMap<String, Reference> = dataset.ids.iter().map(|id| (id.clone(), reference(id))).collect();
    let (mut answers, mut diagnostics) = (SystemAnnotations::new(), Vec::new());
    for extractor in extractors {
        let (by_id, wrong) = load_predictions(&run.predictions(name, &extractor), &references);
        diagnostics.extend(wrong);
        // A failed or missing answer is no evidence about a label.
        let by_id = by_id.into_iter().filter(|(_, answer)| answer.status == Status::Ok);
        let by_id = by_id.map(|(id, answer)| (id, answer.annotations)).collect();
        answers.insert(extractor, by_id);
    }
    Some((answers, diagnostics))
}
