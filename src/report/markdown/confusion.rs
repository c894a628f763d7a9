//! The confusion matrices of entity labels.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::{ExtractorReport, Report};
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::score::LayerScores;

/// The largest number of labels of a side that a matrix shows.
const MOST_LABELS: usize = 30;

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
    let (gold, of_gold) = frequent(cells.iter().filter_map(|((gold, _), count)| Some(((*gold)?, *count))));
    let (predicted, of_predicted) =
        frequent(cells.iter().filter_map(|((_, predicted), count)| Some(((*predicted)?, *count))));
    let most = of_gold.max(of_predicted);
    let note = if most > MOST_LABELS {
        format!(
            "The {MOST_LABELS} most frequent labels of each side, of up to {most}; `alignment.csv` has all pairs.\n\n"
        )
    } else {
        String::new()
    };
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
    format!("<details><summary>{}</summary>\n\n{note}{}\n</details>\n", inert::name(&extractor.name), table.render())
}

/// Returns the most frequent labels, and the number of all labels.
fn frequent<'l>(counts: impl Iterator<Item = (&'l str, u64)>) -> (BTreeSet<&'l str>, usize) {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    counts.for_each(|(label, count)| *sums.entry(label).or_default() += count);
    let number = sums.len();
    let mut by_count: Vec<(&str, u64)> = sums.into_iter().collect();
    by_count.sort_by_key(|(_, count)| Reverse(*count));
    (by_count.into_iter().take(MOST_LABELS).map(|(label, _)| label).collect(), number)
}
