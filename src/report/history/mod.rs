//! Renders what the history of figures contains: lists of runs, one run, differences, trends as
//! tables and drawings, and exports of everything.

mod difference;
mod export;
mod list;
mod run;
mod trend;
mod trend_page;
mod trend_svg;

pub use export::{HISTORY_SCHEMA, history_to_csv, history_to_json};
pub use list::{HistoryList, ListedRun};
pub use run::HistoryRun;
pub use trend::{TREND_HEADER, change_lines, trend_rows};
pub use trend_page::trend_to_html;
pub use trend_svg::trend_to_svg;

use serde_json::{Value, json};

use super::number::three_places;
use crate::decimals::decimals;
use crate::history::{RecordedFigure, RecordedRun};

/// Returns what is known of a run besides its results, with keys in alphabetical order.
fn head(run: &RecordedRun) -> Value {
    json!({
        "run": run.run,
        "source": run.source.name(),
        "started": run.started,
        "ended": run.ended,
        "karat": run.karat,
        "commit": run.commit,
        "branch": run.branch,
        "dirty": run.dirty,
        "profile": run.profile,
        "gap": run.gap,
        "configuration_sha256": run.configuration_sha256,
        "manifest_sha256": run.manifest_sha256,
    })
}

/// Returns whether every document of a result was answered, for readers.
fn completeness(run: &RecordedRun, result: &crate::history::RecordedResult) -> String {
    if let Some(gap) = &run.gap {
        return format!("no: {gap}");
    }
    match result.statuses {
        Some(statuses) if statuses.ok < statuses.documents => {
            format!("no: {} of {} not answered", statuses.documents - statuses.ok, statuses.documents)
        }
        Some(_) => "yes".to_owned(),
        None if result.figures.iter().any(RecordedFigure::rests_on_fewer) => "no".to_owned(),
        None if !result.figures.is_empty() && result.figures.iter().all(has_counts) => "yes".to_owned(),
        None => "unknown".to_owned(),
    }
}

/// Returns whether a figure has the numbers of scored and of answered documents.
fn has_counts(figure: &RecordedFigure) -> bool {
    figure.documents.is_some() && figure.answered.is_some()
}

/// Returns a number with a noun, which has an `s` unless the number is 1.
pub fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Returns the verb behind a [`counted`] noun.
pub fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// Returns the interval of a figure with three decimals.
fn interval(bounds: Option<(f64, f64)>) -> String {
    bounds.map_or_else(|| "–".to_owned(), |(low, high)| format!("[{}, {}]", decimals(low, 3), decimals(high, 3)))
}

fn count(number: Option<u64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn value(figure: &RecordedFigure) -> String {
    three_places(figure.value)
}
