//! Finds the documents of a window in parallel, and counts pairs of them.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::align::LabelledSpan;
use crate::corpus::{StoredText, contradicting, to_answer, to_reference};
use crate::document::{Annotations, Answer, Document as SourceDocument, Reference};
use crate::error::Diagnostic;
use crate::format::{Entry, PlainEntity, PlainSummaries, decode, read_id, read_line, read_plain, read_summaries};
use crate::limits::current;
use crate::parallel;
use crate::score::{CorpusChecks, Engine, Fingerprint, Status, Totals};

/// A line of a file, of which only the id has been parsed.
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
}

/// Returns the documents of a window whose first line has the number `first`.
pub(super) fn read_window<'t>(file: &Path, window: &'t [u8], first: usize) -> Result<Vec<ParsedLine<'t>>, Obstacle> {
    let in_file = |diagnostic: Diagnostic, before: usize| {
        let position = diagnostic.position.map(|(line, column)| (line + before, column));
        Obstacle::from(Diagnostic { position, ..diagnostic })
    };
    let text = std::str::from_utf8(window)
        .map_err(|_| in_file(decode(window).err().unwrap_or_default().in_file(file), first - 1))?;
    let read = |with_end: &'t str| {
        let line = with_end.strip_suffix('\n').unwrap_or(with_end);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.starts_with('{') && line.trim().is_empty() {
            return (with_end.len(), None);
        }
        let parsed =
            |id: &str| ParsedLine { key: key(id), order: order(id), text: line.into(), ..ParsedLine::default() };
        let read = match read_plain_id(line) {
            Some(id) => Ok(parsed(id)),
            None => read_line(file, 1, line).map(|entry| parsed(&entry.id)),
        };
        (with_end.len(), Some(read))
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut at = 0;
    all(parallel::map(lines, read).into_iter().enumerate().filter_map(|(before, (bytes, read))| {
        let offset = at;
        at += bytes;
        let number = first + before;
        let located = |parsed| ParsedLine { number, at: offset, ..parsed };
        read.map(|read| read.map(located).map_err(|diagnostic| in_file(diagnostic, number - 1)))
    }))
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

/// A golden document with its prediction, if there is one.
pub(super) struct WindowPair<'t> {
    pub gold: ParsedLine<'t>,
    pub predicted: Option<ParsedLine<'t>>,
    /// The line number and line of the document, if documents are in a separate file.
    pub text: Option<(usize, String)>,
}

/// What to do if the documents are not those that were answered.
pub(super) const CHANGED: &str = "the file has changed since its documents were answered; run again without --resume";

/// The files of both windows.
pub(super) struct Sources<'t, 's> {
    pub files: [&'t Path; 2],
    /// The documents file, if there is a separate one.
    pub documents: Option<&'t Path>,
    pub engine: &'t Engine<'s>,
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

impl From<Diagnostic> for Obstacle {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostics(vec![diagnostic])
    }
}

/// Returns the values of all results, or else the diagnostics of all.
pub(super) fn all<T>(results: impl IntoIterator<Item = Result<T, Obstacle>>) -> Result<Vec<T>, Obstacle> {
    let (mut values, mut diagnostics) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(Obstacle::Diagnostics(more)) => diagnostics.extend(more),
            Err(Obstacle::MustLoad) => return Err(Obstacle::MustLoad),
        }
    }
    if diagnostics.is_empty() { Ok(values) } else { Err(Obstacle::Diagnostics(diagnostics)) }
}

/// Parses the line of the documents file that a prediction answers.
///
/// # Errors
/// Fails if the line is not the document `id` with a text, which it was when it was answered.
fn parse_document(file: &Path, (number, line): &(usize, String), id: &str) -> Result<SourceDocument, Diagnostic> {
    let entry = read_line(file, *number, line)?;
    let changed = |message| {
        let diagnostic = Diagnostic::new(message).in_file(file).at((*number, 1));
        Err(diagnostic.of_document(id).help(CHANGED))
    };
    match entry.text {
        _ if entry.id != id => changed(format!("document {:?} is in place of {id:?}, which was answered", entry.id)),
        Some(text) => Ok(SourceDocument::with_meta(entry.id, text, entry.meta)),
        None => changed("the line has no `text`".to_owned()),
    }
}

/// The plain spans of some documents, with labels numbered in the order of first use until
/// [`Self::rank`].
#[derive(Default)]
struct PlainSpans<'t> {
    items: Vec<LabelledSpan>,
    numbers: FxHashMap<&'t str, u32>,
    last: Option<(&'t str, u32)>,
    entities: Vec<PlainEntity<'t>>,
    /// The stored texts of the golden spans that were added last.
    golden_texts: Vec<StoredText<'t>>,
}

impl<'t> PlainSpans<'t> {
    /// Adds the spans of a line. Returns the id of the document and the indices of its items;
    /// `None` if the line has any other content.
    fn add(&mut self, line: &'t str, needs_texts: bool) -> Option<(&'t str, Range<usize>)> {
        let limits = current();
        let Self { items, numbers, last, entities, .. } = self;
        let id = read_plain(line, entities)?;
        // The full reader refuses what exceeds a limit.
        if entities.len() > limits.items.min(limits.labels) {
            return None;
        }
        if needs_texts && entities.iter().any(|entity| entity.text.is_some()) {
            return None;
        }
        let begin = items.len();
        for entity in entities {
            let label = match *last {
                Some((name, label)) if name == entity.label => label,
                _ => {
                    let next = numbers.len() as u32;
                    *numbers.entry(entity.label).or_insert(next)
                }
            };
            *last = Some((entity.label, label));
            items.push(LabelledSpan::new(entity.start, entity.end, label));
        }
        Some((id, begin..items.len()))
    }

    /// Adds the spans of both lines of a pair. Returns the id of the document and the indices of
    /// its items; `None` if the lines have any other content, if a golden span is there twice, of
    /// which only the full metric group warns, or if their stored texts contradict each other,
    /// which only complete parsing reports.
    fn add_pair(&mut self, [gold, predicted]: [&'t str; 2], needs_texts: bool) -> Option<(&'t str, [Range<usize>; 2])> {
        let (id, gold) = self.add(gold, needs_texts)?;
        if has_duplicates(&self.items[gold.clone()]) {
            return None;
        }
        self.golden_texts.clear();
        self.golden_texts.extend(stored_texts(&self.entities));
        let (_, predicted) = self.add(predicted, needs_texts)?;
        if !self.golden_texts.is_empty() {
            let predicted_texts: Vec<StoredText<'_>> = stored_texts(&self.entities).collect();
            if !contradicting(&self.golden_texts, &predicted_texts).is_empty() {
                return None;
            }
        }
        Some((id, [gold, predicted]))
    }

    /// Returns the fingerprint of an answer of the spans that were added last.
    fn fingerprint(&self) -> u128 {
        let mut fingerprint = Fingerprint::default();
        fingerprint.begin(Status::Ok, None);
        self.entities.iter().for_each(|entity| fingerprint.entity(entity));
        fingerprint.finish()
    }

    /// Returns the items, with labels numbered in sorted order, and the labels.
    fn rank(mut self) -> (Vec<LabelledSpan>, Vec<Arc<str>>) {
        let mut labels: Vec<(&str, u32)> = self.numbers.into_iter().collect();
        labels.sort_unstable();
        let mut ranks = vec![0; labels.len()];
        (0..).zip(&labels).for_each(|(rank, (_, number))| ranks[*number as usize] = rank);
        self.items.iter_mut().for_each(|item| item.label = ranks[item.label as usize]);
        (self.items, labels.into_iter().map(|(label, _)| label.into()).collect())
    }
}

impl Sources<'_, '_> {
    /// Counts pairs on one thread.
    pub fn count(&self, pairs: &[WindowPair<'_>]) -> Result<(Totals, CorpusChecks), Obstacle> {
        let engine = self.engine;
        // Plain spans are not checked against texts.
        let counter = engine.plain_counter().filter(|_| self.documents.is_none());
        let (needs_texts, needs_answers) = (engine.needs_texts(), engine.wanted.is_some());
        let mut spans = PlainSpans::default();
        let mut plain = |pair| {
            let WindowPair { gold, predicted, .. }: &WindowPair<'_> = pair;
            let counter = counter?;
            let (id, sides) = spans.add_pair([&gold.text, &predicted.as_ref()?.text], needs_texts)?;
            let answer = if needs_answers { spans.fingerprint() } else { 0 };
            Some((counter, id, answer, sides))
        };
        let (mut portion, mut checks) = (engine.portion(), CorpusChecks::default());
        let (mut counted, mut others) = (Vec::new(), Vec::new());
        for pair in pairs {
            match plain(pair) {
                Some(document) => counted.push(document),
                None => others.push(self.read(pair)),
            }
        }
        let (items, labels) = spans.rank();
        for (counter, id, answer, sides) in counted {
            portion.plain(counter, (id, answer), sides.map(|range| &items[range]), &labels);
        }
        for (id, reference, answer) in all(others)? {
            checks.document(&reference, answer.as_ref(), engine.settings());
            portion.document(&id, &reference, answer.as_ref());
        }
        Ok((portion.finish(), checks))
    }

    /// Parses a pair completely and checks it.
    fn read(&self, pair: &WindowPair<'_>) -> Result<(String, Reference, Option<Answer>), Obstacle> {
        if let Some((id, reference, answer)) = summaries(pair) {
            return Ok((id, reference, Some(answer)));
        }
        let gold = self.entry(&pair.gold, 0)?;
        let predicted = match &pair.predicted {
            Some(line) => Some((self.entry(line, 1)?, line)),
            None => None,
        };
        let id = gold.id.clone();
        let document = match (self.documents, &pair.text) {
            (Some(file), Some(line)) => Some(parse_document(file, line, &id)?),
            _ => None,
        };
        let reference = to_reference(gold, &pair.gold.text, document.as_ref()).map_err(Obstacle::Diagnostics)?;
        let answer =
            predicted.map(|(entry, line)| to_answer(entry, &line.text, &reference).map_err(Obstacle::Diagnostics));
        Ok((id, reference, answer.transpose()?))
    }

    /// Parses a line. Repeats are joined with the first answer, and entities without offsets are
    /// known to be there, only when files are loaded.
    fn entry(&self, document: &ParsedLine<'_>, side: usize) -> Result<Entry, Obstacle> {
        let entry = read_line(self.files[side], document.number, &document.text)?;
        let mut entities = entry.annotations.entities.iter().flatten();
        if entry.repeat > 1 || entities.any(|entity| !entity.is_located()) {
            return Err(Obstacle::MustLoad);
        }
        Ok(entry)
    }
}

/// Returns the stored texts of spans.
fn stored_texts<'e, 't>(entities: &'e [PlainEntity<'t>]) -> impl Iterator<Item = StoredText<'t>> + use<'e, 't> {
    entities.iter().filter_map(|entity| Some(StoredText { start: entity.start, end: entity.end, text: entity.text? }))
}

/// Whether a span is there twice. Spans are mostly in order, which is seen without sorting them.
fn has_duplicates(spans: &[LabelledSpan]) -> bool {
    if spans.windows(2).all(|pair| pair[0] < pair[1]) {
        return false;
    }
    let mut sorted: Vec<&LabelledSpan> = spans.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

/// Parses the id of a line that contains plain spans.
fn read_plain_id(line: &str) -> Option<&str> {
    read_id(line).or_else(|| read_plain(line, &mut Vec::new()))
}

/// Parses lines with summaries on both sides. Summaries need no checks of their own.
fn summaries(pair: &WindowPair<'_>) -> Option<(String, Reference, Answer)> {
    if pair.text.is_some() {
        return None;
    }
    let (gold, predicted) = (read_summaries(&pair.gold.text)?, read_summaries(&pair.predicted.as_ref()?.text)?);
    let most = current();
    let fits = |read: &PlainSummaries| {
        read.summaries.len() <= most.items && read.summaries.iter().all(|summary| summary.len() <= most.document)
    };
    if !fits(&gold) || !fits(&predicted) {
        return None;
    }
    let annotations = |read: PlainSummaries| Annotations { summaries: Some(read.summaries), ..Annotations::default() };
    let id = gold.id.clone();
    let reference = Reference { gold: annotations(gold), ..Reference::default() };
    Some((id, reference, Answer::ok(annotations(predicted))))
}
