//! The curves of confidence, for plots: precision and recall, reliability, risk and coverage.

use serde_json::{Map, Value, json};

use super::ExtractorReport;
use crate::score::RankedPredictions;

/// Returns the curves of each layer whose predictions all have a confidence, by layer.
///
/// `precision_recall` contains `[threshold, precision, recall]` for each distinct confidence, in
/// descending order; `risk_coverage` contains `[coverage, risk]` for the same thresholds;
/// `reliability` contains every bin, with nulls in an empty bin.
pub(super) fn curves(report: &ExtractorReport) -> Value {
    let of_layer = |scores: &crate::score::LayerScores| {
        let ranked = scores.ranking.as_ref().filter(|ranked| ranked.ranking.is_whole())?;
        Some((scores.layer.to_string(), of_ranking(ranked)))
    };
    Value::Object(report.scores.layers.iter().filter_map(of_layer).collect::<Map<_, _>>())
}

fn of_ranking(RankedPredictions { ranking, bins }: &RankedPredictions) -> Value {
    let points = ranking.precision_recall();
    let points: Vec<_> = points.iter().map(|point| json!([point.threshold, point.precision, point.recall])).collect();
    let filled = ranking.bins(*bins);
    let filled: Vec<_> = filled
        .iter()
        .map(|bin| {
            json!({
                "low": bin.low,
                "high": bin.high,
                "n": bin.all,
                "confidence": bin.confidence(),
                "accuracy": bin.accuracy(),
            })
        })
        .collect();
    let kept: Vec<_> = ranking.risk_coverage().into_iter().map(|(coverage, risk)| json!([coverage, risk])).collect();
    json!({"precision_recall": points, "reliability": filled, "risk_coverage": kept})
}
