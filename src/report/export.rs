//! Results of commands as text, in the same formats for every command.
//!
//! Each command builds one result, which implements [`Exporter`]; the command line picks the method
//! by `--format`. A table for a terminal is drawn by the command line itself, because only the
//! program depends on a library for that.

use serde_json::{Map, Value, json};

use super::json::to_value;
#[cfg(feature = "cli")]
use super::junit;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::run_annotations::run_to_github;
use super::scores_csv::to_csv;
use super::{ExtractorReport, Html, JsonOptions, Markdown, Renderer, Report, ScoresCsv, to_json};
use crate::check::{Finding, Fixed, Severity, to_github as findings_to_github, to_json as findings_to_json};
use crate::error::Diagnostic;

/// A result that can be printed in every format.
pub trait Exporter {
    /// Returns one JSON object with a `schema`, keys in alphabetical order, and a line break.
    fn to_json(&self) -> String;

    /// Returns one CSV table with a header.
    fn to_csv(&self) -> String;

    /// Returns Markdown for a review.
    fn to_markdown(&self) -> String;

    /// Returns one self-contained page for a browser.
    ///
    /// # Errors
    /// Fails, with the reason, if the result has no page.
    fn to_html(&self) -> Result<String, Diagnostic> {
        let diagnostic = Diagnostic::new("this command has no page for --format html");
        Err(diagnostic.help("score, compare and report have; use table, json, csv or md"))
    }

    /// Returns workflow commands of GitHub Actions; `None` if the result has nothing to annotate.
    fn to_github(&self) -> Option<String> {
        None
    }

    /// Returns JUnit XML, as CI servers show it; `None` if the result has no cases.
    #[cfg(feature = "cli")]
    fn to_junit(&self) -> Option<String> {
        None
    }
}

/// The scores of one system, as printed by `karat score`.
#[derive(Debug, Clone, Copy)]
pub struct ScoreExport<'r> {
    /// The report, with one extractor.
    pub report: &'r Report,
    /// The optional parts of the JSON.
    pub options: &'r JsonOptions,
}

impl Exporter for ScoreExport<'_> {
    fn to_json(&self) -> String {
        to_json(&self.report.extractors[0], self.options)
    }

    fn to_csv(&self) -> String {
        ScoresCsv.render(self.report)
    }

    fn to_markdown(&self) -> String {
        Markdown.render(self.report)
    }

    fn to_html(&self) -> Result<String, Diagnostic> {
        Ok(Html.render(self.report))
    }
}

/// The reports of a run, one for each dataset.
impl Exporter for [Report] {
    fn to_json(&self) -> String {
        let scores =
            |extractor: &ExtractorReport| (extractor.name.clone(), to_value(extractor, &JsonOptions::default()));
        let dataset = |report: &Report| {
            let extractors: Map<String, Value> = report.extractors.iter().map(scores).collect();
            (report.dataset.clone(), Value::Object(extractors))
        };
        let datasets: Map<String, Value> = self.iter().map(dataset).collect();
        format!("{:#}\n", json!({"schema": "karat.run_scores/1", "datasets": datasets}))
    }

    fn to_csv(&self) -> String {
        one_table(self.iter().map(|report| ScoresCsv.render(report)))
    }

    fn to_markdown(&self) -> String {
        self.iter().map(|report| Markdown.render(report)).collect::<Vec<_>>().join("\n")
    }

    fn to_html(&self) -> Result<String, Diagnostic> {
        match self {
            [report] => Ok(Html.render(report)),
            several => {
                let names: Vec<String> = several.iter().map(|report| format!("{:?}", report.dataset)).collect();
                let diagnostic =
                    Diagnostic::new(format!("a page shows one dataset, and here are {}", names.join(", ")));
                Err(diagnostic.help("choose one with --dataset; `report.html` of each is also in the run folder"))
            }
        }
    }

    fn to_github(&self) -> Option<String> {
        Some(run_to_github(self))
    }

    #[cfg(feature = "cli")]
    fn to_junit(&self) -> Option<String> {
        Some(junit::run_to_junit(self))
    }
}

/// Joins CSV tables that have the same header.
pub(super) fn one_table(tables: impl Iterator<Item = String>) -> String {
    let without_header = |table: String| table.split_once('\n').unwrap_or_default().1.to_owned();
    tables.enumerate().map(|(at, table)| if at == 0 { table } else { without_header(table) }).collect()
}

/// The findings of `karat check`.
#[derive(Debug, Clone, Copy)]
pub struct CheckExport<'c> {
    /// The findings, in order of documents and files.
    pub findings: &'c [Finding],
    /// The number of documents checked.
    pub documents: usize,
    /// The golden files that were fixed, if fixing was requested.
    pub fixed: Option<&'c [Fixed]>,
    /// The datasets, in the order of their findings. Findings after those of the last one are about
    /// files that `--fix` did not fix.
    pub datasets: &'c [CheckedDataset],
    /// Whether warnings are refused as errors are.
    pub denies_warnings: bool,
}

/// A dataset that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedDataset {
    /// The name of the dataset.
    pub name: String,
    /// The number of its documents.
    pub documents: usize,
    /// The number of its findings.
    pub findings: usize,
}

impl CheckExport<'_> {
    /// Returns the line with the numbers of findings and documents, for tables and annotations.
    pub fn summary(&self) -> String {
        let number = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        let of_level = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        let errors = number(of_level(Severity::Error), "error");
        let warnings = number(of_level(Severity::Warning), "warning");
        format!("{errors}, {warnings} in {}\n", number(self.documents, "document"))
    }

    fn rows(&self) -> impl Iterator<Item = Vec<String>> {
        self.findings.iter().map(|Finding { level, code, diagnostic, .. }| {
            let number = |value: Option<usize>| value.map(|value| value.to_string()).unwrap_or_default();
            vec![
                level.to_string(),
                (*code).to_owned(),
                diagnostic.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default(),
                number(diagnostic.position.map(|position| position.0)),
                number(diagnostic.position.map(|position| position.1)),
                diagnostic.document.clone().unwrap_or_default(),
                diagnostic.message.clone(),
                diagnostic.help.clone().unwrap_or_default(),
            ]
        })
    }
}

const FINDING: [&str; 8] = ["level", "code", "file", "line", "column", "document", "message", "help"];

impl Exporter for CheckExport<'_> {
    fn to_json(&self) -> String {
        findings_to_json(self.findings, self.documents, self.fixed)
    }

    fn to_csv(&self) -> String {
        to_csv(&FINDING, self.rows())
    }

    fn to_markdown(&self) -> String {
        let table = if self.findings.is_empty() {
            "Nothing was found.\n".to_owned()
        } else {
            markdown_table(&FINDING, self.rows())
        };
        format!("# Check of {} documents\n\n{table}", self.documents)
    }

    fn to_github(&self) -> Option<String> {
        Some(findings_to_github(self.findings, self.fixed.unwrap_or_default()) + &self.summary())
    }

    #[cfg(feature = "cli")]
    fn to_junit(&self) -> Option<String> {
        Some(junit::check_to_junit(self))
    }
}

/// Returns a CSV table with a header.
pub fn csv_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    to_csv(header, rows)
}

/// Returns a Markdown table; its cells are escaped.
pub fn markdown_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new(header.iter().map(|name| (*name, Align::Left)));
    rows.for_each(|row| table.row(row.iter().map(|cell| inert::message_cell(cell))));
    table.render()
}
