//! The index: what lists and charts show of every document.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::super::json::figure_json;
use super::super::{ExtractorReport, Report};
use super::items::Items;
use crate::compare::SliceScore;
use crate::metric::Class;
use crate::score::{LayerScores, Status};

/// Returns the ids of the documents on the page, ascending; none if the documents were streamed.
pub(super) fn ids(report: &Report) -> Vec<&str> {
    if report.unlisted > 0 {
        return Vec::new();
    }
    let answered = report.extractors.iter().flat_map(|extractor| extractor.ends.keys());
    let ids: BTreeSet<&str> = report.documents.iter().chain(answered).map(String::as_str).collect();
    ids.into_iter().collect()
}

/// Returns the index of these documents, in these chunks.
pub(super) fn index(report: &Report, ids: &[&str], chunks: &[Range<usize>], items: &[Items]) -> Value {
    let empty = BTreeMap::new();
    let meta = |id: &&str| json!(report.gold.get(*id).map_or(&empty, |gold| &gold.meta));
    let file = |id: &&str| report.gold.get(*id)?.places.as_ref().map(|places| places.file.as_str());
    let is_wrong = |item: &super::items::ItemRow| Class::ALL[item.1] != Class::Correct;
    let errors = |of: &Items| {
        let count = |id: &&str| of.items.get(*id).map_or(0, |items| items.iter().filter(|item| is_wrong(item)).count());
        ids.iter().map(count).collect::<Vec<_>>()
    };
    let statuses = |extractor: &ExtractorReport| {
        let status = |id: &&str| extractor.ends.get(*id).map(|(status, _)| *status);
        let shown = |id: &&str| status(id).filter(|status| *status != Status::Ok).map(Status::as_str);
        ids.iter().map(shown).collect::<Vec<_>>()
    };
    json!({
        "ids": ids,
        "starts": chunks.iter().map(|chunk| chunk.start).collect::<Vec<_>>(),
        "meta": ids.iter().map(meta).collect::<Vec<_>>(),
        "files": ids.iter().map(file).collect::<Vec<_>>(),
        "errors": items.iter().map(errors).collect::<Vec<_>>(),
        "statuses": report.extractors.iter().map(statuses).collect::<Vec<_>>(),
        "values": report.extractors.iter().map(|extractor| values(extractor, ids)).collect::<Vec<_>>(),
    })
}

/// Returns the headline figure of every document, by layer.
fn values(extractor: &ExtractorReport, ids: &[&str]) -> Value {
    let of_layer = |layer: &LayerScores| {
        let at = layer.document_metrics.iter().position(|name| Some(name) == layer.headline.as_ref())?;
        let value = |id: &&str| layer.documents.get(*id)?.values.get(at).copied().flatten().map(six_places);
        Some((layer.layer.to_string(), json!(ids.iter().map(value).collect::<Vec<_>>())))
    };
    Value::Object(extractor.scores.layers.iter().filter_map(of_layer).collect::<Map<_, _>>())
}

/// Rounds to the six places that the tables have.
pub(super) fn six_places(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Returns the headline figures by slice of the documents.
pub(super) fn slices(report: &Report) -> Value {
    let of = |extractor: &ExtractorReport| {
        let slice = |one: &SliceScore| {
            let mut value = figure_json(&one.figure);
            value["slice"] = json!(one.slice);
            value["metric"] = json!(one.figure.name.to_string());
            value["extractor"] = json!(extractor.name);
            value
        };
        extractor.slices.iter().map(slice).collect::<Vec<_>>()
    };
    report.extractors.iter().flat_map(of).collect()
}
