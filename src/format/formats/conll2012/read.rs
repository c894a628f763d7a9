//! Reads coreference in the CoNLL-2012 format.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::document::{Cluster, Span, WordLines};
use crate::error::{Diagnostic, Recovered};
use crate::format::{Entry, Source};

const BEGIN: &str = "#begin document";
const END: &str = "#end document";

/// Whether a file is in this format: its first non-empty line begins a document.
pub fn looks_like(text: &str) -> bool {
    text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with(BEGIN))
}

/// Reads the documents of a file, with the diagnostics of those that are malformed. The id is the
/// text in the parentheses; parts after the first have ` part 001` etc. appended. Singletons and
/// the names of clusters are kept.
///
/// The word is the fourth column, or the one before the last if there are fewer than five.
pub fn read(file: &Path, text: &str) -> Recovered<Vec<Entry>> {
    let mut reader = Conll2012Reader { file, text, entries: Vec::new(), diagnostics: Vec::new(), open: None };
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bytes = start..start + line.trim_end().len();
        start += line.len();
        reader.line(number + 1, bytes);
    }
    if let Some(document) = reader.open.take() {
        let diagnostic =
            Diagnostic::new("the document does not end").help(format!("a document ends with a line `{END}`"));
        reader.diagnostic(&document.id, document.begin.clone(), diagnostic);
    }
    Recovered { value: reader.entries, diagnostics: reader.diagnostics }
}

struct Conll2012Reader<'a> {
    file: &'a Path,
    text: &'a str,
    entries: Vec<Entry>,
    diagnostics: Vec<Diagnostic>,
    open: Option<OpenDocument>,
}

/// The offset at which a mention begins in the text, in code points and in bytes.
type MentionStart = (u32, usize);

/// A document whose lines are being read.
struct OpenDocument {
    id: String,
    line: usize,
    /// The byte range of the line that began it.
    begin: Range<usize>,
    text: String,
    /// The length of `text` in code points.
    length: u32,
    /// Whether a sentence has just ended.
    at_break: bool,
    /// The mentions that are still open, by cluster: where they began in the text and in the file.
    begun: BTreeMap<String, Vec<(MentionStart, Range<usize>)>>,
    clusters: BTreeMap<String, Vec<Span>>,
    /// The number of columns of the first word.
    columns: Option<usize>,
    /// The line of each word.
    lines: Vec<u32>,
    has_error_at: bool,
}

/// A mark in a cell: a mention of one token, or the beginning or the end of a longer mention, with
/// the name of its cluster.
enum MentionMark<'a> {
    Single(&'a str),
    Begins(&'a str),
    Ends(&'a str),
}

impl Conll2012Reader<'_> {
    fn diagnostic(&mut self, document: &str, bytes: Range<usize>, diagnostic: Diagnostic) {
        let diagnostic = diagnostic.in_file(self.file).at_bytes(self.text, bytes);
        self.diagnostics.push(if document.is_empty() { diagnostic } else { diagnostic.of_document(document) });
    }

    fn line(&mut self, number: usize, bytes: Range<usize>) {
        let line = &self.text[bytes.clone()];
        if let Some(name) = line.strip_prefix(BEGIN) {
            return self.begin(name, number, bytes);
        }
        match self.open.take() {
            Some(document) if line.starts_with(END) => self.end(document),
            Some(mut document) if line.is_empty() => {
                document.at_break = true;
                self.open = Some(document);
            }
            Some(document) if is_comment(line, document.columns) => self.open = Some(document),
            Some(mut document) => {
                document.columns = document.columns.or(Some(line.split_whitespace().count()));
                document.lines.push(number as u32);
                let diagnostics = token(&mut document, self.text, bytes);
                document.has_error_at |= !diagnostics.is_empty();
                for (bytes, diagnostic) in diagnostics {
                    self.diagnostic(&document.id, bytes, diagnostic);
                }
                self.open = Some(document);
            }
            None if line.is_empty() || (line.starts_with('#') && !line.starts_with(END)) => {}
            None => {
                let diagnostic = Diagnostic::new("this line is outside any document");
                self.diagnostic(
                    "",
                    bytes,
                    diagnostic.help(format!("a document begins with a line `{BEGIN} (id); part 000`")),
                );
            }
        }
    }

    fn begin(&mut self, name: &str, line: usize, bytes: Range<usize>) {
        if let Some(before) = self.open.take() {
            let diagnostic = Diagnostic::new("a document begins before the last one has ended");
            self.diagnostic(&before.id, bytes.clone(), diagnostic.help(format!("put a line `{END}` before this one")));
        }
        let id = id(name);
        let has_error_at = id.is_empty();
        if has_error_at {
            let diagnostic = Diagnostic::new("the document has no id");
            self.diagnostic("", bytes.clone(), diagnostic.help(format!("write `{BEGIN} (id); part 000`")));
        }
        self.open = Some(OpenDocument {
            id,
            line,
            begin: bytes,
            text: String::new(),
            length: 0,
            at_break: false,
            begun: BTreeMap::new(),
            clusters: BTreeMap::new(),
            columns: None,
            lines: Vec::new(),
            has_error_at,
        });
    }

    fn end(&mut self, document: OpenDocument) {
        let unclosed: Vec<_> = document.begun.values().flatten().map(|(_, bytes)| bytes.clone()).collect();
        for bytes in &unclosed {
            let diagnostic =
                Diagnostic::new(format!("the mention that begins with `{}` does not end", &self.text[bytes.clone()]));
            let name = self.text[bytes.clone()].trim_start_matches('(');
            self.diagnostic(&document.id, bytes.clone(), diagnostic.help(format!("a later token needs `{name})`")));
        }
        if document.has_error_at || !unclosed.is_empty() {
            return;
        }
        let source = Source { file: self.file.to_owned(), line: document.line };
        let mut entry = Entry::foreign(source, document.id);
        let cluster = |(id, mut mentions): (String, Vec<Span>)| {
            mentions.sort_by_key(|span| (span.start, span.end));
            Cluster { id: Some(id), mentions }
        };
        entry.annotations.coreference = Some(document.clusters.into_iter().map(cluster).collect());
        entry.annotations.words = Some(WordLines {
            file: Arc::from(self.file),
            lines: Arc::from(document.lines),
            ranges: None,
            is_whole_file: false,
        });
        entry.text = Some(document.text);
        self.entries.push(entry);
    }
}

/// Whether a line within a document is a comment: it begins with `#`, and has another number of
/// columns than the words, or ends with something else than a cell of coreference.
fn is_comment(line: &str, columns: Option<usize>) -> bool {
    let cells: Vec<&str> = line.split_whitespace().collect();
    let is_cell = |cell: &&str| marks(cell, 0).1.is_empty();
    line.starts_with('#')
        && (columns.is_some_and(|columns| columns != cells.len())
            || cells.len() < 2
            || !cells.last().is_some_and(is_cell))
}

/// Returns the id of a document: `(nw/wsj_0001); part 002` is its part 002; a name without
/// parentheses is used as it is.
fn id(name: &str) -> String {
    let name = name.trim();
    let Some((id, rest)) = name.strip_prefix('(').and_then(|name| name.rsplit_once(')')) else {
        return name.to_owned();
    };
    let part = rest.trim_start_matches(';').trim().trim_start_matches("part").trim();
    if part.trim_start_matches('0').is_empty() { id.trim().to_owned() } else { format!("{} part {part}", id.trim()) }
}

/// Adds a line with a token to a document: its word and its mentions. Returns the errors in the
/// line.
fn token(document: &mut OpenDocument, text: &str, bytes: Range<usize>) -> Vec<(Range<usize>, Diagnostic)> {
    let line = &text[bytes.clone()];
    let columns: Vec<&str> = line.split_whitespace().collect();
    let (Some(cell), Some(word)) = (columns.last(), columns.get(3.min(columns.len().wrapping_sub(2)))) else {
        let diagnostic =
            Diagnostic::new("there is only one column").help("a line has a word and, last, its coreference column");
        return vec![(bytes, diagnostic)];
    };
    if document.length > 0 {
        document.text.push(if document.at_break { '\n' } else { ' ' });
        document.length += 1;
    }
    document.at_break = false;
    let start = (document.length, document.text.len());
    document.text.push_str(word);
    document.length += u32::try_from(word.chars().count()).unwrap_or(u32::MAX);
    let end = document.length;

    let at = bytes.start + line.trim_end().len() - cell.len();
    let (marks, mut diagnostics) = marks(cell, at);
    // As in the reference scorer, mentions of one token come first within a cell, then beginnings,
    // then ends.
    let mut spans: Vec<(&str, MentionStart)> = Vec::new();
    for (mark, _) in &marks {
        if let MentionMark::Single(name) = mark {
            spans.push((name, start));
        }
    }
    for (mark, bytes) in &marks {
        if let MentionMark::Begins(name) = mark {
            document.begun.entry((*name).to_owned()).or_default().push((start, bytes.clone()));
        }
    }
    for (mark, bytes) in &marks {
        let MentionMark::Ends(name) = mark else { continue };
        match document.begun.get_mut(*name).and_then(Vec::pop) {
            Some((begin, _)) => spans.push((name, begin)),
            None => {
                let diagnostic = Diagnostic::new(format!("`{name})` ends a mention that has not begun"));
                diagnostics.push((bytes.clone(), diagnostic.help(format!("an earlier token needs `({name}`"))));
            }
        }
    }
    for (name, begin) in spans {
        let covered = document.text[begin.1..].to_owned();
        let span = Span { text: Some(covered), ..Span::new(begin.0, end) };
        document.clusters.entry(name.to_owned()).or_default().push(span);
    }
    diagnostics
}

type MentionMarks<'a> = Vec<(MentionMark<'a>, Range<usize>)>;

/// Returns the marks of a cell that begins at a byte offset of the file, and the errors in it.
fn marks(cell: &str, at: usize) -> (MentionMarks<'_>, Vec<(Range<usize>, Diagnostic)>) {
    let (mut marks, mut diagnostics) = (Vec::new(), Vec::new());
    if matches!(cell, "-" | "_" | "*") {
        return (marks, diagnostics);
    }
    let mut rest = cell;
    while !rest.is_empty() {
        let bare = rest.trim_start_matches('|');
        if bare.is_empty() && !marks.is_empty() {
            break;
        }
        let opens = bare.starts_with('(');
        let inner = bare.strip_prefix('(').unwrap_or(bare);
        let name = &inner[..inner.find(['(', ')', '|']).unwrap_or(inner.len())];
        let closes = inner[name.len()..].starts_with(')');
        let length = usize::from(opens) + name.len() + usize::from(closes);
        let from = at + cell.len() - bare.len();
        let bytes = from..from + length.max(1);
        let mark = match (opens, closes) {
            (true, true) => MentionMark::Single(name),
            (true, false) => MentionMark::Begins(name),
            (false, true) => MentionMark::Ends(name),
            (false, false) => {
                diagnostics.push((bytes, expected(cell)));
                break;
            }
        };
        if name.is_empty() {
            diagnostics.push((bytes, expected(cell)));
            break;
        }
        marks.push((mark, bytes));
        rest = &bare[length..];
    }
    (marks, diagnostics)
}

fn expected(cell: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("`{cell}` is not a coreference column"));
    diagnostic.help("it has `(0` where a mention of cluster 0 begins, `0)` where one ends, `(0)` for one token, several with `|` between them, or `-`")
}
