//! The section on the worst documents: for each layer, those with the lowest score of the best
//! extractor.

use super::super::model::best;
use super::super::{Report, three_places};
use super::inert;
use super::page::source;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::score::{Example, Figure, Status, headline_figure};

/// The maximum number of documents shown for each layer.
const MOST: usize = 5;

pub(super) fn section(report: &Report) -> String {
    let mut table = Table::new([
        ("metric", Align::Left),
        ("extractor", Align::Left),
        ("documents with the lowest value", Align::Left),
    ]);
    report.layers().into_iter().filter_map(|layer| worst(report, layer)).for_each(|row| table.row(row));
    if table.is_empty() {
        return String::new();
    }
    let source = source(report, "documents.csv", "all");
    format!(
        "## Worst documents\n\nAt most {MOST} of each layer under its best extractor{source}.\n\n{}",
        table.render()
    )
}

fn worst(report: &Report, layer: &Layer) -> Option<[String; 3]> {
    let (extractor, scores) = best(report, layer)?;
    let Figure { name, .. } = headline_figure(scores)?;
    let document = |document: &Example| {
        let status = match document.status {
            Status::Ok => String::new(),
            status => format!(" ({status})"),
        };
        format!("{} {}{status}", inert::name(&document.id), three_places(document.value))
    };
    let documents: Vec<String> = scores.examples.lowest.iter().take(MOST).map(document).collect();
    let row = [inert::code_cell(&name.to_string()), inert::name(&extractor.name), documents.join(", ")];
    (!documents.is_empty()).then_some(row)
}
