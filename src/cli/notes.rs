//! Notes about documents that only one side has, or that were not answered in full.

use std::collections::{BTreeMap, BTreeSet};

use karat::corpus::{Misfit, Misfits};
use karat::format::Notes;
use karat::metric::options::UndefinedSpans;
use karat::runner::Plan;
use karat::score::{NO_GOLD, NO_PREDICTION, Settings, Status};
use karat::secrets::Secrets;

use super::output;

/// Prints a note on the labels of each file whose stored text is not the document's.
pub(super) fn misfits(misfits: &[Misfits]) {
    for Misfits { file, count, settled } in misfits {
        let labels = if *count == 1 { "1 label".to_owned() } else { format!("{count} labels") };
        let what = match settled {
            Misfit::Drop => "removed",
            Misfit::Keep | Misfit::Refuse => "kept",
        };
        let file = file.display();
        output::note(&format!("note: {file}: {labels} with another text than the document, {what} (--misfit)\n"));
    }
}

/// Prints which entity metrics are undefined, and why.
pub(super) fn undefined_spans(settings: &Settings) {
    undefined_spans_of("", settings);
}

/// Prints which entity metrics of one of several systems are undefined, and why. `system` precedes
/// each note.
pub(super) fn undefined_spans_of(system: &str, settings: &Settings) {
    let UndefinedSpans { lacks_offsets, lacks_texts, .. } = settings.options.spans.undefined;
    if lacks_offsets {
        output::note(&format!(
            "note: {system}entities have no offsets: only entities.text and entities.text.unique are computed; \
             `locate` finds predicted texts in their documents\n",
        ));
    }
    if lacks_texts {
        output::note(&format!(
            "note: {system}the text of a golden entity is unknown, so entities.text is not computed: name the \
             documents\n",
        ));
    }
}

/// Prints which variables have values that are too short to be removed from messages and reports.
pub(super) fn unprotected(secrets: &Secrets) {
    let names: Vec<String> = secrets.unprotectable().iter().map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        output::note(&format!(
            "note: not removed from messages and reports, since shorter than 6 characters: the value of {names}\n"
        ));
    }
}

/// Prints what the readers of a plan's datasets and files of predictions assumed and left out.
pub(super) fn of_plan(plan: &Plan) {
    of_reading(plan.datasets.iter().map(|(dataset, _)| &dataset.notes));
}

/// Prints what readers of files assumed and left out: each line once, since a file may be read for
/// both sides.
pub(super) fn of_reading<'n>(notes: impl IntoIterator<Item = &'n Notes>) {
    let mut printed = BTreeSet::new();
    for line in notes.into_iter().flat_map(Notes::lines).filter(|line| printed.insert(line.clone())) {
        output::note(&format!("note: {line}\n"));
    }
}

/// Returns one note for each way in which documents are unmatched, failed or answered with an empty
/// summary, since each of these affects the figures.
pub(super) fn unmatched(
    ends: &BTreeMap<String, (Status, Option<String>)>,
    empty_summaries: &BTreeSet<String>,
) -> Vec<String> {
    let named = |wanted: &dyn Fn(Status, &str) -> bool| {
        let ids = ends.iter().filter(|(_, (status, message))| wanted(*status, message.as_deref().unwrap_or_default()));
        first_ids(&ids.map(|(id, _)| id.as_str()).collect::<Vec<_>>())
    };
    let left_out =
        |reason: &'static str| move |status: Status, message: &str| status == Status::Skipped && message == reason;
    let cases = [
        ("left out, since there is no prediction", named(&left_out(NO_PREDICTION))),
        ("left out, since there is no golden file", named(&left_out(NO_GOLD))),
        (
            "counted as missed, since there is no prediction",
            named(&|status, message| status == Status::Missing && !message.starts_with("repeat ")),
        ),
        (
            "counted as missed in part, since a repeat has no prediction",
            named(&|status, message| status == Status::Missing && message.starts_with("repeat ")),
        ),
        ("counted as spurious, since there is no golden file", named(&|status, _| status == Status::Extra)),
        ("failed, and scored as empty", named(&|status, _| matches!(status, Status::Failed | Status::TimedOut))),
        ("answered with an empty summary", first_ids(&empty_summaries.iter().map(String::as_str).collect::<Vec<_>>())),
    ];
    cases.into_iter().filter_map(|(what, ids)| Some(format!("note: {what}: {}\n", ids?))).collect()
}

/// Returns a note on documents that were answered without any layer, if there are any.
pub(super) fn without_layers(ids: &BTreeSet<String>) -> Option<String> {
    let ids = first_ids(&ids.iter().map(String::as_str).collect::<Vec<_>>())?;
    Some(format!("note: answered without any layer, and scored as empty: {ids}\n"))
}

/// Renders at most 20 ids, followed by the number of the remaining ones; `None` without ids.
fn first_ids(ids: &[&str]) -> Option<String> {
    const MOST: usize = 20;
    let shown: Vec<String> = ids.iter().take(MOST).map(|id| format!("{id:?}")).collect();
    let more = ids.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!ids.is_empty()).then(|| format!("{}{rest}", shown.join(", ")))
}

/// Prints a note on the documents that an extractor answered with an empty summary.
pub(super) fn empty_summaries(dataset: &str, extractor: &str, empty: &BTreeSet<String>) {
    if let Some(ids) = first_ids(&empty.iter().map(String::as_str).collect::<Vec<_>>()) {
        let count = empty.len();
        let documents = if count == 1 { "1 document".to_owned() } else { format!("{count} documents") };
        output::note(&format!("note: {dataset}, {extractor}: {documents} answered with an empty summary: {ids}\n"));
    }
}

/// Prints a note on the summaries of an extractor that are not scored, since they have no
/// reference.
pub(super) fn without_reference<'a>(dataset: &str, extractor: &str, ids: impl IntoIterator<Item = &'a String>) {
    if let Some(ids) = first_ids(&ids.into_iter().map(String::as_str).collect::<Vec<_>>()) {
        let what = "summaries that are not scored, since they have no reference";
        output::note(&format!("note: {dataset}, {extractor}: {what}: {ids}\n"));
    }
}
