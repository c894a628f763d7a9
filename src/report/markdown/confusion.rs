//! The pairs of entity labels that extractors confuse most.

use std::cmp::Reverse;

use super::super::Report;
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::score::LayerScores;

/// The maximum number of pairs shown for each extractor.
const MOST: usize = 6;

/// Returns a table with the largest pairs of different labels of each extractor; empty if no two
/// labels are confused.
pub(super) fn table(report: &Report, layer: &Layer) -> String {
    if *layer != Layer::Entities {
        return String::new();
    }
    let mut table =
        Table::new([("extractor", Align::Left), ("gold → predicted, count of overlapping pairs", Align::Left)]);
    for (extractor, scores) in report.on_layer(layer) {
        let pairs = pairs(scores);
        if !pairs.is_empty() {
            table.row([inert::name(&extractor.name), pairs.join("; ")]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    format!("\n### Confusion of labels\n\n{}", table.render())
}

fn pairs(scores: &LayerScores) -> Vec<String> {
    let pairs = scores.items.confusion().iter();
    let pairs = pairs.filter_map(|((gold, predicted), count)| Some((gold.as_ref()?, predicted.as_ref()?, *count)));
    let mut pairs: Vec<_> = pairs.filter(|(gold, predicted, _)| gold != predicted).collect();
    pairs.sort_by_key(|(.., count)| Reverse(*count));
    let shown = pairs.iter().take(MOST);
    let shown =
        shown.map(|(gold, predicted, count)| format!("{} → {}, {count}", inert::name(gold), inert::name(predicted)));
    let more = pairs.len().saturating_sub(MOST);
    let rest = (more > 0).then(|| format!("{more} more"));
    shown.chain(rest).collect()
}
