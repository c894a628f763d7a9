//! `karat.scores/1`: the machine-readable scores of one system.

use serde_json::{Map, Value, json};

use super::ExtractorReport;
use super::curves::curves;
use super::verdicts::{agreement_json, corrected_json, verdicts_json};
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::{Counts, Detail};
use crate::score::{Figure, ItemCounts, LabelPair, Status};

/// The optional parts of the JSON.
#[derive(Debug, Clone, Default)]
pub struct JsonOptions {
    /// Whether to include the figures of each document.
    pub per_document: bool,
    /// Whether to include the curves of confidence: precision and recall, reliability, risk and
    /// coverage.
    pub curves: bool,
}

/// Returns the scores of one extractor as pretty-printed JSON, with keys in alphabetical order.
///
/// Every figure is present; an undefined one is `null`. `n` is the number of gold items, and
/// `documents` the number of documents scored; if some documents have no answer, `answered`
/// contains the figure over those that have one. `confusion` counts the pairs of labels, and
/// `errors` the kinds of error, both of entities. `repeats` is present if documents were requested
/// several times: figures are then means over the repeats, and counts are sums.
pub fn to_json(report: &ExtractorReport, options: &JsonOptions) -> String {
    format!("{:#}\n", to_value(report, options))
}

/// Returns the object of `karat.scores/1` that [`to_json`] prints.
pub(super) fn to_value(report: &ExtractorReport, options: &JsonOptions) -> Value {
    let figures = report.scores.figures().map(|figure| (figure.name.to_string(), figure_json(figure)));
    let mut root = Map::new();
    root.insert("schema".to_owned(), json!("karat.scores/1"));
    root.insert("metrics".to_owned(), Value::Object(figures.collect()));
    let ends = report.ends.iter().map(|(id, (status, message))| {
        let mut entry = Map::new();
        entry.insert("status".to_owned(), json!(status.as_str()));
        if report.empty_summaries.contains(id) {
            entry.insert("empty".to_owned(), json!(true));
        }
        if let Some(message) = message {
            entry.insert("message".to_owned(), json!(message));
        }
        if options.per_document {
            let figures = report.scores.layers.iter().filter_map(|layer| Some((layer, layer.documents.get(id)?)));
            let figures = figures.flat_map(|(layer, document)| layer.in_document(document));
            let metrics = figures.map(|(name, value)| (name.to_string(), json!({"value": value})));
            entry.insert("metrics".to_owned(), Value::Object(metrics.collect()));
            if let Some(verdicts) = verdicts_json(report, id) {
                entry.insert("key_points".to_owned(), verdicts);
            }
            let layers = report.scores.layers.iter().filter_map(|layer| layer.documents.get(id));
            let facts: Vec<Value> = layers.flat_map(|document| &document.facts).map(fact_json).collect();
            if !facts.is_empty() {
                entry.insert("facts".to_owned(), Value::Array(facts));
            }
        }
        (id.clone(), Value::Object(entry))
    });
    let shown =
        ends.filter(|(_, entry)| options.per_document || entry["status"] != "ok" || entry.get("empty").is_some());
    root.insert("documents".to_owned(), Value::Object(shown.collect()));
    if let Some(agreement) = &report.agreement {
        root.insert("agreement".to_owned(), agreement_json(agreement));
    }
    if let Some(correction) = &report.correction {
        let kappa = report.agreement.as_ref().and_then(|agreement| agreement.kappa);
        root.insert("corrected".to_owned(), corrected_json(correction, kappa));
    }
    let has_summaries = report.scores.layers.iter().any(|scores| scores.layer == Layer::Summaries);
    if has_summaries || !report.without_layers.is_empty() {
        root.insert("answers".to_owned(), answers(report));
    }
    if report.repeats > 1 {
        let within = report.within.iter().map(|(name, share)| (name.to_string(), json!(share)));
        let within = Value::Object(within.collect());
        root.insert("repeats".to_owned(), json!({"count": report.repeats, "variance_within_documents": within}));
    }
    if options.curves {
        root.insert("curves".to_owned(), curves(report));
    }
    root.insert("confusion".to_owned(), of_spans(report, confusion_json));
    root.insert("errors".to_owned(), of_spans(report, errors_json));
    let warnings: Vec<&String> = report.scores.layers.iter().flat_map(|layer| &layer.warnings).collect();
    if !warnings.is_empty() {
        root.insert("warnings".to_owned(), json!(warnings));
    }
    Value::Object(root)
}

/// Returns the number of documents by status. Empty summaries are answers, but are counted
/// separately.
fn answers(report: &ExtractorReport) -> Value {
    let ends = Status::IN_FILES.into_iter().chain([Status::Extra]).map(|status| {
        let empty = if status == Status::Ok { report.empty_summaries.len() } else { 0 };
        (status.as_str().to_owned(), json!(report.count(status) - empty))
    });
    let empty = ("empty".to_owned(), json!(report.empty_summaries.len()));
    // They are among the answered ones, and rare enough to be left out where there are none.
    let without_layers = Some(report.without_layers.len()).filter(|count| *count > 0);
    let without_layers = without_layers.map(|count| ("without_layers".to_owned(), json!(count)));
    Value::Object(ends.chain([empty]).chain(without_layers).collect())
}

/// Returns a fact with its offsets in the summary, and in the source text if it occurs there.
fn fact_json(fact: &Fact) -> Value {
    let source = fact.source.map(|(start, end)| json!({"start": start, "end": end}));
    json!({
        "kind": fact.kind.as_str(),
        "text": fact.text,
        "start": fact.start,
        "end": fact.end,
        "value": fact.value,
        "invented": fact.invented,
        "source": source,
    })
}

/// Returns an object with the counts of entities under the name of their layer; empty if there are
/// no items to count.
fn of_spans(report: &ExtractorReport, count: fn(&ItemCounts) -> Value) -> Value {
    let layers = report.scores.layers.iter().filter(|scores| scores.layer == Layer::Entities);
    let counted = layers.filter(|scores| scores.items.all() > 0);
    Value::Object(counted.map(|scores| (scores.layer.to_string(), count(&scores.items))).collect())
}

/// Returns the confusion of labels. A missed item has no predicted label, a spurious item no gold
/// label.
fn confusion_json(items: &ItemCounts) -> Value {
    let cell = |((gold, predicted), count): (&LabelPair, &u64)| json!({"gold": gold.as_deref(), "predicted": predicted.as_deref(), "count": count});
    items.confusion().iter().map(cell).collect()
}

/// Returns the count of every kind of error, including those that do not occur.
fn errors_json(items: &ItemCounts) -> Value {
    let entry = |detail: Detail| (detail.to_string(), json!(items.of_detail(detail)));
    Value::Object(Detail::ALL.into_iter().map(entry).collect())
}

pub(super) fn figure_json(figure: &Figure) -> Value {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    put("value", json!(figure.value));
    put("low", json!(figure.interval.map(|interval| interval.low)));
    put("high", json!(figure.interval.map(|interval| interval.high)));
    put("n", json!(figure.gold));
    put("documents", json!(figure.documents));
    if figure.documents_answered < figure.documents {
        put("answered", json!({"value": figure.answered, "documents": figure.documents_answered}));
    }
    if let Some(counts) = &figure.counts {
        let mut counts = counts_json(counts);
        if let Some(absent) = figure.absent {
            counts["absent"] = json!(absent);
        }
        put("counts", counts);
    }
    if let Some(predicted) = figure.predicted {
        put("predicted", json!(predicted));
    }
    if figure.name.average.is_some() {
        put("undefined_labels", json!(figure.undefined));
    }
    put("signature", json!(figure.signature));
    Value::Object(entry)
}

fn counts_json(counts: &Counts) -> Value {
    json!({
        "correct": counts.correct,
        "incorrect": counts.incorrect,
        "partial": counts.partial,
        "missed": counts.missed,
        "spurious": counts.spurious,
    })
}
