//! A gate's verdicts: JSON (`karat.gate/1`) and Markdown.

use serde_json::json;

use super::markdown::table::{Align, Table, escape};
use crate::gate::{Finding, Outcome};

/// `karat.gate/1`, keys in alphabetical order.
pub fn gate_to_json(outcome: &Outcome) -> String {
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

/// A table for a review.
pub fn gate_to_markdown(outcome: &Outcome) -> String {
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
