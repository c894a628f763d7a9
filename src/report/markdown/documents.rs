//! The section on the worst documents: for each layer, those with the lowest score of the best
//! extractor.

use super::super::model::best;
use super::super::{Report, three_places};
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::metric::Class;
use crate::score::{Example, Figure, headline_figure};

/// The maximum number of documents shown for each layer.
const MOST: usize = 5;

pub(super) fn section(report: &Report) -> String {
    let mut table = Table::new([
        ("metric", Align::Left),
        ("document", Align::Left),
        ("extractor", Align::Left),
        ("value", Align::Right),
        ("correct", Align::Right),
        ("wrong", Align::Right),
        ("missed", Align::Right),
        ("spurious", Align::Right),
        ("status", Align::Left),
    ]);
    report.layers().into_iter().flat_map(|layer| worst(report, layer)).for_each(|row| table.row(row));
    if table.is_empty() {
        return String::new();
    }
    format!(
        "## Worst documents\n\nThe {MOST} lowest of each layer under its best extractor; `documents.csv` has all.\n\n{}",
        table.render()
    )
}

fn worst(report: &Report, layer: &Layer) -> Vec<[String; 9]> {
    let Some((extractor, scores)) = best(report, layer) else { return Vec::new() };
    let Some(Figure { name, .. }) = headline_figure(scores) else { return Vec::new() };
    let row = |document: &Example| {
        let count = |wanted: fn(Class) -> bool| match document.items.as_slice() {
            [] => three_places(None),
            items => items.iter().filter(|item| wanted(item.class)).count().to_string(),
        };
        [
            inert::code_cell(&name.to_string()),
            inert::name(&document.id),
            inert::name(&extractor.name),
            three_places(document.value),
            count(|class| class == Class::Correct),
            count(Class::is_wrong),
            count(|class| class == Class::Missed),
            count(|class| matches!(class, Class::Spurious | Class::Duplicate)),
            document.status.to_string(),
        ]
    };
    scores.examples.lowest.iter().take(MOST).map(row).collect()
}
