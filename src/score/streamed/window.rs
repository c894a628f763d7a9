//! The documents of a window, read in parallel.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::align::Item;
use crate::corpus::{to_answer, to_reference};
use crate::document::{Annotations, Answer, Document as SourceDocument, Reference};
use crate::error::Diagnostic;
use crate::format::{Entry, PlainEntity, PlainSummaries, decode, read_id, read_line, read_plain, read_summaries};
use crate::metric::PlainCounter;
use crate::score::{CorpusChecks, Engine, Fingerprint, Settings, Status, Totals};

/// A line of a file, as far as it was understood.
#[derive(Default)]
pub(super) struct Document<'t> {
    /// Tells its id from all others.
    pub key: u128,
    /// Orders ids by their beginning: where it grows, no id comes twice.
    pub order: u128,
    /// Its line: number in the file, place in the window, and text.
    pub number: usize,
    pub at: usize,
    pub text: Cow<'t, str>,
    pub content: Content,
}

/// What stands on a line.
#[derive(Default)]
pub(super) enum Content {
    /// Plain spans: the part of the window they were read in, and their places there; and the
    /// fingerprint of the answer that they are, if it is asked for.
    Plain { part: usize, from: usize, to: usize, answer: u128, has_text: bool },
    /// Anything, not read beyond its id.
    #[default]
    Unread,
}

/// A plain span with its label's number among those of its part.
#[derive(Clone, Copy)]
struct Spot {
    start: u32,
    end: u32,
    label: u32,
}

/// The plain spans of a part of a window.
pub(super) struct Part {
    spots: Vec<Spot>,
    /// From the part's numbers of labels to places in sorted order.
    ranks: Vec<u32>,
}

/// All labels met so far, sorted.
pub(super) type Labels = Vec<Arc<str>>;

/// Bytes that one thread reads in one go.
const PART: usize = 1 << 16;

/// The plain spans of a part, still with the part's own numbers of labels.
pub(super) struct Raw<'t> {
    spots: Vec<Spot>,
    names: Vec<&'t str>,
}

/// What a window holds.
pub(super) struct Window<'t> {
    pub documents: Vec<Document<'t>>,
    pub raw: Vec<Raw<'t>>,
    /// How many line ends it has.
    pub lines: usize,
}

/// Reads a window: its documents, and the plain spans they refer to.
///
/// `fingerprints` is whether answers of plain spans are identified.
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
    let read: Vec<_> = parts
        .into_par_iter()
        .enumerate()
        .map(|(number, (at, line, text))| read_part((file, fingerprints), text, number, at, first + line))
        .collect();
    let (mut documents, mut raw, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for (more, spots, names, wrong) in read {
        documents.extend(more);
        raw.push(Raw { spots, names });
        diagnostics.extend(wrong);
    }
    if diagnostics.is_empty() { Ok(Window { documents, raw, lines }) } else { Err(diagnostics) }
}

/// Gives the labels of both windows their places among all.
pub(super) fn settle(windows: [Vec<Raw<'_>>; 2], labels: &mut Labels) -> [Vec<Part>; 2] {
    for name in windows.iter().flatten().flat_map(|raw| &raw.names) {
        if let Err(place) = rank(labels, name) {
            labels.insert(place, Arc::from(*name));
        }
    }
    let settle = |raw: Raw<'_>| {
        let ranks = raw.names.iter().map(|name| rank(labels, name).unwrap_or_default() as u32).collect();
        Part { spots: raw.spots, ranks }
    };
    windows.map(|parts| parts.into_iter().map(settle).collect())
}

fn rank(labels: &Labels, name: &str) -> Result<usize, usize> {
    labels.binary_search_by(|label| (**label).cmp(name))
}

/// Cuts a window between lines: places of the parts, their first lines from 0, and their texts; and how many lines there are.
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

type ReadPart<'t> = (Vec<Document<'t>>, Vec<Spot>, Vec<&'t str>, Vec<Diagnostic>);

fn read_part<'t>(
    (file, fingerprints): (&Path, bool),
    text: &'t str,
    part: usize,
    mut at: usize,
    first: usize,
) -> ReadPart<'t> {
    let (mut documents, mut diagnostics) = (Vec::new(), Vec::new());
    let (mut spots, mut names): (Vec<Spot>, Vec<&str>) = (Vec::with_capacity(text.len() / 40), Vec::new());
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut last: Option<(&str, u32)> = None;
    let mut entities: Vec<PlainEntity<'_>> = Vec::new();
    for (line, with_end) in text.split_inclusive('\n').enumerate() {
        let place = at;
        at += with_end.len();
        let whole = with_end.strip_suffix('\n').unwrap_or(with_end);
        let whole = whole.strip_suffix('\r').unwrap_or(whole);
        if !whole.starts_with('{') && whole.trim().is_empty() {
            continue;
        }
        let number = first + line;
        let ((key, order), content) = match read_plain(whole, &mut entities) {
            Some(id) => {
                let from = spots.len();
                for entity in &entities {
                    let label = match last {
                        Some((name, label)) if name == entity.label => label,
                        _ => *numbers.entry(entity.label).or_insert_with(|| {
                            names.push(entity.label);
                            names.len() as u32 - 1
                        }),
                    };
                    last = Some((entity.label, label));
                    spots.push(Spot { start: entity.start, end: entity.end, label });
                }
                let answer = if fingerprints { fingerprint_of(&entities) } else { 0 };
                let has_text = entities.iter().any(|entity| entity.text.is_some());
                ((key(id), order(id)), Content::Plain { part, from, to: spots.len(), answer, has_text })
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
        documents.push(Document { key, order, number, at: place, text: Cow::Borrowed(whole), content });
    }
    (documents, spots, names, diagnostics)
}

/// The first 16 bytes of an id, as a number that grows with them.
fn order(id: &str) -> u128 {
    let mut bytes = [0; 16];
    let length = id.len().min(16);
    bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

/// 128 bits that tell ids apart.
fn key(id: &str) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        id.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// A golden document with the prediction for it.
pub(super) struct Pair<'t> {
    pub gold: Document<'t>,
    pub predicted: Document<'t>,
    /// The line of the document that is answered, with its number, where documents have a file of
    /// their own.
    pub text: Option<(usize, String)>,
}

/// What to do if the documents are not those that were answered.
pub(super) const CHANGED: &str = "the file has changed since its documents were answered; run anew, without --resume";

/// The files and the plain spans of both windows.
pub(super) struct Sources<'t> {
    pub files: [&'t Path; 2],
    pub parts: [&'t [Part]; 2],
    pub labels: &'t Labels,
    /// The file of the documents, if they have one of their own.
    pub documents: Option<&'t Path>,
    pub counter: Option<&'static dyn PlainCounter>,
    /// Whether texts of items are shown, which the fast path does not keep.
    pub needs_texts: bool,
    pub settings: &'t Settings,
}

/// Why documents cannot be scored as they are read.
#[derive(Debug)]
pub enum Obstacle {
    /// They are wrong.
    Diagnostics(Vec<Diagnostic>),
    /// They have something that takes files that are loaded, or the checks on the whole corpus
    /// refuse them.
    MustLoad,
}

impl From<Vec<Diagnostic>> for Obstacle {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Diagnostics(diagnostics)
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

    /// Reads a pair with everything that stands in it, and checks it.
    fn read(&self, pair: Pair<'_>) -> Result<(String, Reference, Answer), Obstacle> {
        if let Some(read) = summaries(&pair) {
            return Ok(read);
        }
        let document = pair.text.as_ref().map(|(number, line)| self.document(*number, line)).transpose()?;
        let (gold, line) = self.entry(pair.gold, 0)?;
        let (predicted, predicted_line) = self.entry(pair.predicted, 1)?;
        let id = gold.id.clone();
        if let Some(other) = document.as_ref().filter(|document| document.id() != id) {
            let diagnostic = Diagnostic::new(format!("document {:?} stands where {id:?} was answered", other.id()));
            return Err(vec![diagnostic.in_file(self.documents.unwrap_or(self.files[0])).help(CHANGED)].into());
        }
        let reference = to_reference(gold, &line, document.as_ref())?;
        let answer = to_answer(predicted, &predicted_line, &reference)?;
        Ok((id, reference, answer))
    }

    /// A document's plain spans and the fingerprint of the answer that they are; `None` if it has
    /// anything else.
    fn items(&self, document: &Document<'_>, side: usize) -> Option<(Vec<Item>, u128)> {
        match document.content {
            Content::Plain { has_text: true, .. } if self.needs_texts => None,
            Content::Plain { part, from, to, answer, .. } => {
                let part = &self.parts[side][part];
                let item = |spot: &Spot| Item::new(spot.start, spot.end, part.ranks[spot.label as usize]);
                Some((part.spots[from..to].iter().map(item).collect(), answer))
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

    /// A golden document without a prediction, checked by itself.
    pub fn read_gold(&self, document: Document<'_>) -> Result<(String, Reference), Obstacle> {
        let (entry, line) = self.entry(document, 0)?;
        let id = entry.id.clone();
        Ok((id, to_reference(entry, &line, None)?))
    }

    /// The document on a line of the file of documents.
    fn document(&self, number: usize, line: &str) -> Result<SourceDocument, Vec<Diagnostic>> {
        let entry =
            read_line(self.documents.unwrap_or(self.files[0]), number, line).map_err(|diagnostic| vec![diagnostic])?;
        Ok(SourceDocument::with_meta(entry.id, entry.text.unwrap_or_default(), entry.meta))
    }

    /// A line with its text. Repeats are put together with the first answer once files are loaded.
    fn entry<'d>(&self, document: Document<'d>, side: usize) -> Result<(Entry, Cow<'d, str>), Obstacle> {
        let entry =
            read_line(self.files[side], document.number, &document.text).map_err(|diagnostic| vec![diagnostic])?;
        if entry.repeat > 1 { Err(Obstacle::MustLoad) } else { Ok((entry, document.text)) }
    }
}

/// The fingerprint of an answer of plain spans.
fn fingerprint_of(entities: &[PlainEntity<'_>]) -> u128 {
    let mut fingerprint = Fingerprint::default();
    fingerprint.begin(Status::Ok, None);
    entities.iter().for_each(|entity| fingerprint.entity(entity));
    fingerprint.finish()
}

/// The id of a line that holds plain spans.
fn read_plain_id(line: &str) -> Option<&str> {
    read_id(line).or_else(|| read_plain(line, &mut Vec::new()))
}

/// Summaries on both sides, ready to be scored. Nothing can be wrong with them by themselves.
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
