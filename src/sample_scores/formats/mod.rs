//! The formats of logs, one a file, and how a format is detected from content.

mod deepeval;
mod helm;
mod inspect_ai;
mod lm_eval;
mod promptfoo;
mod ragas;
mod table;

use std::path::Path;

use serde_json::Value as Json;

use super::json;
use super::log::{LogBuilder, Place};
use crate::error::Diagnostic;

/// A format of logs with scores of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreFormat {
    /// Logs of inspect_ai: `.eval` archives and `.json`.
    InspectAi,
    /// Samples of lm-evaluation-harness: `samples_TASK_DATE.jsonl`.
    LmEval,
    /// Results of promptfoo, JSON or JSON lines.
    Promptfoo,
    /// Test runs of deepeval.
    Deepeval,
    /// Tables of ragas, CSV or JSON.
    Ragas,
    /// `per_instance_stats.json` of HELM.
    Helm,
    /// Plain tables, CSV or JSON lines.
    Table,
}

impl ScoreFormat {
    /// Returns the name of the harness, for messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::InspectAi => "inspect_ai",
            Self::LmEval => "lm-evaluation-harness",
            Self::Promptfoo => "promptfoo",
            Self::Deepeval => "deepeval",
            Self::Ragas => "ragas",
            Self::Helm => "HELM",
            Self::Table => "plain table",
        }
    }
}

/// A file, as far as its format is not decided yet.
pub(super) enum Content<'c> {
    /// A zip archive.
    Archive(&'c [u8]),
    /// A JSON text.
    Json(Json),
    /// JSON lines, with their numbers.
    Lines(Vec<(usize, Json)>),
    /// A text that is no JSON.
    Csv(&'c str),
}

impl<'c> Content<'c> {
    /// Parses a file.
    pub fn of(bytes: &'c [u8]) -> Result<Self, Vec<Diagnostic>> {
        if bytes.starts_with(b"PK") {
            return Ok(Self::Archive(bytes));
        }
        let text = crate::format::decode(bytes).map_err(|diagnostic| vec![diagnostic])?;
        if !text.trim_start().starts_with(['{', '[']) {
            return Ok(Self::Csv(text));
        }
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let first = lines.next().map(|(_, line)| json::parse(line, &Place::line(1)));
        // A whole file may be one line; several lines that are each an object are JSON lines.
        match first {
            Some(Ok(Json::Object(first))) if lines.next().is_some() || is_row(&first) => of_lines(text),
            _ => json::parse(text, &Place::default()).map(Self::Json).map_err(|diagnostic| vec![diagnostic]),
        }
    }

    /// Returns the format, or a diagnostic that says what was looked for.
    pub fn format(&self) -> Result<ScoreFormat, Diagnostic> {
        let found = match self {
            Self::Archive(_) => Some(ScoreFormat::InspectAi),
            Self::Json(Json::Object(object)) => {
                let has = |key: &str| object.contains_key(key);
                let is_promptfoo =
                    has("evalId") || object.get("results").is_some_and(|results| results.get("results").is_some());
                if has("eval") && has("status") {
                    Some(ScoreFormat::InspectAi)
                } else if is_promptfoo {
                    Some(ScoreFormat::Promptfoo)
                } else if has("testRunData") || has("testCases") || has("test_cases_lookup_map") {
                    Some(ScoreFormat::Deepeval)
                } else if object.values().all(Json::is_object) && !object.is_empty() {
                    Some(ScoreFormat::Ragas)
                } else {
                    None
                }
            }
            Self::Json(Json::Array(rows)) => rows.first().and_then(of_row),
            Self::Json(_) => None,
            Self::Lines(lines) => lines.first().and_then(|(_, row)| of_row(row)),
            Self::Csv(text) => of_header(text),
        };
        found.ok_or_else(|| {
            let diagnostic = Diagnostic::new("this is no log with scores of samples that karat knows");
            diagnostic.help(
                "it reads inspect_ai, lm-evaluation-harness, promptfoo, deepeval, ragas, HELM, and tables with the columns \
                 `id`, `metric` and `value`, or `id` and one column for each metric; --scores-from names the format",
            )
        })
    }
}

/// Returns whether an object that is alone in its line is a row of JSON lines.
fn is_row(object: &serde_json::Map<String, Json>) -> bool {
    ["id", "doc_id", "testIdx"].iter().any(|key| object.contains_key(*key)) && !object.contains_key("eval")
}

fn of_lines(text: &str) -> Result<Content<'_>, Vec<Diagnostic>> {
    let (mut rows, mut diagnostics) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match json::parse(line, &Place::line(at + 1)) {
            Ok(row) => rows.push((at + 1, row)),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    // The lines of a JSON text over several lines are no JSON by themselves.
    match (diagnostics.is_empty(), json::parse(text, &Place::default())) {
        (true, _) => Ok(Content::Lines(rows)),
        (false, Ok(whole)) => Ok(Content::Json(whole)),
        (false, Err(_)) => Err(diagnostics),
    }
}

fn of_row(row: &Json) -> Option<ScoreFormat> {
    let has = |key: &str| row.get(key).is_some();
    if has("doc_id") && (has("filter") || has("filtered_resps") || has("doc_hash")) {
        Some(ScoreFormat::LmEval)
    } else if has("testIdx") && has("promptIdx") {
        Some(ScoreFormat::Promptfoo)
    } else if has("instance_id") && has("stats") {
        Some(ScoreFormat::Helm)
    } else {
        of_columns(has)
    }
}

/// Returns the format of a table with some columns. A table of ragas may have a column `id`, too.
fn of_columns(has: impl Fn(&str) -> bool) -> Option<ScoreFormat> {
    if table::is_long(&has) && has("id") {
        Some(ScoreFormat::Table)
    } else if ragas::INPUTS.iter().any(|name| has(name)) {
        Some(ScoreFormat::Ragas)
    } else {
        has("id").then_some(ScoreFormat::Table)
    }
}

fn of_header(text: &str) -> Option<ScoreFormat> {
    let header = csv::ReaderBuilder::new().from_reader(text.as_bytes()).headers().ok()?.clone();
    of_columns(|name| header.iter().any(|column| column.trim() == name))
}

/// Reads the rows of a file in a format. `cluster` is the field whose value is the cluster of a
/// sample.
pub(super) fn read(
    format: ScoreFormat,
    content: &Content<'_>,
    cluster: Option<&str>,
    log: &mut LogBuilder,
    file: &Path,
) {
    match format {
        ScoreFormat::InspectAi => inspect_ai::read(content, cluster, log),
        ScoreFormat::LmEval => lm_eval::read(content, cluster, log, file),
        ScoreFormat::Promptfoo => promptfoo::read(content, cluster, log),
        ScoreFormat::Deepeval => deepeval::read(content, cluster, log),
        ScoreFormat::Ragas => ragas::read(content, cluster, log),
        ScoreFormat::Helm => helm::read(content, cluster, log),
        ScoreFormat::Table => table::read(content, cluster, log),
    }
}

/// Records that a file does not have the form of its format.
fn refuse_form(log: &mut LogBuilder, what: &str) {
    let diagnostic = Diagnostic::new(format!("this is not {what}"));
    log.diagnostics.push(diagnostic.help("--scores-from names another format"));
}

/// Returns the value of a field that clusters samples, as a text. Records a diagnostic if the field
/// is absent.
fn cluster_of(value: Option<&Json>, field: &str, place: &Place, id: &str, log: &mut LogBuilder) -> Option<String> {
    let value = value.filter(|value| !value.is_null());
    if value.is_none() {
        let message = format!("the sample has no `{field}`, by which samples are clustered");
        log.diagnostics.push(place.diagnostic(message).of_document(id));
    }
    value.map(json::text_of)
}
