//! The predictions of a run, read again.

use std::collections::BTreeMap;

use super::layout::RunLayout;
use crate::check::Answers;
use crate::corpus::{Lenient, load_predictions};
use crate::document::{Reference, Status};
use crate::error::Diagnostic;

/// What the extractors of a run answered on a dataset, and what is wrong with it; `None` where the run has nothing on it.
pub fn load_answers(run: &RunLayout, dataset: &Lenient) -> Option<(Answers, Vec<Diagnostic>)> {
    let name = &dataset.dataset.name;
    let extractors = run.found().remove(name)?;
    // Documents without a golden file may be predicted all the same.
    let reference = |id: &String| dataset.dataset.references.get(id).cloned().unwrap_or_default();
    let references: BTreeMap<String, Reference> = dataset.ids.iter().map(|id| (id.clone(), reference(id))).collect();
    let (mut answers, mut diagnostics) = (Answers::new(), Vec::new());
    for extractor in extractors {
        let (by_id, wrong) = load_predictions(&run.predictions(name, &extractor), &references);
        diagnostics.extend(wrong);
        // Who did not answer says nothing about a label.
        let by_id = by_id.into_iter().filter(|(_, answer)| answer.status == Status::Ok);
        let by_id = by_id.map(|(id, answer)| (id, answer.annotations)).collect();
        answers.insert(extractor, by_id);
    }
    Some((answers, diagnostics))
}
