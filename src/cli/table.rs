//! Plain tables for a terminal: the first column to the left, figures to the right.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// A table under construction.
pub(super) fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.into_iter().map(Into::into).collect::<Vec<String>>());
    table
}

/// Its text, with a line break at the end.
pub(super) fn render(mut table: Table) -> String {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

/// Its text with every column to the left, for tables of words.
pub(super) fn render_words(table: &Table) -> String {
    format!("{}\n", table.trim_fmt())
}
