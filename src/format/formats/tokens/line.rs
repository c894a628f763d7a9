//! Splits the lines of token files into columns.

use std::ops::Range;

use super::layout::{Layout, TagColumn};

/// The columns of a line, as byte ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Columns {
    pub count: usize,
    pub first: Range<usize>,
    pub second: Range<usize>,
    pub before_last: Range<usize>,
    pub last: Range<usize>,
    /// The column whose index was asked for.
    pub wanted: Range<usize>,
}

impl Columns {
    /// Splits a line at tabs, or at runs of spaces if it has no tabs.
    pub fn of(line: &[u8]) -> Self {
        Self::with(line, usize::MAX)
    }

    /// Splits a line by a layout.
    pub fn by(line: &[u8], layout: &Layout) -> Self {
        match layout.tags {
            TagColumn::Index(wanted) => Self::with(line, wanted),
            TagColumn::Last | TagColumn::BeforeLast => Self::of(line),
        }
    }

    /// Splits a line, and keeps the column with an index, counted from 0.
    fn with(line: &[u8], wanted: usize) -> Self {
        let mut columns = Self::default();
        let mut start = 0;
        if memchr::memchr(b'\t', line).is_some() {
            for end in memchr::memchr_iter(b'\t', line).chain([line.len()]) {
                columns.push(trimmed(line, start..end), wanted);
                start = end + 1;
            }
            return columns;
        }
        let mut inside = false;
        for (at, byte) in line.iter().enumerate() {
            if (*byte == b' ') == inside {
                if inside {
                    columns.push(start..at, wanted);
                } else {
                    start = at;
                }
                inside = !inside;
            }
        }
        if inside {
            columns.push(start..line.len(), wanted);
        }
        columns
    }

    fn push(&mut self, column: Range<usize>, wanted: usize) {
        match self.count {
            0 => self.first = column.clone(),
            1 => self.second = column.clone(),
            _ => {}
        }
        if self.count == wanted {
            self.wanted = column.clone();
        }
        self.count += 1;
        self.before_last = std::mem::replace(&mut self.last, column);
    }

    /// Returns the column that contains the tag.
    pub fn tag(&self, column: TagColumn) -> &Range<usize> {
        match column {
            TagColumn::BeforeLast if self.count > 2 => &self.before_last,
            TagColumn::Last | TagColumn::BeforeLast => &self.last,
            TagColumn::Index(_) => &self.wanted,
        }
    }

    /// Returns the column that contains the word.
    pub fn word(&self, layout: &Layout) -> &Range<usize> {
        if layout.is_numbered { &self.second } else { &self.first }
    }
}

/// Returns the byte range of the tag in the line of a token.
pub fn tag_range(line: &str, layout: &Layout) -> Range<usize> {
    Columns::by(line.as_bytes(), layout).tag(layout.tags).clone()
}

fn trimmed(line: &[u8], range: Range<usize>) -> Range<usize> {
    let cut = &line[range.clone()];
    let start = cut.iter().take_while(|byte| **byte == b' ').count();
    let end = cut.iter().rev().take_while(|byte| **byte == b' ').count();
    if start == cut.len() { range.end..range.end } else { range.start + start..range.end - end }
}

/// Whether a line separates sentences.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// Whether a line before a sentence is a comment: `# key = value`, or a line that begins with `#`
/// and has another number of columns than the file's tokens.
pub(super) fn is_comment(line: &[u8], columns: usize) -> bool {
    line.first() == Some(&b'#') && (key_value(line).is_some() || Columns::of(line).count != columns)
}

/// Returns key and value of a comment `# key = value`.
pub(super) fn key_value(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix("# ")?;
    let (key, value) = text.split_once(" = ")?;
    let (key, value) = (key.trim(), value.trim());
    (!key.is_empty() && !key.contains([' ', '\t']) && !value.is_empty()).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::{Columns, TagColumn, is_comment, key_value};

    fn cut(line: &str) -> (usize, &str, &str, &str) {
        let columns = Columns::of(line.as_bytes());
        (columns.count, &line[columns.first], &line[columns.before_last], &line[columns.last])
    }

    #[test]
    fn tabs_cut_columns_and_spaces_where_there_are_none() {
        assert_eq!(cut("EU NNP B-NP B-ORG"), (4, "EU", "B-NP", "B-ORG"));
        assert_eq!(cut("New York\tB-LOC"), (2, "New York", "New York", "B-LOC"));
        assert_eq!(cut("a   O  "), (2, "a", "a", "O"));
        assert_eq!(cut("a\t"), (2, "a", "a", ""));
        assert_eq!(cut("a\u{3000}b O"), (2, "a\u{3000}b", "a\u{3000}b", "O"));
        assert_eq!(Columns::of(b"a B O").tag(TagColumn::BeforeLast), &(2..3));
        assert_eq!(Columns::of(b"a O").tag(TagColumn::BeforeLast), &(2..3));
    }

    #[test]
    fn comments_are_distinguished_from_tokens() {
        assert_eq!(key_value("# id = news 7".as_bytes()), Some(("id", "news 7")));
        assert!(is_comment(b"# id = 7", 4));
        assert!(is_comment(b"# a remark of many words", 2));
        assert!(!is_comment(b"# O", 2));
        assert!(!is_comment(b"#\tO", 2));
    }
}
