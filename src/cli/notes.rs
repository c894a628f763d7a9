//! Notes about documents that only one side has, or that were not answered in full.

use std::collections::{BTreeMap, BTreeSet};

use karat::format::Notes;
use karat::score::{NO_GOLD, NO_PREDICTION, Status};

use super::output;

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

/// Renders at most 20 ids, followed by the number of the remaining ones; `None` without ids.
fn first_ids(ids: &[&str]) -> Option<String> {
    const MOST: usize = 20;
    let shown: Vec<String> = ids.iter().take(MOST).map(|id| format!("{id:?}")).collect();
    let more = ids.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!ids.is_empty()).then(|| format!("{}{rest}", shown.join(", ")))
}

/// Prints the notes on how files were read, at most 20 of them.
pub(super) fn on_reading(notes: &Notes) {
    const MOST: usize = 20;
    let notes = notes.take();
    notes.iter().take(MOST).for_each(|note| output::note(&format!("{note}\n")));
    if notes.len() > MOST {
        output::note(&format!("note: and {} more notes on how files were read\n", notes.len() - MOST));
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
