//! Plain-text tables for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// Creates a table with a header and no rows.
pub(super) fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.into_iter().map(Into::into).collect::<Vec<String>>());
    table
}

/// Renders a table of figures: the first column is left-aligned, the others right-aligned. The text
/// ends with a line break.
pub(super) fn render(mut table: Table) -> String {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

/// Renders a table of words, with all columns left-aligned. The text ends with a line break.
pub(super) fn render_words(table: &Table) -> String {
    format!("{}\n", table.trim_fmt())
}
