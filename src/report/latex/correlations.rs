//! The correlations of metrics with human ratings.

use super::super::{COMPARISON_HEADER, MetaReport, comparison_cells};
use super::{Table, document, figures, name, sentence};

/// Returns the correlations of each dimension of the ratings, and the comparisons of metrics.
pub(in crate::report) fn correlations(report: &MetaReport) -> String {
    let mut tables = Vec::new();
    let row = |row: Vec<String>, names: usize| {
        let cell = move |(at, cell): (usize, String)| if at < names { name(&cell) } else { figures(&cell) };
        row.into_iter().enumerate().map(cell).collect::<Vec<_>>()
    };
    for dimension in &report.dimensions {
        let caption = format!("{}: {}", name(&dimension.name), sentence(&dimension.rests_on()));
        let mut table = Table::new(caption, 2, report.figure_header().into_iter().map(name));
        report.figure_cells(dimension).into_iter().for_each(|cells| table.row(row(cells, 2)));
        table.notes.push(sentence(report.method().trim_end_matches('.')));
        tables.push(table);
        if !dimension.comparisons.is_empty() {
            let caption = format!("{}: one metric against another.", name(&dimension.name));
            let mut table = Table::new(caption, 4, COMPARISON_HEADER.map(name));
            comparison_cells(dimension).into_iter().for_each(|cells| table.row(row(cells, 4)));
            tables.push(table);
        }
    }
    document(&tables)
}
