//! The definitions of the metrics of a report's layers, from `docs/metrics`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Report;
use crate::document::Layer;

/// Returns the definitions of the layers of a report, in report order.
pub(super) fn definitions(report: &Report) -> Value {
    let of_layer = |layer: &Layer| {
        Some(match layer {
            Layer::Entities => ("entities", include_str!("../../../docs/metrics/entities.md")),
            Layer::Relations => ("relations", include_str!("../../../docs/metrics/relations.md")),
            Layer::Events => ("events", include_str!("../../../docs/metrics/events.md")),
            Layer::Coreference => ("coreference", include_str!("../../../docs/metrics/coreference.md")),
            Layer::Records(_) => ("records", include_str!("../../../docs/metrics/records.md")),
            Layer::KeyPoints => ("key_points", include_str!("../../../docs/metrics/key_points.md")),
            Layer::KeySentences => ("key_sentences", include_str!("../../../docs/metrics/key_sentences.md")),
            Layer::Summaries => ("summaries", include_str!("../../../docs/metrics/summaries.md")),
            Layer::Keyphrases => ("keyphrases", include_str!("../../../docs/metrics/keyphrases.md")),
            // The other harness defines its metrics.
            Layer::Scores(_) => return None,
        })
    };
    let mut seen = BTreeSet::new();
    let texts = report.layers().into_iter().filter_map(of_layer).filter(|(layer, _)| seen.insert(*layer));
    texts.map(|(layer, text)| json!({"layer": layer, "text": text})).collect()
}
