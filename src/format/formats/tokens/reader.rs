//! The full reader of token files, which handles all variants and reports errors with their lines.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::layout::Layout;
use super::line::{Columns, is_blank, is_comment, key_value};
use super::options::{Notation, to_prefixed};
use crate::document::{Annotations, Scheme, Sentence, TagName, Tags, TokenFile};
use crate::error::{Diagnostic, Recovered};
use crate::format::{Entry, Source};

/// The token of a line that begins a document.
const OPENING: &[u8] = b"-DOCSTART-";

/// Reads the documents of a token file, with tags from the last column, and the diagnostics of its
/// lines.
///
/// A document begins at a `-DOCSTART-` line. Its id is that of the comment `# id = ...` before or
/// after the line, or else its number. Without such lines, each sentence is a document. All
/// sequences of tags are accepted.
pub fn read(file: &Path, text: &str) -> Recovered<Vec<Entry>> {
    read_as(file, text, &Layout::default(), None).into_recovered()
}

/// A token file that was read.
pub(super) struct ReadTokens {
    /// The documents.
    pub entries: Vec<Entry>,
    /// The errors in the lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The tags that are not written in the notation, as indexes into the file's `names`, in the
    /// order of first use.
    pub outside: Vec<u32>,
}

impl ReadTokens {
    /// Returns the documents and the errors.
    pub fn into_recovered(self) -> Recovered<Vec<Entry>> {
        Recovered { value: self.entries, diagnostics: self.diagnostics }
    }
}

/// Reads the documents of a token file like [`read`], by a layout and a notation of tags.
pub(super) fn read_as(file: &Path, text: &str, layout: &Layout, notation: Option<Notation>) -> ReadTokens {
    if u32::try_from(text.len()).is_err() {
        let diagnostic = Diagnostic::new("a token file of 4 GiB or more cannot be read").in_file(file);
        let diagnostics = vec![diagnostic.help("split it between sentences into several files")];
        return ReadTokens { entries: Vec::new(), diagnostics, outside: Vec::new() };
    }
    let mut reader = TokenFileReader::new(file, text, layout, notation);
    let mut start = 0;
    let bytes = text.as_bytes();
    for (line, end) in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).enumerate() {
        reader.line(line + 1, &text[start..end]);
        start = end + 1;
    }
    reader.finish()
}

/// Returns a diagnostic for each tag of a document that is ill-formed by a scheme.
pub fn strict(tags: &Tags, scheme: Scheme) -> Vec<Diagnostic> {
    let file = &*tags.file;
    let mut covered = vec![false; tags.tokens().len()];
    let begin = tags.tokens().start;
    for chunk in scheme.chunks(tags) {
        covered[(chunk.first - begin) as usize..=(chunk.last - begin) as usize].fill(true);
    }
    let astray = tags.tokens().filter(|token| {
        let prefix = file.tag(*token).prefix;
        !covered[(token - begin) as usize] && (prefix != b'O' || !scheme.prefixes().contains(prefix as char))
    });
    let describe = |token: u32| {
        let tag = &file.tag(token).text;
        let before = if file.is_first(token) { None } else { Some(&file.tag(token - 1).text) };
        let place = before.map_or_else(|| "at the beginning of a sentence".to_owned(), |tag| format!("after {tag}"));
        let diagnostic = Diagnostic::new(format!("{tag} {place} is not valid {scheme}")).in_file(&file.file);
        let prefixes: Vec<String> = scheme.prefixes().chars().map(|prefix| format!("`{prefix}`")).collect();
        let help = if scheme.prefixes().contains(file.tag(token).prefix as char) {
            "fix the tag, or read the file leniently".to_owned()
        } else {
            format!("{scheme} has the prefixes {}", prefixes.join(", "))
        };
        diagnostic.at((file.line_of(token), 1)).help(help)
    };
    astray.map(describe).collect()
}

/// Whether a line begins a document. Its first column must be exactly `-DOCSTART-`.
pub(super) fn is_opening(line: &[u8]) -> bool {
    line.strip_prefix(OPENING).is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r')))
}

/// A document whose lines are being read.
struct OpenDocument {
    line: usize,
    id: Option<String>,
    first_sentence: u32,
    opening: Option<u32>,
}

struct TokenFileReader<'t> {
    tokens: TokenFile,
    layout: &'t Layout,
    notation: Option<Notation>,
    outside: Vec<u32>,
    /// The number of columns of the first line that is certainly a token.
    columns: usize,
    /// The number of that line.
    first_line: usize,
    names: FxHashMap<&'t str, u32>,
    /// The tag of the previous line, as a cache: the next tag is often the same.
    last: Option<(&'t str, u32)>,
    in_sentence: bool,
    has_openings: bool,
    /// The id in a comment `# id = ...` before the line that begins a document.
    id: Option<String>,
    documents: Vec<OpenDocument>,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> TokenFileReader<'t> {
    fn new(file: &Path, text: &'t str, layout: &'t Layout, notation: Option<Notation>) -> Self {
        let is_token = |line: &&[u8]| !is_blank(line) && !line.starts_with(b"#") && !is_opening(line);
        let lines = || {
            let lines = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line).as_bytes()).enumerate();
            lines.filter(|(at, _)| at + 1 != layout.header)
        };
        // If all tokens are `#`, the line that begins a document determines the number of columns.
        let first = lines().find(|(_, line)| is_token(line)).or_else(|| {
            let opening = lines().find(|(_, line)| is_opening(line)).map(|(_, line)| Columns::of(line).count)?;
            lines().find(|(_, line)| line.starts_with(b"#") && !is_comment(line, opening))
        });
        let tokens = TokenFile {
            file: file.to_owned(),
            text: String::with_capacity(text.len()),
            tokens: Vec::with_capacity(text.len() / 10),
            tags: Vec::with_capacity(text.len() / 10),
            ..TokenFile::default()
        };
        Self {
            tokens,
            layout,
            notation,
            outside: Vec::new(),
            columns: first.map_or(0, |(_, line)| Columns::of(line).count),
            first_line: first.map_or(0, |(at, _)| at + 1),
            names: FxHashMap::default(),
            last: None,
            in_sentence: false,
            has_openings: false,
            id: None,
            documents: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn line(&mut self, number: usize, line: &'t str) {
        if number == self.layout.header {
            return;
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        let bytes = line.as_bytes();
        let Some(first) = bytes.first() else {
            self.in_sentence = false;
            return;
        };
        match first {
            b' ' | b'\t' if is_blank(bytes) => self.in_sentence = false,
            b'#' if !self.in_sentence && is_comment(bytes, self.columns) => self.comment(bytes),
            b'-' if is_opening(bytes) => self.opening(number, line),
            _ => self.token(number, line),
        }
    }

    fn comment(&mut self, line: &[u8]) {
        let Some((_, value)) = key_value(line).filter(|(key, _)| matches!(*key, "id" | "doc_id")) else { return };
        let sentences = self.tokens.sentences.len() as u32;
        match self.documents.last_mut() {
            // The comment follows the line that begins the document.
            Some(open) if open.id.is_none() && open.first_sentence == sentences => open.id = Some(value.to_owned()),
            _ => self.id = Some(value.to_owned()),
        }
    }

    fn opening(&mut self, number: usize, line: &'t str) {
        let columns = Columns::by(line.as_bytes(), self.layout);
        let tag = columns.tag(self.layout.tags).clone();
        let opening = (columns.count > 1 && !tag.is_empty()).then(|| self.name(&line[tag]));
        if !self.has_openings && !self.tokens.sentences.is_empty() {
            // Sentences before the first such line are a document, too.
            self.documents.push(OpenDocument { line: 1, id: None, first_sentence: 0, opening: None });
        }
        self.has_openings = true;
        self.in_sentence = false;
        let first_sentence = self.tokens.sentences.len() as u32;
        self.documents.push(OpenDocument { line: number, id: self.id.take(), first_sentence, opening });
    }

    fn token(&mut self, number: usize, line: &'t str) {
        let columns = Columns::by(line.as_bytes(), self.layout);
        if columns.count < 2 || columns.count != self.columns {
            let diagnostic = if columns.count < 2 {
                let diagnostic = Diagnostic::new("the line has one column");
                diagnostic.help("a line is a token and, in the last column, its tag; a blank line ends a sentence")
            } else {
                let message = format!(
                    "the line has {} columns, but line {} has {}",
                    columns.count, self.first_line, self.columns
                );
                Diagnostic::new(message).help("all lines of a token file have the same columns; the last is the tag")
            };
            return self.diagnostic(diagnostic, number, line, columns.last);
        }
        let (tag, word) = (columns.tag(self.layout.tags).clone(), columns.word(self.layout).clone());
        if tag.is_empty() || word.is_empty() {
            let (what, at) = if tag.is_empty() { ("tag", tag) } else { ("token", word) };
            let diagnostic = Diagnostic::new(format!("the {what} is empty"));
            return self.diagnostic(diagnostic.help("a token outside of entities has the tag `O`"), number, line, at);
        }
        if !self.in_sentence {
            self.in_sentence = true;
            let first = self.tokens.tokens.len() as u32;
            if first > 0 {
                self.tokens.text.push('\n');
            }
            self.tokens.sentences.push(Sentence { first, line: number as u32 });
        } else {
            self.tokens.text.push(' ');
        }
        let start = self.tokens.text.len() as u32;
        self.tokens.text.push_str(&line[word]);
        self.tokens.tokens.push((start, self.tokens.text.len() as u32));
        let name = self.name(&line[tag]);
        self.tokens.tags.push(name);
    }

    fn name(&mut self, tag: &'t str) -> u32 {
        if let Some((last, name)) = self.last
            && last == tag
        {
            return name;
        }
        let (names, outside, notation) = (&mut self.tokens.names, &mut self.outside, self.notation);
        let name = *self.names.entry(tag).or_insert_with(|| {
            let number = names.len() as u32;
            let written = to_prefixed(tag, notation);
            if written.is_none() {
                outside.push(number);
            }
            names.push(TagName::new(written.as_deref().unwrap_or(tag)));
            number
        });
        self.last = Some((tag, name));
        name
    }

    fn diagnostic(&mut self, diagnostic: Diagnostic, number: usize, line: &str, at: Range<usize>) {
        let column = line[..at.start].chars().count() + 1;
        let mut diagnostic = diagnostic.in_file(&self.tokens.file).at((number, column));
        if line.len() <= 240 {
            diagnostic.excerpt = Some((line.to_owned(), at));
        }
        self.diagnostics.push(diagnostic);
    }

    fn finish(mut self) -> ReadTokens {
        if self.tokens.tokens.is_empty() && !self.has_openings && self.diagnostics.is_empty() {
            let diagnostic = Diagnostic::new("there are no tokens in this file").in_file(&self.tokens.file).at((1, 1));
            self.diagnostics.push(diagnostic.help("a token file has one token a line and its tag in the last column"));
        }
        if !self.has_openings {
            let opens = self.tokens.sentences.iter().zip(0..);
            let open = |(sentence, at): (&Sentence, u32)| OpenDocument {
                line: sentence.line as usize,
                id: None,
                first_sentence: at,
                opening: None,
            };
            self.documents = opens.map(open).collect();
        }
        let file = Arc::new(self.tokens);
        let width = self.documents.len().to_string().len();
        let all = file.sentences.len() as u32;
        let ends = self.documents.iter().skip(1).map(|next| next.first_sentence).chain([all]).collect::<Vec<_>>();
        let entries = self.documents.into_iter().zip(ends).zip(1..).map(|((open, end), number)| {
            let tags = Tags {
                file: Arc::clone(&file),
                sentences: open.first_sentence..end,
                opening: open.opening,
                places: None,
                scheme: None,
                is_bilou: false,
            };
            let id = open.id.unwrap_or_else(|| format!("{number:0width$}"));
            let mut entry = Entry::foreign(Source { file: file.file.clone(), line: open.line }, id);
            entry.text = Some(tags.joined().to_owned());
            entry.annotations = Annotations { tags: Some(tags), ..Annotations::default() };
            entry
        });
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut good = Vec::new();
        for entry in entries {
            // Numbers are distinct; ids can equal each other or a number.
            if self.has_openings
                && let Some(line) = first.insert(entry.id.clone(), entry.source.line)
            {
                let message = format!("the id {:?} is also that of the document at line {line}", entry.id);
                let diagnostic = Diagnostic::new(message).in_file(&file.file).at((entry.source.line, 1));
                self.diagnostics.push(diagnostic.help("ids join documents: give each document its own id"));
                continue;
            }
            good.push(entry);
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.position);
        ReadTokens { entries: good, diagnostics: self.diagnostics, outside: self.outside }
    }
}
