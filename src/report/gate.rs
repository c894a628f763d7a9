//! The verdicts of a gate: JSON (`karat.gate/1`), CSV, Markdown, annotations for GitHub Actions and
//! JUnit XML.

use serde_json::json;

use super::Exporter;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::number::six_places;
use super::scores_csv::to_csv;
use crate::check::github_command;
use crate::gate::{
    GateBasis, GateFinding, GateOutcome, GateTest, GateVerdict, MovedBaseline, OnInconclusive, SequenceBounds,
};

fn moved_json(moved: &MovedBaseline) -> serde_json::Value {
    json!({
        "dataset": moved.dataset,
        "extractor": moved.extractor,
        "how": moved.how.as_str(),
        "figures": moved.figures,
    })
}

impl Exporter for GateOutcome {
    /// Returns `karat.gate/1`, with keys in alphabetical order.
    fn to_json(&self) -> String {
        let rule = |finding: &GateFinding| {
            let mut rule = json!({
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
                "test": finding.test.map(GateTest::as_str),
                "informational": finding.informational,
                "message": finding.message,
            });
            if let Some(SequenceBounds { clusters, of, alpha_pass, alpha_fail, rho }) = finding.sequence {
                rule["sequence"] = json!({
                    "clusters": clusters,
                    "of": of,
                    "alpha_pass": alpha_pass,
                    "alpha_fail": alpha_fail,
                    "rho": rho,
                });
            }
            rule
        };
        let rules: Vec<_> = self.findings.iter().map(rule).collect();
        let mut root = json!({"schema": "karat.gate/1", "verdict": self.verdict().as_str(), "rules": rules});
        if let Some(GateBasis { run, base, moved, sample }) = &self.basis {
            let moved: Vec<_> = moved.iter().map(moved_json).collect();
            root["judged"] = json!({"run": run, "base": base, "moved_baselines": moved});
            if let Some(sample) = sample {
                root["judged"]["sample"] = json!(sample);
            }
        }
        format!("{root:#}\n")
    }

    /// Returns CSV with one row for each rule.
    fn to_csv(&self) -> String {
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
        let row = |finding: &GateFinding| {
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
        to_csv(&header, self.findings.iter().map(row))
    }

    /// Returns a Markdown table for a review.
    fn to_markdown(&self) -> String {
        let columns = ["verdict", "dataset", "extractor", "metric", "what changed"].map(|name| (name, Align::Left));
        let mut table = Table::new(columns);
        for finding in &self.findings {
            let slice = finding.slice.iter().map(|slice| format!(" {}", inert::name(slice))).collect::<String>();
            let note = if finding.informational { " (informational)" } else { "" };
            table.row([
                format!("{}{note}", finding.verdict),
                inert::name(&finding.dataset),
                inert::name(&finding.extractor),
                format!("{}{slice}", inert::name(&finding.metric)),
                inert::message_cell(&finding.message),
            ]);
        }
        let basis = self.basis.iter().map(|basis| {
            let moved = basis.moved.iter().map(|moved| match moved.is_moved() {
                true => format!("- **Warning: {}**\n", inert::escape(&moved.message())),
                false => format!("- Note: {}\n", inert::escape(&moved.message())),
            });
            let moved: String = moved.collect();
            let gap = if moved.is_empty() { "" } else { "\n" };
            format!("Judged: {}, against {}.\n\n{moved}{gap}", inert::escape(&basis.run), inert::escape(&basis.base))
        });
        format!("## Gate: {}\n\n{}{}", self.verdict(), basis.collect::<String>(), table.render())
    }

    /// Returns one workflow command for each rule that does not pass: an error, or what the
    /// rule makes of an inconclusive verdict; a notice if the rule is informational.
    fn to_github(&self) -> Option<String> {
        let command = |finding: &GateFinding| {
            let level = match finding.verdict {
                GateVerdict::Pass | GateVerdict::Identical => return None,
                _ if finding.informational => "notice",
                GateVerdict::Fail => "error",
                GateVerdict::Inconclusive => match finding.on_inconclusive {
                    OnInconclusive::Fail => "error",
                    OnInconclusive::Warn | OnInconclusive::Neutral => "warning",
                },
            };
            let of = [&finding.dataset, &finding.extractor].into_iter().filter(|name| !name.is_empty());
            let of = of.map(String::as_str).collect::<Vec<_>>().join(", ");
            let title = format!("{of}: {} {}", finding.metric, finding.verdict);
            Some(github_command(level, &[("title", title)], &finding.message))
        };
        let moved = self.basis.iter().flat_map(|basis| &basis.moved).map(|moved| {
            let level = if moved.is_moved() { "warning" } else { "notice" };
            let title = format!("{}, {}: baseline {}", moved.dataset, moved.extractor, moved.how.as_str());
            github_command(level, &[("title", title)], &moved.message())
        });
        let commands: String = moved.chain(self.findings.iter().filter_map(command)).collect();
        Some(format!("{commands}gate: {}\n", self.verdict()))
    }

    /// Returns JUnit XML with a case for each rule.
    #[cfg(feature = "cli")]
    fn to_junit(&self) -> Option<String> {
        Some(super::junit::gate_to_junit(self))
    }
}
