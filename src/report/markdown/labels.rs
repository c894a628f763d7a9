//! The table of figures by label, or by field of a record: one row for each label, one column for
//! each extractor.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Report, three_places};
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::metric::MetricName;
use crate::score::LayerScores;

/// Returns a table of precision, recall and F1 of the headline metric by label.
pub(super) fn table(report: &Report, layer: &Layer) -> String {
    let scored = report.on_layer(layer);
    let headline = scored.iter().find_map(|(_, scores)| scores.headline.as_ref());
    let Some(metric) = headline.map(|headline| &*headline.metric) else { return String::new() };
    let mut gold: BTreeMap<Arc<str>, u64> = BTreeMap::new();
    for figure in scored.iter().flat_map(|(_, scores)| &scores.figures) {
        if let (Some(label), true) = (&figure.name.label, figure.name.metric == metric) {
            let most = gold.entry(Arc::clone(label)).or_default();
            *most = figure.gold.max(*most);
        }
    }
    if gold.is_empty() {
        return String::new();
    }
    let is_record = matches!(layer, Layer::Records(_));
    let what = if is_record { "field" } else { "label" };
    let columns =
        [(what.to_owned(), Align::Left), ("gold".to_owned(), Align::Right), ("ceiling".to_owned(), Align::Right)];
    let names = scored.iter().map(|(extractor, _)| (inert::name(&extractor.name), Align::Right));
    let mut table = Table::new(columns.into_iter().chain(names));
    for (label, count) in &gold {
        let cells = scored.iter().map(|(_, scores)| cell(scores, metric, label));
        table.row(
            [inert::name(label), count.to_string(), ceiling(report, layer, metric, label)].into_iter().chain(cells),
        );
    }
    table.drop_empty_columns();
    let of = if metric.is_empty() { String::new() } else { format!(", {}", inert::name(metric)) };
    format!("\n### By {what}{of}: precision / recall / F1\n\n{}", table.render())
}

/// Returns the inter-annotator F1 of a label, or a dash if it is unknown.
fn ceiling(report: &Report, layer: &Layer, metric: &str, label: &Arc<str>) -> String {
    let name = MetricName {
        layer: layer.clone(),
        metric: metric.to_owned().into(),
        label: Some(Arc::clone(label)),
        average: None,
        stat: "f1".into(),
        at: 0,
    };
    three_places(report.ceiling.get(&name).copied())
}

fn cell(scores: &LayerScores, metric: &str, label: &Arc<str>) -> String {
    let value = |stat: &str| {
        let figure = scores.figures.iter().find(|figure| {
            let name = &figure.name;
            (&*name.metric, &*name.stat) == (metric, stat) && name.label.as_ref() == Some(label)
        });
        figure.and_then(|figure| figure.value)
    };
    let parts = ["precision", "recall", "f1"].map(value);
    if parts.iter().all(Option::is_none) {
        return three_places(None);
    }
    parts.map(three_places).join(" / ")
}
