//! The documents that score worst, layer by layer, under the best extractor of each.

use super::super::model::best;
use super::super::{Report, three_places};
use super::table::{Align, Table, escape};
use crate::document::Layer;
use crate::metric::Class;
use crate::score::is_headline;

/// Documents shown of each layer.
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
    let mut rows = Vec::new();
    for (id, document) in &scores.documents {
        let headline = document.figures.iter().find(|(name, _)| is_headline(name));
        let Some((name, Some(value))) = headline else { continue };
        let count = |wanted: fn(Class) -> bool| match document.items.as_slice() {
            [] => three_places(None),
            items => items.iter().filter(|item| wanted(item.class)).count().to_string(),
        };
        let row = [
            format!("`{name}`"),
            escape(id),
            escape(&extractor.name),
            three_places(Some(*value)),
            count(|class| class == Class::Correct),
            count(Class::is_wrong),
            count(|class| class == Class::Missed),
            count(|class| matches!(class, Class::Spurious | Class::Duplicate)),
            document.status.to_string(),
        ];
        rows.push((*value, row));
    }
    rows.sort_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| one.cmp(other)));
    rows.into_iter().take(MOST).map(|(_, row)| row).collect()
}
