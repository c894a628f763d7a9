//! The overview: what the first page shows.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::super::comparison::metric;
use super::super::json::{JsonOptions, figure_json, to_value};
use super::super::{AgainstBaseline, ExtractorReport, Report};
use super::page::Kind;
use crate::compare::Compared;
use crate::document::Layer;
use crate::gate::{GateFinding, GateVerdict, OnInconclusive};
use crate::metric::{Class, MetricName};
use crate::score::{Status, headline_figure};
use crate::text::alike;

/// Returns the overview of a report with these documents in these chunks.
pub(super) fn overview(report: &Report, kind: Kind, ids: &[&str], chunks: &[Range<usize>]) -> Value {
    let extractors = 0..report.extractors.len();
    let per_extractor = extractors.clone().flat_map(|at| [format!("scores-{at}"), format!("errors-{at}")]);
    let per_chunk = (0..chunks.len()).flat_map(|chunk| {
        let answers = extractors.clone().map(move |at| format!("a{at}-{chunk}"));
        [format!("d{chunk}")].into_iter().chain(answers)
    });
    let fixed = ["index", "slices", "definitions"].map(str::to_owned).into_iter();
    let comparison = (kind == Kind::Comparison).then(|| "comparison".to_owned());
    let blocks: Vec<String> = fixed.chain(comparison).chain(per_extractor).chain(per_chunk).collect();
    let unlisted = ids.is_empty().then_some(
        "The documents were streamed and are not in this file; documents.csv and alignment.csv list them and their items.",
    );
    json!({
        "schema": "karat.view/1",
        "kind": if kind == Kind::Comparison { "comparison" } else { "report" },
        "program": concat!("karat ", env!("CARGO_PKG_VERSION")),
        "dataset": report.dataset,
        "title": report.info.name,
        "description": description(report),
        "licence": report.info.licence,
        "source": report.info.source,
        "confidential": report.is_confidential,
        "size": report.size(),
        "unlisted": unlisted.filter(|_| report.size() > 0),
        "passes": [report.passes.0, report.passes.1],
        "labelChanges": report.label_changes(),
        "layers": report.layers().into_iter().map(|layer| layer_json(report, layer)).collect::<Vec<_>>(),
        "extractors": report.extractors.iter().map(|extractor| extractor_json(report, extractor)).collect::<Vec<_>>(),
        "classes": Class::ALL.map(Class::as_str),
        "blocks": blocks,
    })
}

/// Returns what introduces the dataset, after what a sample of it says about itself.
fn description(report: &Report) -> Option<String> {
    let parts: Vec<&str> = report.sample.iter().chain(&report.info.description).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// Returns the name of the headline figure of a layer, which is the same for all extractors.
fn headline_of<'r>(report: &'r Report, layer: &Layer) -> Option<&'r MetricName> {
    let scores = report.on_layer(layer);
    scores.into_iter().find_map(|(_, scores)| headline_figure(scores)).map(|figure| &figure.name)
}

fn layer_json(report: &Report, layer: &Layer) -> Value {
    let headline = headline_of(report, layer);
    json!({
        "name": layer.to_string(),
        "headline": headline.map(ToString::to_string),
        "bound": headline.and_then(|name| report.bound(name)),
    })
}

fn extractor_json(report: &Report, extractor: &ExtractorReport) -> Value {
    let statuses = Status::IN_FILES.into_iter().chain([Status::Extra]);
    let statuses = statuses.map(|status| (status.as_str().to_owned(), json!(extractor.count(status))));
    let ends = extractor.ends.iter().filter(|(_, (status, _))| !matches!(status, Status::Ok | Status::Extra));
    let failures = alike(ends.map(|(id, end)| (id.clone(), end.clone()))).into_iter().map(|((status, message), of)| {
        json!({"status": status.as_str(), "message": message.unwrap_or_default(), "documents": of})
    });
    let headlines = extractor.scores.layers.iter().filter_map(|layer| {
        let figure = headline_figure(layer)?;
        Some((layer.layer.to_string(), figure_json(figure)))
    });
    let warnings: Vec<&String> = extractor.scores.layers.iter().flat_map(|layer| &layer.warnings).collect();
    json!({
        "name": extractor.name,
        "asked": extractor.asked(),
        "statuses": statuses.collect::<Map<_, _>>(),
        "verdict": extractor.verdict,
        "baseline": extractor.baseline.as_ref().map(|baseline| baseline_json(report, baseline)),
        "notCompared": not_compared(report, extractor),
        "failures": failures.collect::<Vec<_>>(),
        "emptySummaries": extractor.empty_summaries,
        "repeats": extractor.repeats,
        "headlines": headlines.collect::<Map<_, _>>(),
        "warnings": warnings,
    })
}

/// Returns an extractor against its baseline: the headline figures by layer, and the findings.
fn baseline_json(report: &Report, baseline: &AgainstBaseline) -> Value {
    let decides = |name: &str| {
        let mut findings = baseline.findings.iter().filter(|finding| finding.test.is_some());
        findings.any(|finding| finding.metric == name && !finding.informational)
    };
    // A layer whose headline metric was not counted has another figure there.
    let is_headline = |figure: &&Compared| headline_of(report, &figure.name.layer) == Some(&figure.name);
    let figures = baseline.headlines.iter().filter(is_headline).map(|figure| {
        let mut value = metric(figure);
        value["decides"] = json!(decides(&figure.name.to_string()));
        (figure.name.layer.to_string(), value)
    });
    json!({
        "figures": figures.collect::<Map<_, _>>(),
        "findings": baseline.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "leftOut": baseline.left_out,
    })
}

fn finding_json(finding: &GateFinding) -> Value {
    let is_refused = finding.verdict == GateVerdict::Inconclusive && finding.on_inconclusive == OnInconclusive::Fail;
    json!({
        "metric": finding.metric,
        "slice": finding.slice,
        "verdict": finding.verdict.as_str(),
        "fails": finding.verdict == GateVerdict::Fail || is_refused,
        "informational": finding.informational,
        "delta": finding.delta.filter(|_| finding.test.is_some()),
        "message": finding.message,
    })
}

/// Returns why an extractor, or a layer of it, is not compared with a baseline.
fn not_compared(report: &Report, extractor: &ExtractorReport) -> &'static str {
    let is_large = report.size() > AgainstBaseline::MOST_DOCUMENTS;
    match (&extractor.baseline, extractor.verdict.as_deref()) {
        (None, None) if report.unlisted > 0 => "documents that are streamed are not compared with a baseline",
        (None, None) => "there is no accepted baseline to compare with",
        (Some(_), _) | (None, Some("not gated")) if is_large => {
            "with so many documents, only the figures that a gate rule names are compared; `karat compare baseline RUN` compares all"
        }
        (Some(_), _) => "the baseline has no such figure",
        (None, Some(_)) => "the accepted baseline cannot be compared with this run: `karat gate` says why",
    }
}

/// Returns `karat.scores/1` of an extractor, without its documents.
pub(super) fn scores(extractor: &ExtractorReport) -> Value {
    let mut value = to_value(extractor, &JsonOptions { per_document: false, curves: true });
    if let Some(root) = value.as_object_mut() {
        root.remove("documents");
    }
    value
}
