//! Counts two JSON-lines files window by window.

use std::fs;
use std::path::Path;

use super::join::{Join, Joined, PairMember, Waiting};
use super::lines::Lines;
use super::texts::TextFile;
use super::window::{CHANGED, Obstacle, ParsedLine, Sources, WindowPair, all, read_window};
use super::{WIDER, WINDOW};
use crate::error::Diagnostic;
use crate::format::{FieldMap, Format, MapOptions, Mapping, Purpose, has_extension, read_line};
use crate::parallel;
use crate::score::{ClusterBy, CorpusChecks, Engine, Missing, Policy, Settings, unanswered, unknown};
use crate::work;

/// The maximum number of diagnostics that are reported.
const MOST_DIAGNOSTICS: usize = 20;
/// The number of units of parallel work in a window.
const PORTIONS: usize = 16;
/// The number of documents without a prediction that are in memory at a time.
const UNANSWERED: usize = 1 << 10;

/// Two JSON-lines files that are counted while they are read.
#[derive(Clone, Copy)]
pub struct StreamedFiles<'f> {
    /// The golden file and the prediction file.
    pub files: [&'f Path; 2],
    /// The documents file whose lines the predictions answer in order, if their texts come from it.
    pub documents: Option<&'f Path>,
    /// Which documents are accepted.
    pub policy: Policy,
    /// The number of bytes of both files together that are in memory at a time. Smaller windows
    /// need less memory and take more time.
    pub window: usize,
}

impl<'f> StreamedFiles<'f> {
    /// Returns files that are read in windows of 2 MiB.
    pub fn new(files: [&'f Path; 2], policy: Policy) -> Self {
        Self { files, documents: None, policy, window: WINDOW }
    }

    /// Returns whether two files can be streamed: both are regular files of lines in karat's own
    /// format, and no setting needs all documents at once.
    pub fn can_be_streamed(&self, settings: &Settings) -> bool {
        settings.options.records.is_empty()
            && settings.cluster == ClusterBy::Document
            && !settings.options.spans.text
            && self.files.iter().all(|file| size(file).is_some())
    }

    /// Counts the documents of both files.
    ///
    /// # Errors
    /// Fails with the first errors in the files, or if the files must be loaded: to report all
    /// errors, or because their content needs all documents at once.
    pub fn count<'s>(self, new_engine: impl Fn() -> Engine<'s>) -> Result<Engine<'s>, Obstacle> {
        // Most files are sorted by document id, and then no ids need be kept.
        for keeps in [false, true] {
            if let Some(engine) = self.count_once(new_engine(), keeps)? {
                return Ok(engine);
            }
        }
        Err(Obstacle::MustLoad)
    }

    /// Counts the documents in one pass; returns `None` if ids must be kept.
    fn count_once<'s>(self, engine: Engine<'s>, keeps: bool) -> Result<Option<Engine<'s>>, Obstacle> {
        let [gold, predicted] = self.files;
        let (Some(gold_bytes), Some(predicted_bytes)) = (size(gold), size(predicted)) else {
            return Err(Obstacle::MustLoad);
        };
        // The windows are proportional to the file sizes, so that both contain about the same
        // documents.
        let window_size = |bytes: u64| {
            (self.window as u128 * u128::from(bytes) / u128::from(gold_bytes + predicted_bytes).max(1)) as usize
        };
        let open = |path: &Path, bytes: u64| {
            Lines::open(path, window_size(bytes).max(self.window / 64).max(1)).map_err(|_| Obstacle::MustLoad)
        };
        let mut files = StreamingPass {
            lines: [open(gold, gold_bytes)?, open(predicted, predicted_bytes)?],
            join: Join::new(keeps),
            checks: CorpusChecks::default(),
            texts: self.documents.map(TextFile::open).transpose().map_err(|_| Obstacle::MustLoad)?,
            policy: self.policy,
            engine,
        };
        loop {
            let fill =
                |lines: &mut Lines| lines.fill().map_err(|error| Diagnostic::io("read this", &lines.path, &error));
            let [gold, predicted] = &mut files.lines;
            let (gold, predicted) = parallel::join(|| fill(gold), || fill(predicted));
            gold.and(predicted)?;
            let is_other = |(lines, purpose): (&Lines, Purpose)| lines.position().1 == 1 && !is_karat(lines, purpose);
            if files.lines.iter().zip([Purpose::Gold, Purpose::Predictions]).any(is_other) {
                return Err(Obstacle::MustLoad);
            }
            let is_last = files.lines.iter().all(Lines::is_last);
            if !files.step()? {
                return Ok(None);
            }
            if files.join.waiting.iter().any(|waiting| !waiting.is_empty()) {
                files
                    .lines
                    .iter_mut()
                    .for_each(|lines| lines.widen(WIDER * window_size(size(&lines.path).unwrap_or_default())));
            }
            if is_last {
                break;
            }
        }
        files.finish().map(Some)
    }
}

/// Returns whether a file begins like a file in karat's format, with karat's names of fields.
fn is_karat(lines: &Lines, purpose: Purpose) -> bool {
    let Ok(text) = std::str::from_utf8(lines.window()) else { return false };
    let map = &FieldMap::default();
    let is_mapped = || {
        let options = MapOptions { purpose, map, is_numbered: false, needs_text: false };
        !matches!(Mapping::of_file(&lines.path, text, options), Ok(None))
    };
    Format::detect(&lines.path, text).is_ok_and(|format| format.name == "karat") && !is_mapped()
}

/// Returns the size of a JSON-lines file in bytes; `None` for a folder, a pipe, or a file that is
/// one object.
fn size(path: &Path) -> Option<u64> {
    let metadata = fs::metadata(path).ok()?;
    let is_object = has_extension(path, "json");
    (metadata.is_file() && !is_object).then_some(metadata.len())
}

struct StreamingPass<'s> {
    lines: [Lines; 2],
    join: Join,
    checks: CorpusChecks,
    texts: Option<TextFile>,
    policy: Policy,
    engine: Engine<'s>,
}

impl<'s> StreamingPass<'s> {
    /// Counts the documents in the windows; returns `false` if ids must be kept.
    fn step(&mut self) -> Result<bool, Obstacle> {
        let Self { lines, join, engine, checks, texts, policy } = self;
        let positions = [lines[0].position(), lines[1].position()];
        let read = |side: usize| read_window(&lines[side].path, lines[side].window(), positions[side].1);
        let (gold, predicted) = parallel::join(|| read(0), || read(1));
        let (gold, predicted) = (gold?, predicted?);
        let ends = [lines[0].is_last(), lines[1].is_last()];
        let offsets = positions.map(|(offset, _)| offset);
        let Some(joined) = join.join([&gold, &predicted], offsets, ends) else { return Ok(false) };
        let mut windows = [gold, predicted];
        all(repeated(&joined, &windows, lines))?;
        let done = [0, 1].map(|side| consumed(&windows[side], joined.done[side], &lines[side]));
        let mut take = |side: usize, of: PairMember| match of {
            PairMember::Here(index) => Ok(std::mem::take(&mut windows[side][index])),
            PairMember::Before(line) => read_again(&lines[side], line),
        };
        let mut pairs = Vec::with_capacity(joined.pairs.len());
        for (gold, predicted) in joined.pairs {
            let (gold, predicted) = (take(0, gold)?, take(1, predicted)?);
            let text = texts.as_mut().map(|texts| text_of(texts, &predicted)).transpose()?;
            pairs.push(WindowPair { gold, predicted: Some(predicted), text });
        }
        let sources = Sources {
            files: [&lines[0].path, &lines[1].path],
            documents: texts.as_ref().map(|texts| texts.path.as_path()),
            engine,
        };
        let portion = pairs.len().div_ceil(PORTIONS).max(1);
        for (totals, more) in all(parallel::map_chunks(&pairs, portion, |portion| sources.count(portion)))? {
            engine.add(totals);
            checks.merge(more);
        }
        if checks.is_refused(policy.missing, policy.origin) {
            return Err(Obstacle::MustLoad);
        }
        drop((pairs, windows));
        for (lines, (bytes, count)) in lines.iter_mut().zip(done) {
            lines.consume(bytes, count);
            work::BYTES.add(bytes as u64);
        }
        Ok(true)
    }

    /// Handles the documents that have no partner.
    fn finish(mut self) -> Result<Engine<'s>, Obstacle> {
        let [missing, unmatched] = std::mem::take(&mut self.join.waiting).map(|waiting| {
            let mut lines: Vec<Waiting> = waiting.into_values().collect();
            lines.sort_unstable_by_key(|line| line.number);
            lines
        });
        match self.policy.missing {
            Missing::Error => self.refuse(missing, unmatched)?,
            Missing::Count if unmatched.is_empty() => self.count_unanswered(&missing)?,
            // Lines without a partner are checked, and which predictions are spurious depends on
            // the layers of all golden files.
            _ if missing.is_empty() && unmatched.is_empty() => {}
            _ => return Err(Obstacle::MustLoad),
        }
        if self.checks.is_refused(self.policy.missing, self.policy.origin) {
            return Err(Obstacle::MustLoad);
        }
        Ok(self.engine)
    }

    /// Counts golden documents that have no prediction.
    fn count_unanswered(&mut self, missing: &[Waiting]) -> Result<(), Obstacle> {
        let Self { lines, engine, checks, .. } = self;
        let pair = |line: &Waiting| Ok(WindowPair { gold: read_again(&lines[0], *line)?, predicted: None, text: None });
        for missing in missing.chunks(UNANSWERED) {
            let pairs = missing.iter().map(pair).collect::<Result<Vec<_>, Diagnostic>>()?;
            let sources = Sources { files: [&lines[0].path, &lines[1].path], documents: None, engine };
            let (totals, more) = sources.count(&pairs)?;
            engine.add(totals);
            checks.merge(more);
        }
        Ok(())
    }

    /// Returns diagnostics for documents that have no partner.
    fn refuse(&self, missing: Vec<Waiting>, unmatched: Vec<Waiting>) -> Result<(), Obstacle> {
        let path = &self.lines[1].path;
        let mut diagnostics = Vec::new();
        let more: usize = [&missing, &unmatched].map(|lines| lines.len().saturating_sub(MOST_DIAGNOSTICS)).iter().sum();
        for line in unmatched.into_iter().take(MOST_DIAGNOSTICS) {
            let diagnostic = Diagnostic::new("no document has this id").in_file(path).at((line.number as usize, 1));
            diagnostics.push(unknown(diagnostic.of_document(id(&self.lines[1], line)?), self.policy.option));
        }
        for line in missing.into_iter().take(MOST_DIAGNOSTICS) {
            diagnostics.push(unanswered(path, &id(&self.lines[0], line)?, self.policy.option));
        }
        if more > 0 {
            diagnostics.push(Diagnostic::new(format!("{more} more documents have no partner")).in_file(path));
        }
        if diagnostics.is_empty() { Ok(()) } else { Err(Obstacle::Diagnostics(diagnostics)) }
    }
}

fn read_again(lines: &Lines, line: Waiting) -> Result<ParsedLine<'static>, Diagnostic> {
    let text = lines.read_again(line.offset, line.bytes as usize);
    let text = text.map_err(|error| Diagnostic::io("read this again", &lines.path, &error))?;
    Ok(ParsedLine { number: line.number as usize, text: text.into(), ..ParsedLine::default() })
}

/// Returns the line number and line of the document that a prediction line answers.
fn text_of(texts: &mut TextFile, predicted: &ParsedLine<'_>) -> Result<(usize, String), Diagnostic> {
    let line = texts.line(predicted.number - 1).map_err(|error| Diagnostic::io("read this", &texts.path, &error))?;
    line.ok_or_else(|| {
        Diagnostic::new("there are fewer documents here than predictions").in_file(&texts.path).help(CHANGED)
    })
}

fn id(lines: &Lines, line: Waiting) -> Result<String, Diagnostic> {
    let document = read_again(lines, line)?;
    Ok(read_line(&lines.path, document.number, &document.text)?.id)
}

/// Returns why duplicate ids cannot be streamed: they are errors, but repeats of an extractor must
/// be loaded.
fn repeated(joined: &Joined, windows: &[Vec<ParsedLine<'_>>; 2], lines: &[Lines; 2]) -> Vec<Result<(), Obstacle>> {
    let mut obstacles = Vec::new();
    for (side, indices) in joined.repeated.iter().enumerate() {
        for index in indices.iter().take(MOST_DIAGNOSTICS) {
            let (document, path) = (&windows[side][*index], &lines[side].path);
            let entry = read_line(path, document.number, &document.text).ok();
            if entry.as_ref().is_some_and(|entry| entry.repeat > 1) {
                obstacles.push(Err(Obstacle::MustLoad));
            }
            let id = entry.map(|entry| entry.id).unwrap_or_default();
            let diagnostic = Diagnostic::new(format!("duplicate id {id:?}: a line above also has it")).in_file(path);
            obstacles.push(Err(diagnostic.at((document.number, 1)).help("remove one of the two").into()));
        }
    }
    obstacles
}

/// Returns the number of bytes and lines that the first `done` documents of a window take.
fn consumed(window: &[ParsedLine<'_>], done: usize, lines: &Lines) -> (usize, usize) {
    match window.get(done) {
        Some(next) => (next.at, next.number - lines.position().1),
        None => (lines.window().len(), memchr::memchr_iter(b'\n', lines.window()).count()),
    }
}
