//! Several systems that are scored against the same golden files, as `karat score` prints them.

use serde_json::{Map, Value, json};

use super::export::Exporter;
use super::json::to_value;
use super::latex;
use super::{
    ComparisonReport, ExtractorReport, Html, JsonOptions, Markdown, Renderer, Report, ScoresCsv, comparison_to_html,
};
use crate::error::Diagnostic;

/// The scores of several systems, and the comparisons of one of them with the others.
#[derive(Debug, Clone, Copy)]
pub struct SystemsExport<'r> {
    /// The report, with one extractor for each system.
    pub report: &'r Report,
    /// The name of the system with which the others are compared.
    pub baseline: Option<&'r str>,
    /// The comparisons with the baseline.
    pub comparisons: &'r [ComparisonReport],
    /// The optional parts of the JSON.
    pub options: &'r JsonOptions,
}

impl Exporter for SystemsExport<'_> {
    fn to_json(&self) -> String {
        let scores = |extractor: &ExtractorReport| (extractor.name.clone(), to_value(extractor, self.options));
        let systems: Map<String, Value> = self.report.extractors.iter().map(scores).collect();
        let mut root = json!({"schema": "karat.systems/1", "dataset": self.report.dataset, "systems": systems});
        if let Some(baseline) = self.baseline {
            root["baseline"] = json!(baseline);
            root["comparisons"] = self.comparisons.iter().map(ComparisonReport::to_value).collect();
        }
        format!("{root:#}\n")
    }

    fn to_csv(&self) -> String {
        ScoresCsv.render(self.report)
    }

    fn to_markdown(&self) -> String {
        let comparisons = self.comparisons.iter().map(ComparisonReport::to_markdown);
        [Markdown.render(self.report)].into_iter().chain(comparisons).collect::<Vec<_>>().join("\n")
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::systems(self.report, self.baseline, self.comparisons))
    }

    fn to_html(&self) -> Result<String, Diagnostic> {
        match self.comparisons {
            [one] if self.report.extractors.len() == 2 => Ok(comparison_to_html(self.report, one)),
            _ => Ok(Html.render(self.report)),
        }
    }
}
