//! Finds out which columns of a token file contain the words and the tags. Files of several tools
//! have a header, a number before each word, or a flag after the tag; each is recognised only if
//! every line of the file agrees, and reported in a note.

use std::collections::BTreeSet;

use super::line::{Columns, is_blank};
use super::options::{Column, is_tag};
use super::reader::is_opening;
use crate::error::Diagnostic;

/// The column of the tags, once the layout is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TagColumn {
    /// The last column.
    #[default]
    Last,
    /// The column before the last if there are at least three, and otherwise the last.
    BeforeLast,
    /// A column by its index, counted from 0.
    Index(usize),
}

/// The layout of a token file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Whether the first column numbers the words, which are then in the second column.
    pub is_numbered: bool,
    /// The column of the tags.
    pub tags: TagColumn,
    /// The line of the header, counted from 1; 0 if there is none.
    pub header: usize,
    /// What was recognised, in a sentence each.
    pub notes: Vec<String>,
}

const WORD_NAMES: [&str; 7] = ["token", "tokens", "word", "words", "form", "text", "surface"];
const OTHER_NAMES: [&str; 23] = [
    "tag", "tags", "ner", "ner_tag", "ner_tags", "ner-tag", "ner-tags", "label", "labels", "ne", "iob", "bio",
    "entity", "gold", "pred", "pos", "upos", "xpos", "lemma", "chunk", "coarse", "fine", "misc",
];

/// Iterates over the lines that are certainly tokens, with their numbers, counted from 1.
fn token_lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(|(_, line)| {
        let bytes = line.as_bytes();
        !is_blank(bytes) && bytes.first() != Some(&b'#') && !is_opening(bytes)
    })
}

pub(super) fn cells(line: &str) -> Vec<&str> {
    if line.contains('\t') {
        return line.split('\t').map(|cell| cell.trim_matches(' ')).collect();
    }
    line.split(' ').filter(|cell| !cell.is_empty()).collect()
}

/// Whether a line is a header: one of the first two columns is named after words, another has a
/// usual name, and none is a tag.
pub(super) fn is_header(cells: &[&str]) -> bool {
    let named = |names: &[&str], cell: &str| names.contains(&cell.to_lowercase().as_str());
    cells.len() >= 2
        && cells.iter().take(2).any(|cell| named(&WORD_NAMES, cell))
        && cells.iter().skip(1).any(|cell| named(&OTHER_NAMES, cell) || cell.to_uppercase().starts_with("NE-"))
        && !cells.iter().skip(1).any(|cell| is_tag(cell))
}

fn is_flag(cell: &str) -> bool {
    matches!(cell, "+" | "-")
}

/// Whether the first line of tokens shows no sign of another layout than words in the first column
/// and tags in the last.
pub fn is_usual(text: &str) -> bool {
    let Some((_, first)) = token_lines(text).next() else { return true };
    let cells = cells(first);
    !is_header(&cells) && cells.last().is_none_or(|last| !is_flag(last)) && !(cells.len() > 2 && is_number(cells[0]))
}

fn is_number(cell: &str) -> bool {
    matches!(cell, "0" | "1")
}

/// Finds the layout of a token file.
///
/// # Errors
/// Fails if there is no such column as the user named.
pub fn layout(text: &str, column: Column<'_>) -> Result<Layout, Diagnostic> {
    let mut layout = Layout::default();
    let mut lines = token_lines(text);
    let Some((number, first)) = lines.next() else { return Ok(layout) };
    let mut first = (number, cells(first));
    let names_it = |cells: &[&str]| matches!(column, Column::Named(name) if cells.contains(&name));
    let mut names: Vec<&str> = Vec::new();
    if is_header(&first.1) || names_it(&first.1) {
        names = first.1;
        layout.header = first.0;
        layout.notes.push(format!("line {} is read as a header", first.0));
        match lines.next() {
            Some((number, line)) => first = (number, cells(line)),
            None => return Ok(layout),
        }
    }
    let data = || token_lines(text).filter(|(number, _)| *number != layout.header);
    let count = first.1.len();
    let is_numbered = count > 2 && is_number(first.1[0]) && numbers_words(text, layout.header);
    let flags = |(_, line): (usize, &str)| cells(line).last().is_some_and(|last| is_flag(last));
    let is_flagged = count > 2 && is_flag(first.1[count - 1]) && data().all(flags);
    layout.tags = match column {
        Column::Number(wanted) => {
            let lowest = if is_numbered { 3 } else { 2 };
            if !(lowest..=count).contains(&wanted) {
                let message = format!("there is no column {wanted} of tags: the line has {count} columns");
                let help = format!("column {} contains the word; write `--column {count}` for the last", lowest - 1);
                return Err(Diagnostic::new(message).at((first.0, 1)).help(help));
            }
            TagColumn::Index(wanted - 1)
        }
        Column::Named(name) => match names.iter().position(|known| *known == name) {
            Some(at) => TagColumn::Index(at),
            None => {
                let line = if names.is_empty() { first.0 } else { layout.header };
                let diagnostic = Diagnostic::new(format!("the file has no column {name:?}")).at((line, 1));
                return Err(if names.is_empty() {
                    diagnostic.help("it has no header; give the number of the column, as in `--column 4`")
                } else {
                    diagnostic.help_with_nearest(name, names.iter().copied())
                });
            }
        },
        Column::GoldOfOneFile if is_conlleval(text) => {
            layout.notes.push(format!(
                "one file on both sides: column {} is gold and column {count} is predicted, as in conlleval's format",
                count - 1
            ));
            TagColumn::BeforeLast
        }
        Column::Last | Column::GoldOfOneFile if is_flagged => {
            let (tags, flags) = (count - 1, count);
            layout.notes.push(format!("column {flags} flags spaces, as in flair's files; the tags are column {tags}"));
            TagColumn::BeforeLast
        }
        Column::Last => TagColumn::Last,
        Column::GoldOfOneFile => {
            layout.notes.push(format!("one file on both sides: column {count} is gold and predicted"));
            TagColumn::Last
        }
    };
    if is_numbered {
        layout.is_numbered = true;
        layout.notes.push("column 1 numbers the words; the words are column 2".to_owned());
    }
    Ok(layout)
}

/// Whether the first column counts the words of each sentence, from 0 or 1.
fn numbers_words(text: &str, header: usize) -> bool {
    let (mut next, mut begin, mut last, mut longest) = (0, None, 0, 0);
    for (number, line) in token_lines(text).filter(|(number, _)| *number != header) {
        let cells = cells(line);
        let Some(found) = cells.first().and_then(|cell| cell.parse::<usize>().ok()) else { return false };
        let begin = *begin.get_or_insert(found);
        if number != last + 1 || last == 0 {
            next = begin;
        }
        if found != next {
            return false;
        }
        (next, last, longest) = (next + 1, number, longest.max(next + 1 - begin));
    }
    longest > 1
}

/// Whether a file is in conlleval's format: the last two columns contain tags of one scheme, and
/// have a label in common.
fn is_conlleval(text: &str) -> bool {
    let (mut gold, mut predicted): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
    for (_, line) in token_lines(text) {
        let columns = Columns::of(line.as_bytes());
        if columns.count < 3 {
            return false;
        }
        gold.insert(&line[columns.before_last]);
        predicted.insert(&line[columns.last]);
    }
    let all = || gold.iter().chain(&predicted);
    let has = |prefixes: &[char]| all().any(|tag| tag.starts_with(prefixes));
    let labels = |tags: &BTreeSet<&str>| -> BTreeSet<String> {
        tags.iter().filter(|tag| **tag != "O").map(|tag| tag.get(2..).unwrap_or_default().to_owned()).collect()
    };
    all().all(|tag| is_tag(tag))
        && !(has(&['U', 'L']) && has(&['E', 'S']))
        && !labels(&gold).is_disjoint(&labels(&predicted))
}

/// Returns the columns, counted from 1, in which every line has a tag of a scheme and at least one
/// is not `O`.
pub(super) fn columns_of_tags(text: &str, header: usize) -> Vec<usize> {
    let mut found: Option<Vec<(bool, bool)>> = None;
    for (_, line) in token_lines(text).filter(|(number, _)| *number != header) {
        let cells = cells(line);
        let columns = found.get_or_insert_with(|| vec![(true, false); cells.len()]);
        for (column, cell) in columns.iter_mut().zip(&cells) {
            *column = (column.0 && is_tag(cell), column.1 || *cell != "O");
        }
    }
    let columns = found.into_iter().flatten().zip(1..).skip(1);
    columns.filter(|((all, any), _)| *all && *any).map(|(_, number)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::{Column, TagColumn, is_conlleval, is_usual, layout};

    #[test]
    fn layouts_of_tools_are_recognised() {
        let flair = "It O +\nFrench B-LOC -\n- O -\n";
        assert_eq!(layout(flair, Column::Last).unwrap().tags, TagColumn::BeforeLast);
        let header = layout("token\ttag\nJane\tB-PER\n", Column::Last).unwrap();
        assert_eq!((header.header, header.tags), (1, TagColumn::Last));
        assert!(layout("1\ta\tO\n2\tb\tB-X\n\n1\tc\tO\n", Column::Last).unwrap().is_numbered);
        assert!(!layout("1\tCD\tO\n3\tCD\tB-X\n", Column::Last).unwrap().is_numbered);
        for text in [flair, "token\ttag\nJane\tB-PER\n", "1\ta\tO\n2\tb\tO\n"] {
            assert!(!is_usual(text), "{text:?}");
        }
        assert!(is_usual("# id = x\n-DOCSTART- O\n\nEU NNP B-ORG\n"));
    }

    #[test]
    fn a_column_is_named_or_numbered() {
        let text = "word\tcoarse\tfine\na\tB-X\tB-Y\n";
        assert_eq!(layout(text, Column::Named("coarse")).unwrap().tags, TagColumn::Index(1));
        assert_eq!(layout("a B-X B-Y\n", Column::Number(2)).unwrap().tags, TagColumn::Index(1));
        for column in [Column::Number(1), Column::Number(4), Column::Named("fine")] {
            assert!(layout("a B-X B-Y\n", column).is_err(), "{column:?}");
        }
    }

    #[test]
    fn one_file_is_conllevals_if_both_columns_have_labels_in_common() {
        assert!(is_conlleval("a NN B-X B-X\nb NN I-X O\n"));
        assert!(!is_conlleval("EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n"));
        assert!(!is_conlleval("a NN B-X\n"));
        assert!(!is_conlleval("a B-X\n"));
        assert!(!is_conlleval("a S-X U-X\n"));
    }
}
