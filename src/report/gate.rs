//! The verdicts of a gate: JSON (`karat.gate/1`), CSV, Markdown and annotations for GitHub Actions.

use serde_json::json;

use super::markdown::table::{Align, Table, escape};
use super::number::six_places;
use super::scores_csv::to_csv;
use crate::check::github_command;
use crate::gate::{Finding, Outcome, Verdict};

/// `karat.gate/1`, keys in alphabetical order.
pub(super) fn gate_to_json(outcome: &Outcome) -> String {
    let rule = |finding: &Finding| {
        json!({
            "metric": finding.metric,
            "dataset": finding.dataset,
            "extractor": finding.extractor,
            "slice": finding.slice,
            "verdict": finding.verdict.as_str(),
            "delta": finding.delta,
            "low": finding.low,
            "high": finding.high,
            "margin": finding.margin,
            "documents": finding.documents,
            "documents_needed": finding.documents_needed,
            "informational": finding.informational,
            "message": finding.message,
        })
    };
    let rules: Vec<_> = outcome.findings.iter().map(rule).collect();
    let root = json!({"schema": "karat.gate/1", "verdict": outcome.verdict().as_str(), "rules": rules});
    format!("{root:#}\n")
}

/// One row for each rule.
pub(super) fn gate_to_csv(outcome: &Outcome) -> String {
    let header = [
        "dataset",
        "extractor",
        "metric",
        "slice",
        "verdict",
        "informational",
        "delta",
        "low",
        "high",
        "margin",
        "documents",
        "documents_needed",
        "message",
    ];
    let count = |value: Option<usize>| value.map(|value| value.to_string()).unwrap_or_default();
    let row = |finding: &Finding| {
        vec![
            finding.dataset.clone(),
            finding.extractor.clone(),
            finding.metric.clone(),
            finding.slice.clone().unwrap_or_default(),
            finding.verdict.to_string(),
            finding.informational.to_string(),
            six_places(finding.delta),
            six_places(finding.low),
            six_places(finding.high),
            six_places(Some(finding.margin)),
            finding.documents.to_string(),
            count(finding.documents_needed),
            finding.message.clone(),
        ]
    };
    to_csv(&header, outcome.findings.iter().map(row))
}

/// One workflow command for each rule that does not pass: an error, a warning if the verdict is
/// inconclusive, a notice if the rule is informational.
pub(super) fn gate_to_github(outcome: &Outcome) -> String {
    let command = |finding: &Finding| {
        let level = match finding.verdict {
            Verdict::Pass | Verdict::Identical => return None,
            _ if finding.informational => "notice",
            Verdict::Inconclusive => "warning",
            Verdict::Fail => "error",
        };
        let of = [&finding.dataset, &finding.extractor].into_iter().filter(|name| !name.is_empty());
        let of = of.map(String::as_str).collect::<Vec<_>>().join(", ");
        let title = format!("{of}: {} {}", finding.metric, finding.verdict);
        Some(github_command(level, &[("title", title)], &finding.message))
    };
    let commands: String = outcome.findings.iter().filter_map(command).collect();
    format!("{commands}gate: {}\n", outcome.verdict())
}

/// A table for a review.
pub(super) fn gate_to_markdown(outcome: &Outcome) -> String {
    let columns = ["verdict", "dataset", "extractor", "metric", "what changed"].map(|name| (name, Align::Left));
    let mut table = Table::new(columns);
    for finding in &outcome.findings {
        let slice = finding.slice.iter().map(|slice| format!(" {slice}")).collect::<String>();
        let note = if finding.informational { " (informational)" } else { "" };
        table.row([
            format!("{}{note}", finding.verdict),
            escape(&finding.dataset),
            escape(&finding.extractor),
            escape(&format!("{}{slice}", finding.metric)),
            escape(&finding.message),
        ]);
    }
    format!("## Gate: {}\n\n{}", outcome.verdict(), table.render())
}
