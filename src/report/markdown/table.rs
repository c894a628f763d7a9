//! Markdown tables that are also readable as plain text.

use unicode_segmentation::UnicodeSegmentation;

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Align {
    Left,
    Right,
}

/// A table under construction. Cells are Markdown: text from input files must be passed through a
/// function of [`inert`](super::inert) first.
pub(in crate::report) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = (impl Into<String>, Align)>) -> Self {
        Self { columns: columns.into_iter().map(|(name, align)| (name.into(), align)).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Removes the columns in which every cell is a dash.
    pub fn drop_empty_columns(&mut self) {
        let is_filled = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).any(|cell| cell != "–");
        let keep: Vec<bool> = (0..self.columns.len()).map(is_filled).collect();
        let mut at = keep.iter();
        self.columns.retain(|_| *at.next().unwrap_or(&true));
        for row in &mut self.rows {
            let mut at = keep.iter();
            row.retain(|_| *at.next().unwrap_or(&true));
        }
    }

    /// Returns the width of a rendered line.
    pub fn width(&self) -> usize {
        self.widths().iter().map(|width| width + 3).sum::<usize>() + 1
    }

    fn widths(&self) -> Vec<usize> {
        let width_of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
            cells.chain([width(&self.columns[column].0), 3]).max().unwrap_or(3)
        };
        (0..self.columns.len()).map(width_of).collect()
    }

    /// Returns the table with padded columns, ending with a line break.
    pub fn render(&self) -> String {
        let widths = self.widths();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let padded =
                cells.zip(&widths).zip(&self.columns).map(|((cell, &most), (_, align))| pad(cell, most, *align));
            format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
        };
        let rule = widths.iter().zip(&self.columns).map(|(&most, (_, align))| match align {
            Align::Left => "-".repeat(most),
            Align::Right => format!("{}:", "-".repeat(most - 1)),
        });
        let rule: Vec<String> = rule.collect();
        let mut text = line(&mut self.columns.iter().map(|(name, _)| name.as_str()));
        text.push_str(&line(&mut rule.iter().map(String::as_str)));
        for row in &self.rows {
            text.push_str(&line(&mut row.iter().map(String::as_str)));
        }
        text
    }
}

fn width(cell: &str) -> usize {
    cell.graphemes(true).count()
}

fn pad(cell: &str, most: usize, align: Align) -> String {
    let room = " ".repeat(most.saturating_sub(width(cell)));
    match align {
        Align::Left => format!("{cell}{room}"),
        Align::Right => format!("{room}{cell}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, Table};

    #[test]
    fn columns_line_up() {
        let mut table = Table::new([("name", Align::Left), ("F1", Align::Right)]);
        table.row(["é", "0.5"]);
        table.row(["longer", "–"]);
        insta::assert_snapshot!(table.render(), @r"
        | name   |  F1 |
        | ------ | --: |
        | é      | 0.5 |
        | longer |   – |
        ");
        assert!(table.render().lines().all(|line| line.chars().count() == table.width()));
    }
}
