//! Plain-text tables for a terminal. What a table shows is inert: its cells are one line each,
//! without control characters, and long names are cut.

use comfy_table::CellAlignment;
use comfy_table::presets::NOTHING;
use karat::text::{shown_name, shown_text};

/// The text of a cell.
pub(super) struct Cell(String);

impl Cell {
    /// Creates a cell of a message, of which at most 500 characters are shown.
    pub fn message(text: &str) -> Self {
        Self(shown_text(text).into_owned())
    }

    /// Creates a cell of several lines.
    pub fn lines(lines: &[String]) -> Self {
        Self(lines.iter().map(|line| shown_text(line)).collect::<Vec<_>>().join("\n"))
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    /// Creates a cell of a name or a figure, of which at most 120 characters are shown.
    fn from(name: T) -> Self {
        Self(shown_name(name.as_ref()).into_owned())
    }
}

/// A table under construction.
pub(super) struct Table(comfy_table::Table);

impl Table {
    pub fn add_row(&mut self, cells: impl IntoIterator<Item = impl Into<Cell>>) {
        self.0.add_row(texts(cells));
    }
}

fn texts(cells: impl IntoIterator<Item = impl Into<Cell>>) -> Vec<String> {
    cells.into_iter().map(|cell| cell.into().0).collect()
}

/// Creates a table with a header and no rows.
pub(super) fn new(header: impl IntoIterator<Item = impl Into<Cell>>) -> Table {
    let mut table = comfy_table::Table::new();
    table.load_style(NOTHING).set_header(texts(header));
    Table(table)
}

/// Renders a table of figures: the first column is left-aligned, the others right-aligned. The text
/// ends with a line break.
pub(super) fn render(mut table: Table) -> String {
    for column in table.0.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.0.trim_fmt())
}

/// Renders a table of words, with all columns left-aligned. The text ends with a line break.
pub(super) fn render_words(table: &Table) -> String {
    format!("{}\n", table.0.trim_fmt())
}
