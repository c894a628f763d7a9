//! The list of runs with their headline figures.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Exporter;
use super::super::export::markdown_table;
use super::super::number::six_places;
use super::super::scores_csv::to_csv;
use super::{completeness, count, head, value};
use crate::history::{RecordedResult, RecordedRun};

/// Runs with the headline figures of their results, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct HistoryList<'r>(pub &'r [RecordedRun]);

/// A run in a list for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRun {
    /// The id of the run.
    pub id: String,
    /// When the run began, to the minute.
    pub when: String,
    /// The beginning of the commit.
    pub commit: String,
    /// Whether every document of every result was answered.
    pub complete: String,
    /// A line for each result with its headline figures.
    pub figures: Vec<String>,
}

impl HistoryList<'_> {
    /// Returns the runs with their results in lines of their own.
    pub fn runs(&self) -> Vec<ListedRun> {
        self.0.iter().map(listed).collect()
    }

    /// Returns the header and the rows of the table: one row for each result. A cell that repeats
    /// the run above it is empty.
    pub fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let metrics: BTreeSet<&str> = self.results().flat_map(|(_, result)| names(result)).collect();
        let fixed = ["run", "when", "commit", "complete", "dataset", "extractor"].map(str::to_owned);
        let header = fixed.into_iter().chain(metrics.iter().map(ToString::to_string)).collect();
        let mut rows = Vec::new();
        for run in self.0 {
            let about = [run.run.clone(), run.when(), run.short_commit()];
            if run.results.is_empty() {
                rows.push(about.clone().into_iter().chain(["no results".to_owned()]).collect());
            }
            for (at, result) in run.results.iter().enumerate() {
                let about = if at == 0 { about.clone() } else { Default::default() };
                let dataset = run.dataset_with_profile(&result.dataset);
                let cells = [completeness(run, result), dataset, result.extractor.clone()];
                let figure = |metric: &&str| result.figures.iter().find(|figure| figure.metric == **metric);
                let values = metrics.iter().map(|metric| figure(metric).map(value).unwrap_or_default());
                rows.push(about.into_iter().chain(cells).chain(values).collect());
            }
        }
        (header, rows)
    }

    fn results(&self) -> impl Iterator<Item = (&RecordedRun, &RecordedResult)> {
        self.0.iter().flat_map(|run| run.results.iter().map(move |result| (run, result)))
    }
}

fn listed(run: &RecordedRun) -> ListedRun {
    let states: BTreeSet<String> = run.results.iter().map(|result| completeness(run, result)).collect();
    // A state that all results share is not repeated in each line.
    let complete = match states.first() {
        Some(shared) if states.len() == 1 => shared.clone(),
        None => run.gap.as_ref().map_or_else(|| "no results".to_owned(), |gap| format!("no: {gap}")),
        Some(_) if states.iter().any(|state| state.starts_with("no")) => "no".to_owned(),
        Some(_) => "unknown".to_owned(),
    };
    let line = |result: &RecordedResult| {
        let values = result.figures.iter().map(|figure| format!("{} {}", figure.name(), value(figure)));
        let of = format!("{}, {}", run.dataset_with_profile(&result.dataset), result.extractor);
        let state = match completeness(run, result) {
            state if states.len() > 1 && state != "yes" => format!(" (complete: {state})"),
            _ => String::new(),
        };
        format!("{of}: {}{state}", values.collect::<Vec<_>>().join(", "))
    };
    ListedRun {
        id: run.run.clone(),
        when: run.when(),
        commit: run.short_commit(),
        complete,
        figures: run.results.iter().map(line).collect(),
    }
}

fn names(result: &RecordedResult) -> impl Iterator<Item = &str> {
    result.figures.iter().map(|figure| figure.metric.as_str())
}

impl Exporter for HistoryList<'_> {
    fn to_json(&self) -> String {
        let result = |result: &RecordedResult| {
            let figures = result.figures.iter().map(|figure| (figure.metric.clone(), json!(figure.value)));
            json!({
                "dataset": result.dataset,
                "extractor": result.extractor,
                "statuses": result.statuses,
                "headlines": figures.collect::<serde_json::Map<_, _>>(),
            })
        };
        let run = |run: &RecordedRun| {
            let mut value = head(run);
            value["results"] = run.results.iter().map(result).collect::<Vec<Value>>().into();
            value
        };
        let runs: Vec<Value> = self.0.iter().map(run).collect();
        format!("{:#}\n", json!({"schema": "karat.history_list/1", "runs": runs}))
    }

    fn to_csv(&self) -> String {
        const HEADER: [&str; 16] = [
            "run",
            "source",
            "started",
            "commit",
            "branch",
            "dirty",
            "profile",
            "gap",
            "dataset",
            "extractor",
            "documents",
            "ok",
            "metric",
            "value",
            "low",
            "high",
        ];
        let rows = self.results().flat_map(|(run, result)| {
            result.figures.iter().map(|figure| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                vec![
                    run.run.clone(),
                    run.source.to_string(),
                    run.started.clone(),
                    text(&run.commit),
                    text(&run.branch),
                    run.dirty.map(|dirty| dirty.to_string()).unwrap_or_default(),
                    text(&run.profile),
                    text(&run.gap),
                    result.dataset.clone(),
                    result.extractor.clone(),
                    count(result.statuses.map(|statuses| statuses.documents)),
                    count(result.statuses.map(|statuses| statuses.ok)),
                    figure.metric.clone(),
                    six_places(figure.value),
                    six_places(figure.low),
                    six_places(figure.high),
                ]
            })
        });
        to_csv(&HEADER, rows)
    }

    fn to_markdown(&self) -> String {
        let (header, rows) = self.table();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let width = header.len();
        let padded = rows.into_iter().map(|mut row| {
            row.resize(width, String::new());
            row
        });
        format!("# History\n\n{}", markdown_table(&header, padded))
    }
}
