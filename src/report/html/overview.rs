//! The overview: what the first page shows.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::super::json::{JsonOptions, figure_json, to_value};
use super::super::{ExtractorReport, Report};
use super::page::Kind;
use crate::document::Layer;
use crate::metric::Class;
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
        "description": report.info.description,
        "licence": report.info.licence,
        "source": report.info.source,
        "confidential": report.is_confidential,
        "size": report.size(),
        "unlisted": unlisted.filter(|_| report.size() > 0),
        "passes": [report.passes.0, report.passes.1],
        "layers": report.layers().into_iter().map(|layer| layer_json(report, layer)).collect::<Vec<_>>(),
        "extractors": report.extractors.iter().map(extractor_json).collect::<Vec<_>>(),
        "classes": Class::ALL.map(Class::as_str),
        "blocks": blocks,
    })
}

fn layer_json(report: &Report, layer: &Layer) -> Value {
    let scores = report.on_layer(layer);
    let headline = scores.iter().find_map(|(_, scores)| headline_figure(scores)).map(|figure| &figure.name);
    json!({
        "name": layer.to_string(),
        "headline": headline.map(ToString::to_string),
        "bound": headline.and_then(|name| report.bound(name)),
    })
}

fn extractor_json(extractor: &ExtractorReport) -> Value {
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
        "failures": failures.collect::<Vec<_>>(),
        "emptySummaries": extractor.empty_summaries,
        "repeats": extractor.repeats,
        "headlines": headlines.collect::<Map<_, _>>(),
        "warnings": warnings,
    })
}

/// Returns `karat.scores/1` of an extractor, without its documents.
pub(super) fn scores(extractor: &ExtractorReport) -> Value {
    let mut value = to_value(extractor, &JsonOptions { per_document: false, curves: true });
    if let Some(root) = value.as_object_mut() {
        root.remove("documents");
    }
    value
}
