//! Results of commands as text, in the same formats for every command.
//!
//! Each command builds one result, which implements [`Exporter`]; the command line picks the method
//! by `--format`. A table for a terminal is drawn by the command line itself, because only the
//! program depends on a library for that.

use serde_json::{Map, Value, json};

use super::gate::{gate_to_csv, gate_to_github, gate_to_json, gate_to_markdown};
use super::markdown::table::{Align, Table, escape};
use super::scores_csv::to_csv;
use super::{
    AaReport, Agreement, ComparisonReport, ExtractorReport, JsonOptions, Markdown, MetaReport, NOISE, PowerReport,
};
use super::{Renderer, Report, ScoresCsv, to_json};
use crate::check::{Finding, Fixed, to_github as findings_to_github, to_json as findings_to_json};
use crate::compare::{Point, PowerCurve};
use crate::gate::Outcome;

/// A result that can be printed in every format.
pub trait Exporter {
    /// Returns one JSON object with a `schema`, keys in alphabetical order, and a line break.
    fn to_json(&self) -> String;

    /// Returns one CSV table with a header.
    fn to_csv(&self) -> String;

    /// Returns Markdown for a review.
    fn to_markdown(&self) -> String;

    /// Returns workflow commands of GitHub Actions; `None` if the result has nothing to annotate.
    fn to_github(&self) -> Option<String> {
        None
    }
}

/// The scores of one system.
#[derive(Debug, Clone, Copy)]
pub struct ScoreExport<'r> {
    /// The report, with one extractor.
    pub report: &'r Report,
    /// What the JSON contains beside the figures.
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
}

/// The reports of a run, a dataset each.
impl Exporter for [Report] {
    fn to_json(&self) -> String {
        let scores = |extractor: &ExtractorReport| {
            let scores = to_json(extractor, &JsonOptions::default());
            (extractor.name.clone(), serde_json::from_str::<Value>(&scores).unwrap_or_default())
        };
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
}

/// Joins CSV tables that have the same header.
fn one_table(tables: impl Iterator<Item = String>) -> String {
    let without_header = |table: String| table.split_once('\n').unwrap_or_default().1.to_owned();
    tables.enumerate().map(|(at, table)| if at == 0 { table } else { without_header(table) }).collect()
}

/// The findings of `karat check`.
#[derive(Debug, Clone, Copy)]
pub struct CheckExport<'c> {
    /// The findings, in order of documents and files.
    pub findings: &'c [Finding],
    /// How many documents were checked.
    pub documents: usize,
    /// The golden files that were fixed, if fixing was requested.
    pub fixed: Option<&'c [Fixed]>,
}

impl CheckExport<'_> {
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
        Some(findings_to_github(self.findings, self.fixed.unwrap_or_default()))
    }
}

impl Exporter for [ComparisonReport] {
    fn to_json(&self) -> String {
        let value = match self {
            [one] => one.to_value(),
            many => {
                let all: Vec<_> = many.iter().map(ComparisonReport::to_value).collect();
                json!({"schema": "karat.comparison/1", "comparisons": all})
            }
        };
        format!("{value:#}\n")
    }

    fn to_csv(&self) -> String {
        one_table(self.iter().map(ComparisonReport::to_csv))
    }

    fn to_markdown(&self) -> String {
        self.iter().map(ComparisonReport::to_markdown).collect::<Vec<_>>().join("\n")
    }
}

impl Exporter for Outcome {
    fn to_json(&self) -> String {
        gate_to_json(self)
    }

    fn to_csv(&self) -> String {
        gate_to_csv(self)
    }

    fn to_markdown(&self) -> String {
        gate_to_markdown(self)
    }

    fn to_github(&self) -> Option<String> {
        Some(gate_to_github(self))
    }
}

impl Exporter for Agreement {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn to_csv(&self) -> String {
        Self::to_csv(self)
    }

    fn to_markdown(&self) -> String {
        Self::to_markdown(self)
    }
}

impl Exporter for MetaReport {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn to_csv(&self) -> String {
        Self::to_csv(self)
    }

    fn to_markdown(&self) -> String {
        Self::to_markdown(self)
    }
}

impl Exporter for [PowerReport] {
    fn to_json(&self) -> String {
        let of: Vec<_> = self.iter().map(PowerReport::to_value).collect();
        format!("{:#}\n", json!({"schema": "karat.power/1", "alpha": 0.05, "power": 0.8, "of": of}))
    }

    fn to_csv(&self) -> String {
        let header = ["dataset", "extractor", "metric", "documents", "detectable", "effect", "power"];
        let rows = self.iter().flat_map(|report| report.curves.iter().flat_map(|curve| curve_rows(report, curve)));
        to_csv(&header, rows)
    }

    fn to_markdown(&self) -> String {
        let mut page = "# Power\n".to_owned();
        for (report, curve) in self.iter().flat_map(|report| report.curves.iter().map(move |curve| (report, curve))) {
            let (header, rows) = PowerReport::table(curve);
            let mut table = Table::new(header.into_iter().map(|name| (name, Align::Right)));
            // The row of the documents that there are is marked by a star, which Markdown reads.
            rows.into_iter().for_each(|row| table.row(row.iter().map(|cell| escape(cell))));
            let sentences = report.sentences(curve);
            let sentences: Vec<String> = sentences.lines().map(|line| format!("{}.", escape(line))).collect();
            page.push_str(&format!("\n{}\n\n{}", sentences.join("\n"), table.render()));
        }
        page
    }
}

/// A row for every number of documents and every effect of a curve.
fn curve_rows(report: &PowerReport, curve: &PowerCurve) -> Vec<Vec<String>> {
    let row = |documents: usize, detectable: f64, effect: String, power: String| {
        vec![
            report.dataset.clone(),
            report.extractor.clone(),
            curve.name.to_string(),
            documents.to_string(),
            format!("{detectable:.6}"),
            effect,
            power,
        ]
    };
    let of_point = |point: &Point| {
        let effects = curve.effects.iter().zip(&point.powers);
        let rows: Vec<_> = effects
            .map(|(effect, power)| {
                row(point.clusters, point.detectable, effect.effect.to_string(), format!("{power:.6}"))
            })
            .collect();
        if rows.is_empty() { vec![row(point.clusters, point.detectable, String::new(), String::new())] } else { rows }
    };
    curve.curve.iter().flat_map(of_point).collect()
}

impl Exporter for [AaReport] {
    fn to_json(&self) -> String {
        let of: Vec<_> = self.iter().map(AaReport::to_value).collect();
        format!("{:#}\n", json!({"schema": "karat.aa/1", "of": of}))
    }

    fn to_csv(&self) -> String {
        to_csv(&NOISE, self.iter().flat_map(AaReport::rows).map(Vec::from))
    }

    fn to_markdown(&self) -> String {
        let mut table = Table::new(NOISE.iter().enumerate().map(|(column, name)| {
            let align = if column < 3 { Align::Left } else { Align::Right };
            (*name, align)
        }));
        self.iter().flat_map(AaReport::rows).for_each(|row| table.row(row.iter().map(|cell| escape(cell))));
        format!("# Repeats against themselves\n\n{}", table.render())
    }
}

/// Returns a CSV table with a header.
pub fn csv_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    to_csv(header, rows)
}

/// Returns a Markdown table; its cells are escaped.
pub fn markdown_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new(header.iter().map(|name| (*name, Align::Left)));
    rows.for_each(|row| table.row(row.iter().map(|cell| escape(cell))));
    table.render()
}
