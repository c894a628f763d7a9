//! Parses the documents of a window in parallel.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::align::Item;
use crate::corpus::{StoredText, contradicting, to_answer, to_reference};
use crate::document::{Annotations, Answer, Document as SourceDocument, Reference};
use crate::error::Diagnostic;
use crate::format::{Entry, PlainEntity, PlainSummaries, decode, read_id, read_line, read_plain, read_summaries};
use crate::metric::PlainCounter;
use crate::parallel;
use crate::score::{CorpusChecks, Engine, Fingerprint, Settings, Status, Totals};

/// A parsed line of a file.
#[derive(Default)]
pub(super) struct ParsedLine<'t> {
    /// A hash of the id, distinct for distinct ids.
    pub key: u128,
    /// An order-preserving prefix of the id: while it ascends, no id is a duplicate.
    pub order: u128,
    /// The line: its number in the file, its offset in the window, and its text.
    pub number: usize,
    pub at: usize,
    pub text: Cow<'t, str>,
    pub content: Content,
}

/// The content of a line.
#[derive(Default)]
pub(super) enum Content {
    /// Plain spans: the index of the window part that contains them, their range in it, and, if
    /// requested, the fingerprint of the answer that they form; and the index of their first stored
    /// text, if any has one.
    Plain { part: usize, from: usize, to: usize, answer: u128, texts: Option<usize> },
    /// Other content, not parsed beyond the id.
    #[default]
    Unread,
}

/// A plain span with the number of its label in its part.
#[derive(Clone, Copy)]
struct NumberedSpan {
    start: u32,
    end: u32,
    label: u32,
}

/// The byte offset in its line and the length of the stored text of a span.
#[derive(Clone, Copy)]
struct TextRange {
    at: u32,
    length: u32,
}

impl TextRange {
    /// The range of a span without a stored text.
    const NONE: Self = Self { at: u32::MAX, length: 0 };

    fn of(text: Option<&str>, line: &str) -> Self {
        let range = |text: &str| {
            let at = u32::try_from(text.as_ptr() as usize - line.as_ptr() as usize).ok()?;
            Some(Self { at, length: u32::try_from(text.len()).ok()? })
        };
        text.and_then(range).unwrap_or(Self::NONE)
    }

    fn text(self, line: &str) -> Option<&str> {
        line.get(self.at as usize..self.at as usize + self.length as usize)
    }
}

/// The plain spans of a part of a window.
pub(super) struct SpanPart {
    spans: Vec<NumberedSpan>,
    texts: Vec<TextRange>,
    /// Maps the label numbers of the part to ranks in sorted order.
    ranks: Vec<u32>,
}

/// All labels so far, sorted.
pub(super) type Labels = Vec<Arc<str>>;

/// The number of bytes in one unit of parallel work.
const PART: usize = 1 << 16;

/// The plain spans of a part, with label numbers local to the part.
pub(super) struct ParsedPart<'t> {
    spans: Vec<NumberedSpan>,
    texts: Vec<TextRange>,
    names: Vec<&'t str>,
}

/// The parsed content of a window.
pub(super) struct Window<'t> {
    pub documents: Vec<ParsedLine<'t>>,
    pub raw: Vec<ParsedPart<'t>>,
    /// The number of line ends in the window.
    pub lines: usize,
}

/// Parses a window: its documents, and the plain spans that they refer to.
///
/// `fingerprints` requests the fingerprints of answers of plain spans.
pub(super) fn read_window<'t>(
    file: &Path,
    window: &'t [u8],
    first: usize,
    fingerprints: bool,
) -> Result<Window<'t>, Vec<Diagnostic>> {
    let text = std::str::from_utf8(window).map_err(|_| {
        let diagnostic = decode(window).err().unwrap_or_default().in_file(file);
        let position = diagnostic.position.map(|(line, column)| (line + first - 1, column));
        vec![Diagnostic { position, ..diagnostic }]
    })?;
    let (parts, lines) = cut(text);
    let numbered: Vec<_> = parts.into_iter().enumerate().collect();
    let read = parallel::map(numbered, |(number, (at, line, text))| {
        read_part((file, fingerprints), text, number, at, first + line)
    });
    let (mut documents, mut raw, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for (more, part, wrong) in read {
        documents.extend(more);
        raw.push(part);
        diagnostics.extend(wrong);
    }
    if diagnostics.is_empty() { Ok(Window { documents, raw, lines }) } else { Err(diagnostics) }
}

/// Assigns ranks among all labels to the labels of both windows.
pub(super) fn settle(windows: [Vec<ParsedPart<'_>>; 2], labels: &mut Labels) -> [Vec<SpanPart>; 2] {
    for name in windows.iter().flatten().flat_map(|raw| &raw.names) {
        if let Err(rank) = rank(labels, name) {
            labels.insert(rank, Arc::from(*name));
        }
    }
    let settle = |raw: ParsedPart<'_>| {
        let ranks = raw.names.iter().map(|name| rank(labels, name).unwrap_or_default() as u32).collect();
        SpanPart { spans: raw.spans, texts: raw.texts, ranks }
    };
    windows.map(|parts| parts.into_iter().map(settle).collect())
}

fn rank(labels: &Labels, name: &str) -> Result<usize, usize> {
    labels.binary_search_by(|label| (**label).cmp(name))
}

/// Divides a window between lines. Returns the offset, the first line number (from 0) and the text
/// of each part, and the number of lines.
fn cut(text: &str) -> (Vec<(usize, usize, &str)>, usize) {
    let (mut parts, mut from, mut line) = (Vec::new(), 0, 0);
    while from < text.len() {
        let least = (from + PART).min(text.len());
        let to = memchr::memchr(b'\n', &text.as_bytes()[least - 1..]).map_or(text.len(), |at| least + at);
        let part = &text[from..to];
        parts.push((from, line, part));
        line += memchr::memchr_iter(b'\n', part.as_bytes()).count();
        from = to;
    }
    (parts, line)
}

type ParsedLines<'t> = (Vec<ParsedLine<'t>>, ParsedPart<'t>, Vec<Diagnostic>);

fn read_part<'t>(
    (file, fingerprints): (&Path, bool),
    text: &'t str,
    part: usize,
    mut at: usize,
    first: usize,
) -> ParsedLines<'t> {
    let (mut documents, mut diagnostics) = (Vec::new(), Vec::new());
    let (mut spans, mut names): (Vec<NumberedSpan>, Vec<&str>) = (Vec::with_capacity(text.len() / 40), Vec::new());
    let mut texts = Vec::new();
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut last: Option<(&str, u32)> = None;
    let mut entities: Vec<PlainEntity<'_>> = Vec::new();
    for (line, with_end) in text.split_inclusive('\n').enumerate() {
        let offset = at;
        at += with_end.len();
        let whole = with_end.strip_suffix('\n').unwrap_or(with_end);
        let whole = whole.strip_suffix('\r').unwrap_or(whole);
        if !whole.starts_with('{') && whole.trim().is_empty() {
            continue;
        }
        let number = first + line;
        let ((key, order), content) = match read_plain(whole, &mut entities) {
            Some(id) => {
                let from = spans.len();
                for entity in &entities {
                    let label = match last {
                        Some((name, label)) if name == entity.label => label,
                        _ => *numbers.entry(entity.label).or_insert_with(|| {
                            names.push(entity.label);
                            names.len() as u32 - 1
                        }),
                    };
                    last = Some((entity.label, label));
                    spans.push(NumberedSpan { start: entity.start, end: entity.end, label });
                }
                let answer = if fingerprints { fingerprint_of(&entities) } else { 0 };
                let stored = entities.iter().any(|entity| entity.text.is_some()).then(|| {
                    let first = texts.len();
                    texts.extend(entities.iter().map(|entity| TextRange::of(entity.text, whole)));
                    first
                });
                ((key(id), order(id)), Content::Plain { part, from, to: spans.len(), answer, texts: stored })
            }
            None => match read_id(whole).map_or_else(
                || read_line(file, number, whole).map(|entry| (key(&entry.id), order(&entry.id))),
                |id| Ok((key(id), order(id))),
            ) {
                Ok(key) => (key, Content::Unread),
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    continue;
                }
            },
        };
        documents.push(ParsedLine { key, order, number, at: offset, text: Cow::Borrowed(whole), content });
    }
    (documents, ParsedPart { spans, texts, names }, diagnostics)
}

/// Returns the first 16 bytes of an id as a big-endian number, which preserves their order.
fn order(id: &str) -> u128 {
    let mut bytes = [0; 16];
    let length = id.len().min(16);
    bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

/// Returns a 128-bit hash of an id.
fn key(id: &str) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        id.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// A golden document with its prediction.
pub(super) struct Pair<'t> {
    pub gold: ParsedLine<'t>,
    pub predicted: ParsedLine<'t>,
    /// The line number and line of the document, if documents are in a separate file.
    pub text: Option<(usize, String)>,
}

/// What to do if the documents are not those that were answered.
pub(super) const CHANGED: &str = "the file has changed since its documents were answered; run again without --resume";

/// The files and the plain spans of both windows.
pub(super) struct Sources<'t> {
    pub files: [&'t Path; 2],
    pub parts: [&'t [SpanPart]; 2],
    pub labels: &'t Labels,
    /// The documents file, if there is a separate one.
    pub documents: Option<&'t Path>,
    pub counter: Option<&'static dyn PlainCounter>,
    /// Whether texts of items are shown, which the fast path does not keep.
    pub needs_texts: bool,
    pub settings: &'t Settings,
}

/// Why documents cannot be streamed.
#[derive(Debug)]
pub enum Obstacle {
    /// They contain errors.
    Diagnostics(Vec<Diagnostic>),
    /// Their content is supported only for loaded files, or the checks on the whole corpus refuse
    /// them.
    MustLoad,
}

impl From<Vec<Diagnostic>> for Obstacle {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Diagnostics(diagnostics)
    }
}

/// Parses the line of the documents file that a prediction answers.
///
/// # Errors
/// Fails if the line is not the document `id` with a text, which it was when it was answered.
fn parse_document(file: &Path, (number, line): &(usize, String), id: &str) -> Result<SourceDocument, Vec<Diagnostic>> {
    let entry = read_line(file, *number, line).map_err(|diagnostic| vec![diagnostic])?;
    let changed = |message| {
        let diagnostic = Diagnostic::new(message).in_file(file).at((*number, 1));
        Err(vec![diagnostic.of_document(id).help(CHANGED)])
    };
    match entry.text {
        _ if entry.id != id => changed(format!("document {:?} is in place of {id:?}, which was answered", entry.id)),
        Some(text) => Ok(SourceDocument::with_meta(entry.id, text, entry.meta)),
        None => changed("the line has no `text`".to_owned()),
    }
}

impl Sources<'_> {
    /// Counts pairs on one thread.
    pub fn count(&self, engine: &Engine<'_>, pairs: Vec<Pair<'_>>) -> Result<(Totals, CorpusChecks), Obstacle> {
        let (mut portion, mut checks, mut diagnostics) = (engine.portion(), CorpusChecks::default(), Vec::new());
        for pair in pairs {
            if let Some(counter) = self.counter
                && let (Some((gold, _)), Some((predicted, answer))) =
                    (self.items(&pair.gold, 0), self.items(&pair.predicted, 1))
            {
                if self.contradict(&pair) {
                    return Err(Obstacle::MustLoad);
                }
                let id = read_plain_id(&pair.gold.text);
                portion.plain(counter, (id.unwrap_or_default(), answer), [&gold, &predicted], self.labels);
                continue;
            }
            match self.read(pair) {
                Ok((id, reference, answer)) => {
                    checks.document(&reference, Some(&answer), self.settings);
                    portion.document(&id, &reference, Some(&answer));
                }
                Err(Obstacle::Diagnostics(more)) => diagnostics.extend(more),
                Err(Obstacle::MustLoad) => return Err(Obstacle::MustLoad),
            }
        }
        if diagnostics.is_empty() { Ok((portion.finish(), checks)) } else { Err(Obstacle::Diagnostics(diagnostics)) }
    }

    /// Parses a pair completely and checks it.
    fn read(&self, pair: Pair<'_>) -> Result<(String, Reference, Answer), Obstacle> {
        if let Some(read) = summaries(&pair) {
            return Ok(read);
        }
        let (gold, line) = self.entry(pair.gold, 0)?;
        let (predicted, predicted_line) = self.entry(pair.predicted, 1)?;
        let id = gold.id.clone();
        let document = match (self.documents, &pair.text) {
            (Some(file), Some(line)) => Some(parse_document(file, line, &id)?),
            _ => None,
        };
        let reference = to_reference(gold, &line, document.as_ref())?;
        let answer = to_answer(predicted, &predicted_line, &reference)?;
        Ok((id, reference, answer))
    }

    /// Returns the plain spans of a document and the fingerprint of the answer that they form;
    /// `None` if it has any other content.
    fn items(&self, document: &ParsedLine<'_>, side: usize) -> Option<(Vec<Item>, u128)> {
        match document.content {
            Content::Plain { texts: Some(_), .. } if self.needs_texts => None,
            Content::Plain { part, from, to, answer, .. } => {
                let part = &self.parts[side][part];
                let item = |span: &NumberedSpan| Item::new(span.start, span.end, part.ranks[span.label as usize]);
                Some((part.spans[from..to].iter().map(item).collect(), answer))
            }
            Content::Unread => {
                let mut entities = Vec::new();
                read_plain(&document.text, &mut entities)?;
                if self.needs_texts && entities.iter().any(|entity| entity.text.is_some()) {
                    return None;
                }
                let item = |entity: &PlainEntity<'_>| {
                    let label = rank(self.labels, entity.label).ok()?;
                    Some(Item::new(entity.start, entity.end, label as u32))
                };
                Some((entities.iter().map(item).collect::<Option<_>>()?, fingerprint_of(&entities)))
            }
        }
    }

    /// Whether the stored texts of plain spans contradict each other, which only loading reports.
    fn contradict(&self, pair: &Pair<'_>) -> bool {
        let gold = self.stored_texts(&pair.gold, 0);
        !gold.is_empty() && !contradicting(&gold, &self.stored_texts(&pair.predicted, 1)).is_empty()
    }

    /// Returns the stored texts of plain spans.
    fn stored_texts<'d>(&self, document: &'d ParsedLine<'_>, side: usize) -> Vec<StoredText<'d>> {
        match document.content {
            Content::Plain { texts: None, .. } => Vec::new(),
            Content::Plain { part, from, to, texts: Some(texts), .. } => {
                let part = &self.parts[side][part];
                let stored = part.spans[from..to].iter().zip(&part.texts[texts..]);
                let text = |(span, range): (&NumberedSpan, &TextRange)| {
                    Some(StoredText { start: span.start, end: span.end, text: range.text(&document.text)? })
                };
                stored.filter_map(text).collect()
            }
            Content::Unread => {
                let mut entities = Vec::new();
                let _ = read_plain(&document.text, &mut entities);
                let text = |entity: &PlainEntity<'d>| {
                    Some(StoredText { start: entity.start, end: entity.end, text: entity.text? })
                };
                entities.iter().filter_map(text).collect()
            }
        }
    }

    /// Parses and checks a golden document without a prediction.
    pub fn read_gold(&self, document: ParsedLine<'_>) -> Result<(String, Reference), Obstacle> {
        let (entry, line) = self.entry(document, 0)?;
        let id = entry.id.clone();
        Ok((id, to_reference(entry, &line, None)?))
    }

    /// Parses a line and returns it with its text. Repeats are joined with the first answer only
    /// when files are loaded.
    fn entry<'d>(&self, document: ParsedLine<'d>, side: usize) -> Result<(Entry, Cow<'d, str>), Obstacle> {
        let entry =
            read_line(self.files[side], document.number, &document.text).map_err(|diagnostic| vec![diagnostic])?;
        if entry.repeat > 1 { Err(Obstacle::MustLoad) } else { Ok((entry, document.text)) }
    }
}

/// Returns the fingerprint of an answer of plain spans.
fn fingerprint_of(entities: &[PlainEntity<'_>]) -> u128 {
    let mut fingerprint = Fingerprint::default();
    fingerprint.begin(Status::Ok, None);
    entities.iter().for_each(|entity| fingerprint.entity(entity));
    fingerprint.finish()
}

/// Parses the id of a line that contains plain spans.
fn read_plain_id(line: &str) -> Option<&str> {
    read_id(line).or_else(|| read_plain(line, &mut Vec::new()))
}

/// Parses lines with summaries on both sides. Summaries need no checks of their own.
fn summaries(pair: &Pair<'_>) -> Option<(String, Reference, Answer)> {
    let (Content::Unread, Content::Unread, None) = (&pair.gold.content, &pair.predicted.content, &pair.text) else {
        return None;
    };
    let (gold, predicted) = (read_summaries(&pair.gold.text)?, read_summaries(&pair.predicted.text)?);
    let annotations = |read: PlainSummaries| Annotations { summaries: Some(read.summaries), ..Annotations::default() };
    let id = gold.id.clone();
    let reference = Reference { gold: annotations(gold), ..Reference::default() };
    Some((id, reference, Answer::ok(annotations(predicted))))
}
