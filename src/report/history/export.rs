//! Everything that the history contains, as JSON (`karat.history/1`), which can be imported again,
//! and as one CSV table.

use super::super::number::six_places;
use super::super::scores_csv::to_csv;
use super::count;
use crate::history::{RecordedFigure, RecordedResult, RecordedRun};

/// The schema of the export.
pub const HISTORY_SCHEMA: &str = "karat.history/1";

/// The header of [`figure_rows`].
pub(super) const FIGURE_HEADER: [&str; 29] = [
    "run",
    "source",
    "started",
    "ended",
    "karat",
    "commit",
    "branch",
    "dirty",
    "profile",
    "gap",
    "dataset",
    "extractor",
    "documents",
    "ok",
    "failed",
    "timed_out",
    "skipped",
    "missing",
    "documents_state",
    "golden_state",
    "metric",
    "label",
    "value",
    "low",
    "high",
    "gold",
    "documents_scored",
    "documents_answered",
    "signature",
];

/// Returns all runs as one JSON object, with a line for each run, so that two exports can be
/// compared line by line.
pub fn history_to_json(runs: &[RecordedRun]) -> String {
    let lines: Vec<String> =
        runs.iter().map(|run| serde_json::to_string(run).expect("a record is plain data")).collect();
    let lines = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
    format!("{{\"schema\":\"{HISTORY_SCHEMA}\",\"runs\":[{lines}]}}\n")
}

/// Returns all runs as one CSV table, with a row for each figure. A result without figures has one
/// row, too.
pub fn history_to_csv(runs: &[RecordedRun]) -> String {
    to_csv(&FIGURE_HEADER, runs.iter().flat_map(figure_rows))
}

/// Returns the rows of a run.
pub(super) fn figure_rows(run: &RecordedRun) -> Vec<Vec<String>> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let of_run = [
        run.run.clone(),
        run.source.to_string(),
        run.started.clone(),
        text(&run.ended),
        text(&run.karat),
        text(&run.commit),
        text(&run.branch),
        run.dirty.map(|dirty| dirty.to_string()).unwrap_or_default(),
        text(&run.profile),
        text(&run.gap),
    ];
    let of_result = |result: &RecordedResult| {
        let status = |of: fn(&crate::history::Statuses) -> u64| count(result.statuses.as_ref().map(of));
        [
            result.dataset.clone(),
            result.extractor.clone(),
            status(|statuses| statuses.documents),
            status(|statuses| statuses.ok),
            status(|statuses| statuses.failed),
            status(|statuses| statuses.timed_out),
            status(|statuses| statuses.skipped),
            status(|statuses| statuses.missing),
            text(&result.documents),
            text(&result.golden),
        ]
    };
    let of_figure = |figure: &RecordedFigure| {
        [
            figure.metric.clone(),
            text(&figure.label),
            six_places(figure.value),
            six_places(figure.low),
            six_places(figure.high),
            count(figure.gold),
            count(figure.documents),
            count(figure.answered),
            text(&figure.signature),
        ]
    };
    let mut rows = Vec::new();
    for result in &run.results {
        let begin = || of_run.iter().cloned().chain(of_result(result));
        if result.figures.is_empty() {
            rows.push(begin().chain(std::iter::repeat_n(String::new(), 9)).collect());
        }
        rows.extend(result.figures.iter().map(|figure| begin().chain(of_figure(figure)).collect()));
    }
    rows
}
