//! Notes about documents that only one side has, or that were not answered in full.

use std::collections::{BTreeMap, BTreeSet};

use karat::corpus::{Misfit, Misfits};
use karat::document::{Layer, LayerSet};
use karat::format::Notes;
use karat::metric::options::UndefinedSpans;
use karat::runner::Plan;
use karat::score::{NO_GOLD, NO_PREDICTION, Settings, Status};
use karat::secrets::Secrets;

use super::{output, texts};

/// The most files whose reading `-v` explains.
const MOST_DETAILS: usize = 20;

/// The most layers without variation that have a note each. Records can have any number of names.
const MOST_ALONE: usize = 10;

/// Returns a note on each layer whose documents form a single cluster, or one note on all of them
/// if there are many. `unit` is what a cluster is called, and `so` says what follows.
pub(super) fn without_variation<'l>(layers: impl Iterator<Item = &'l Layer>, unit: &str, so: &str) -> Vec<String> {
    let layers: Vec<&Layer> = layers.collect();
    let note = |what: String| format!("note: {what}: one {unit} shows no variation: {so}\n");
    match layers.len() {
        ..=MOST_ALONE => layers.into_iter().map(|layer| note(layer.to_string())).collect(),
        count => vec![note(format!("{count} layers"))],
    }
}

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
            "note: {system}the text of an entity is unknown, so entities.text is not computed: name the documents\n",
        ));
    }
}

/// Prints which layers are not scored, since their annotations were withheld. `system` precedes the
/// note.
pub(super) fn withheld(system: &str, layers: &LayerSet) {
    let names: Vec<String> = layers.iter().map(|layer| format!("`{layer}`")).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        output::note(&format!(
            "note: {system}not scored, since these predictions are without texts: {names}; score them where the run was \
             made\n"
        ));
    }
}

/// Prints which layers a baseline lacks, since it has no texts. `system` precedes the note.
pub(super) fn not_in_baseline(system: &str, layers: &LayerSet) {
    let names: Vec<String> = layers.iter().map(|layer| format!("`{layer}`")).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        output::note(&format!("note: {system}the baseline has no texts, so that it cannot be compared on: {names}\n"));
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
/// both sides, and at most 20 lines, since a folder may have thousands of files.
pub(super) fn of_reading<'n>(notes: impl IntoIterator<Item = &'n Notes>) {
    let mut known = BTreeSet::new();
    let notes: Vec<&Notes> = notes.into_iter().collect();
    let details: BTreeSet<String> = notes.iter().flat_map(|notes| notes.details()).collect();
    // Files of a folder are alike; -vv lists all of them.
    for (at, detail) in details.into_iter().enumerate() {
        output::explain(if at < MOST_DETAILS { 1 } else { 2 }, || texts::of_note(detail));
    }
    let lines = notes.into_iter().flat_map(Notes::note_lines).filter(|line| known.insert(line.clone()));
    let lines = lines.map(|line| format!("{}\n", texts::of_note(line.to_string()))).collect();
    limited(lines, "note: and", "notes on how files were read").iter().for_each(|line| output::note(line));
}

/// Returns a note on the documents that an extractor failed on, if there are any: how many of all,
/// why, and which.
fn failures(ends: &BTreeMap<String, (Status, Option<String>)>, documents: usize) -> Option<String> {
    let is_failure = |status: Status| matches!(status, Status::Failed | Status::TimedOut);
    let failed: Vec<_> = ends.iter().filter(|(_, (status, _))| is_failure(*status)).collect();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (_, (status, message)) in &failed {
        let message = texts::of_failure(message.as_deref().unwrap_or_default());
        *reasons.entry(reason(*status, &message)).or_default() += 1;
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let reasons: Vec<String> = reasons.iter().take(3).map(|(reason, count)| format!("{reason} ({count})")).collect();
    let ids = first_ids(&failed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>())?;
    let (count, reasons) = (failed.len(), reasons.join(", "));
    Some(format!("note: {count} of {documents} documents failed, and are scored as empty: {reasons}: {ids}\n"))
}

/// Returns the kind of a failure: the name of an exception, or else the beginning of the message.
fn reason(status: Status, message: &str) -> String {
    const MOST: usize = 60;
    let line = message.lines().next().unwrap_or_default();
    match line.split_once(':') {
        Some((name, _)) if !name.is_empty() && !name.contains(' ') => name.to_owned(),
        _ if line.is_empty() => status.to_string(),
        _ => line.chars().take(MOST).collect(),
    }
}

/// Returns one note for each way in which documents are failed, unmatched or answered with an empty
/// summary, since each of these affects the figures. `documents` is the number of all.
pub(super) fn unmatched(
    ends: &BTreeMap<String, (Status, Option<String>)>,
    empty_summaries: &BTreeSet<String>,
    documents: usize,
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
        ("answered with an empty summary", first_ids(&empty_summaries.iter().map(String::as_str).collect::<Vec<_>>())),
    ];
    let others = cases.into_iter().filter_map(|(what, ids)| Some(format!("note: {what}: {}\n", ids?)));
    failures(ends, documents).into_iter().chain(others).collect()
}

/// Returns a note on documents that were answered without any layer, if there are any.
pub(super) fn without_layers(ids: &BTreeSet<String>) -> Option<String> {
    let ids = first_ids(&ids.iter().map(String::as_str).collect::<Vec<_>>())?;
    Some(format!("note: answered without any layer, and scored as empty: {ids}\n"))
}

/// Returns one line for each warning, and one for all documents that share a warning if they are
/// more than three. Returns at most 20 lines and the number of the others.
pub(super) fn warnings<'w>(prefix: &str, warnings: impl IntoIterator<Item = &'w String>) -> Vec<String> {
    const APART: usize = 3;
    let warnings: Vec<String> = warnings.into_iter().map(|warning| texts::of_warning(warning)).collect();
    let mut shared: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, message) in warnings.iter().filter_map(|warning| of_document(warning)) {
        shared.entry(message).or_default().push(id);
    }
    let mut lines = Vec::new();
    for warning in &warnings {
        match of_document(warning).and_then(|(_, message)| Some((message, shared.get(message)?.clone()))) {
            Some((message, ids)) if ids.len() > APART => {
                // The line stands where the first document is.
                if of_document(warning).is_some_and(|(id, _)| id == ids[0]) {
                    let first = ids[..APART].join(", ");
                    let (all, more) = (ids.len(), ids.len() - APART);
                    lines.push(format!("warning: {prefix}{all} documents: {message}: {first} and {more} more\n"));
                }
            }
            _ => lines.push(format!("warning: {prefix}{warning}\n")),
        }
    }
    limited(lines, "warning: and", "warnings")
}

/// Returns the first 20 lines, and one with the number of the others.
fn limited(mut lines: Vec<String>, prefix: &str, what: &str) -> Vec<String> {
    const MOST: usize = 20;
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    lines.extend((more > 0).then(|| format!("{prefix} {more} more {what}\n")));
    lines
}

/// Returns the quoted id and the message of a warning about a document.
fn of_document(warning: &str) -> Option<(&str, &str)> {
    let quoted = warning.strip_prefix("document \"")?;
    let mut is_escaped = false;
    let end = quoted.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })?;
    let (id, message) = warning.split_at("document \"".len() + end + 1);
    Some((id.strip_prefix("document ")?, message.strip_prefix(": ")?))
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

#[cfg(test)]
mod tests {
    use super::warnings;

    #[test]
    fn a_warning_that_many_documents_share_is_one_line() {
        let of = |number: usize, message: &str| format!("document {:?}: {message}", format!("d\"{number}"));
        let mut all: Vec<String> = (0..30).map(|number| of(number, "it is empty")).collect();
        all.insert(1, "alone".to_owned());
        all.push(of(7, "it is odd"));
        let lines = warnings("x: ", &all);
        assert_eq!(
            lines,
            [
                "warning: x: 30 documents: it is empty: \"d\\\"0\", \"d\\\"1\", \"d\\\"2\" and 27 more\n",
                "warning: x: alone\n",
                "warning: x: document \"d\\\"7\": it is odd\n",
            ]
        );
        let different: Vec<String> = (0..25).map(|number| of(number, &format!("reason {number}"))).collect();
        let lines = warnings("", &different);
        assert_eq!((lines.len(), lines[20].as_str()), (21, "warning: and 5 more warnings\n"));
    }
}
