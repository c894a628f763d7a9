//! Markdown tables that are also readable as plain text, and the escaping that keeps the text of
//! documents from becoming markup.

use unicode_segmentation::UnicodeSegmentation;

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Align {
    Left,
    Right,
}

/// A table under construction. Cells are Markdown: text from documents must be passed through
/// [`escape`] first.
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

    /// Removes columns by name.
    pub fn drop_columns(&mut self, names: &[&str]) {
        self.keep(|column, _| !names.contains(&column));
    }

    /// Removes the columns in which every cell is a dash.
    pub fn drop_empty_columns(&mut self) {
        self.keep(|_, cells| cells.iter().any(|cell| *cell != "–"));
    }

    fn keep(&mut self, wanted: impl Fn(&str, &[&String]) -> bool) {
        let keep: Vec<bool> = (0..self.columns.len())
            .map(|at| wanted(&self.columns[at].0, &self.rows.iter().filter_map(|row| row.get(at)).collect::<Vec<_>>()))
            .collect();
        let mut at = keep.iter();
        self.columns.retain(|_| *at.next().unwrap_or(&true));
        for row in &mut self.rows {
            let mut at = keep.iter();
            row.retain(|_| *at.next().unwrap_or(&true));
        }
    }

    /// Returns the table with padded columns, ending with a line break.
    pub fn render(&self) -> String {
        let width_of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
            cells.chain([width(&self.columns[column].0), 3]).max().unwrap_or(3)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width_of).collect();
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

/// Escapes text from input files as Markdown that shows it literally, on one line.
pub(in crate::report) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let after = rest.peek().copied();
        let inside_word = [before, after].iter().all(|near| near.is_some_and(char::is_alphanumeric));
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Markdown recognises `_` as emphasis only at the edges of words.
            '_' if inside_word => escaped.push(c),
            '!' if after != Some('[') => escaped.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => escaped.push(' '),
            c => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}

/// Returns the escaped beginning of a text, at most `most` code points, cut between words.
pub(in crate::report) fn excerpt(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return escape(text);
    }
    let cut: String = text.chars().take(most).collect();
    let whole_words = cut.rfind(' ').map_or(cut.as_str(), |at| &cut[..at]);
    format!("{}…", escape(whole_words.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::{Align, Table, escape, excerpt};

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
    }

    #[test]
    fn markup_in_texts_is_shown_not_obeyed() {
        assert_eq!(escape("WORK_OF_ART! _x_ ![y]"), r"WORK_OF_ART! \_x\_ \!\[y\]");
        assert_eq!(escape("a|b\n<i>*x*</i> [y](z) `c`"), r"a\|b &lt;i&gt;\*x\*&lt;/i&gt; \[y\](z) \`c\`");
    }

    #[test]
    fn excerpts_end_between_words() {
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("one", 9), "one");
    }
}
