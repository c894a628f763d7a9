//! Verdicts on key points as JSON, and their agreement with manual verdicts.

use serde_json::{Value, json};

use super::ExtractorReport;
use crate::document::{Layer, Support};
use crate::judge::{CorrectedFigure, Correction, VerdictAgreement, VerdictDifference, verdict_of};
use crate::metric::Item;

/// Returns the verdicts on the key points of a document, each with its evidence sentence and its
/// ground (the method that decided it).
pub(super) fn verdicts_json(report: &ExtractorReport, id: &str) -> Option<Value> {
    let layer = report.scores.layers.iter().find(|layer| layer.layer == Layer::KeyPoints)?;
    let verdict = |(place, item): (usize, &Item)| {
        let (name, text) = item.gold.as_ref().map_or(("", ""), |gold| (&gold.label, &gold.text));
        let name = if name.is_empty() { format!("#{}", place + 1) } else { name.to_owned() };
        json!({
            "key_point": name,
            "text": text,
            "verdict": verdict_of(item).as_str(),
            "ground": item.ground,
            "sentence": item.evidence,
        })
    };
    Some(layer.documents.get(id)?.items.iter().enumerate().map(verdict).collect())
}

pub(super) fn agreement_json(agreement: &VerdictAgreement) -> Value {
    let cell = |(&(used, hand), count): (&(Support, Support), &usize)| json!({"used": used.as_str(), "hand": hand.as_str(), "count": count});
    let difference = |one: &VerdictDifference| json!({"document": one.document, "key_point": one.key_point, "used": one.used.as_str(), "hand": one.hand.as_str()});
    json!({
        "what": "key_points",
        "used": agreement.used,
        "hand": format!("file:{}", agreement.hand),
        "units": agreement.units,
        "documents": agreement.documents,
        "observed": agreement.observed(),
        "cohen_kappa": {
            "value": agreement.kappa,
            "low": agreement.interval.map(|interval| interval.low),
            "high": agreement.interval.map(|interval| interval.high),
        },
        "table": agreement.table.iter().map(cell).collect::<Vec<_>>(),
        "differences": agreement.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

/// Returns the corrected figures by name, each with what its correction rests on.
pub(super) fn corrected_json(correction: &Correction, kappa: Option<f64>) -> Value {
    let figure = |(name, figure): (&&str, &CorrectedFigure)| {
        let corrected = figure.corrected.as_ref().ok();
        let interval = corrected.and_then(|corrected| corrected.interval);
        let entry = json!({
            "method": correction.method.as_str(),
            "value": corrected.map(|corrected| corrected.value),
            "low": interval.map(|interval| interval.low),
            "high": interval.map(|interval| interval.high),
            "undefined": figure.corrected.as_ref().err(),
            "clipped": corrected.is_some_and(|corrected| corrected.is_clipped),
            "uncorrected": figure.uncorrected,
            "lambda": corrected.and_then(|corrected| corrected.lambda),
            "labelled_documents": correction.labelled_documents,
            "labelled_units": correction.labelled_units,
            "kappa": kappa,
            "kappa_linear": correction.weighted_kappas[0],
            "kappa_quadratic": correction.weighted_kappas[1],
            "sensitivity": correction.accuracy.sensitivity(),
            "specificity": correction.accuracy.specificity(),
            "unseen_verdicts": correction.unseen.iter().map(|support| support.as_str()).collect::<Vec<_>>(),
        });
        ((*name).to_owned(), entry)
    };
    Value::Object(correction.figures.iter().map(figure).collect())
}
