//! The confusion matrices of entity labels.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{ExtractorReport, Report};
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::score::LayerScores;

/// Returns one collapsed matrix for each extractor.
pub(super) fn matrices(report: &Report, layer: &Layer) -> String {
    if *layer != Layer::Entities {
        return String::new();
    }
    let matrices: Vec<String> =
        report.on_layer(layer).into_iter().map(|(extractor, scores)| matrix(extractor, scores)).collect();
    format!(
        "\n### Confusion of labels\n\nRows are gold labels, columns predicted ones, of the pairs of the alignment: \
         overlapping spans, one gold item to one prediction.\n\n{}",
        matrices.join("\n")
    )
}

fn matrix(extractor: &ExtractorReport, scores: &LayerScores) -> String {
    let cells: BTreeMap<(Option<&str>, Option<&str>), u64> = scores
        .items
        .confusion()
        .iter()
        .map(|((gold, predicted), count)| ((gold.as_deref(), predicted.as_deref()), *count))
        .collect();
    let gold: BTreeSet<&str> = cells.keys().filter_map(|(gold, _)| *gold).collect();
    let predicted: BTreeSet<&str> = cells.keys().filter_map(|(_, predicted)| *predicted).collect();
    let columns: Vec<Option<&str>> = predicted.into_iter().map(Some).chain([None]).collect();
    let rows: Vec<Option<&str>> = gold.into_iter().map(Some).chain([None]).collect();
    let heading = |label: &Option<&str>| (label.map_or_else(|| "*missed*".to_owned(), inert::name), Align::Right);
    let mut table = Table::new([("gold".to_owned(), Align::Left)].into_iter().chain(columns.iter().map(heading)));
    for row in rows {
        let counts = columns.iter().map(|column| match cells.get(&(row, *column)) {
            Some(count) if row.is_some() && row == *column => format!("**{count}**"),
            Some(count) => count.to_string(),
            None => String::new(),
        });
        table.row([row.map_or_else(|| "*spurious*".to_owned(), inert::name)].into_iter().chain(counts));
    }
    format!("<details><summary>{}</summary>\n\n{}\n</details>\n", inert::name(&extractor.name), table.render())
}
