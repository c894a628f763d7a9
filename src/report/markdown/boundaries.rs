//! The table of boundary errors of entities, by kind.

use super::super::Report;
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::metric::Detail;

/// The kinds of boundary error, in column order, with their headings.
const COLUMNS: [(Detail, &str); 6] = [
    (Detail::TooLong, "too long"),
    (Detail::TooShort, "too short"),
    (Detail::Shifted, "shifted"),
    (Detail::Both, "label and boundaries"),
    (Detail::Split, "split"),
    (Detail::Merged, "merged"),
];

/// Returns a table with one row for each extractor and one column for each kind of boundary error;
/// empty if no such error occurs.
pub(super) fn table(report: &Report, layer: &Layer) -> String {
    if *layer != Layer::Entities {
        return String::new();
    }
    let scored = report.on_layer(layer);
    let occurs = |(detail, _): &&(Detail, &str)| scored.iter().any(|(_, scores)| scores.items.of_detail(*detail) > 0);
    let columns: Vec<_> = COLUMNS.iter().filter(occurs).collect();
    if columns.is_empty() {
        return String::new();
    }
    let headings = columns.iter().map(|(_, heading)| ((*heading).to_owned(), Align::Right));
    let mut table = Table::new([("extractor".to_owned(), Align::Left)].into_iter().chain(headings));
    for (extractor, scores) in &scored {
        let counts = columns.iter().map(|(detail, _)| scores.items.of_detail(*detail).to_string());
        table.row([inert::name(&extractor.name)].into_iter().chain(counts));
    }
    let breaks = columns.iter().any(|(detail, _)| matches!(detail, Detail::Split | Detail::Merged));
    let note = if breaks { "Splits are counted by their pieces, mergers by their parts.\n\n" } else { "" };
    format!("\n### How boundaries went wrong\n\n{note}{}", table.render())
}
