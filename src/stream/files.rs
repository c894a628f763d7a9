//! From two files to scores.

use std::fs;
use std::path::Path;

use super::document::{Document, Labels, Pair, Sources, read_window, settle};
use super::join::{Join, Joined, Side, Waiting};
use super::lines::Lines;
use super::{WIDER, WINDOW};
use crate::error::Fault;
use crate::format::{Format, read_line};
use crate::score::{ClusterBy, Scorer, Settings};

/// So many labels, and so many faults, are as many as are followed up here.
const MOST_LABELS: usize = 1 << 12;
const MOST_FAULTS: usize = 20;

/// Bytes of both lines of a pair that one thread scores in one go, at least.
const PORTION: usize = 1 << 16;

/// Scores files of lines of `karat.document/1` in step. `None` where that cannot be done (a file is none of lines, a tool
/// that is stood in for refuses a document, labels are mapped, records have options, or
/// documents are in clusters): then they must be loaded.
///
/// # Errors
/// With the first faults of the files.
pub fn score_files<'s>(
    gold: &Path,
    predicted: &Path,
    settings: &'s Settings,
) -> Result<Option<Scorer<'s>>, Vec<Fault>> {
    score_within(WINDOW, [gold, predicted], settings)
}

/// The same with windows of another size, in bytes of both files together: the smaller, the less memory, and the slower.
///
/// # Errors
/// As [`score_files`].
pub fn score_within<'s>(
    window: usize,
    files: [&Path; 2],
    settings: &'s Settings,
) -> Result<Option<Scorer<'s>>, Vec<Fault>> {
    // Most files are in the order of their ids, and then nothing need be kept of them.
    for keeps in [false, true] {
        match score_once(window, files, settings, keeps)? {
            Step::Unordered => {}
            Step::Done(scorer) => return Ok(Some(*scorer)),
            Step::Load => break,
        }
    }
    Ok(None)
}

/// How it went.
enum Step<'s> {
    /// To the end.
    Done(Box<Scorer<'s>>),
    /// The files are not in the order of their ids, of which none was kept.
    Unordered,
    /// The files must be loaded.
    Load,
}

/// Scores them, or finds that it cannot be done so.
fn score_once<'s>(
    window: usize,
    [gold, predicted]: [&Path; 2],
    settings: &'s Settings,
    keeps: bool,
) -> Result<Step<'s>, Vec<Fault>> {
    let is_mapped = !settings.options.labels.map.is_empty() || !settings.options.records.is_empty();
    if is_mapped || settings.cluster != ClusterBy::Document {
        return Ok(Step::Load);
    }
    let (Some(gold_bytes), Some(predicted_bytes)) = (size(gold), size(predicted)) else { return Ok(Step::Load) };
    // In proportion to the files, so that both windows hold about the same documents.
    let share =
        |bytes: u64| (window as u128 * u128::from(bytes) / u128::from(gold_bytes + predicted_bytes).max(1)) as usize;
    let open = |path: &Path, bytes: u64| Lines::open(path, share(bytes).max(window / 64).max(1)).ok();
    let (Some(gold), Some(predicted)) = (open(gold, gold_bytes), open(predicted, predicted_bytes)) else {
        return Ok(Step::Load);
    };
    let scorer = Scorer::new(settings);
    let mut files = Files {
        lines: [gold, predicted],
        join: if keeps { Join::keeping() } else { Join::default() },
        labels: Labels::new(),
        scorer,
    };
    loop {
        let fill = |lines: &mut Lines| lines.fill().map_err(|error| vec![Fault::io("read this", &lines.path, &error)]);
        let [gold, predicted] = &mut files.lines;
        let (gold, predicted) = rayon::join(|| fill(gold), || fill(predicted));
        gold.and(predicted)?;
        if files.lines.iter().any(|lines| lines.place().1 == 1 && !is_karat(lines)) {
            return Ok(Step::Load);
        }
        let is_last = files.lines.iter().all(Lines::is_last);
        match files.step()? {
            _ if files.labels.len() > MOST_LABELS => return Ok(Step::Load),
            Went::On => {}
            Went::Wrong => return Ok(Step::Load),
            Went::Unordered => return Ok(Step::Unordered),
        }
        if files.join.waiting.iter().any(|waiting| !waiting.is_empty()) {
            files.lines.iter_mut().for_each(|lines| lines.widen(WIDER * share(size(&lines.path).unwrap_or_default())));
        }
        if is_last {
            break;
        }
    }
    files.finish().map(|scorer| Step::Done(Box::new(scorer)))
}

/// Whether a file begins as those of karat do.
fn is_karat(lines: &Lines) -> bool {
    let Ok(text) = std::str::from_utf8(lines.window()) else { return false };
    Format::detect(&lines.path, text).is_ok_and(|format| format.name == "karat")
}

/// The size of a file of lines: not of a folder, of a pipe, or of a file that is one object.
fn size(path: &Path) -> Option<u64> {
    let metadata = fs::metadata(path).ok()?;
    let is_object = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    (metadata.is_file() && !is_object).then_some(metadata.len())
}

/// How a window went.
enum Went {
    On,
    Unordered,
    /// The files must be loaded.
    Wrong,
}

struct Files<'s> {
    lines: [Lines; 2],
    join: Join,
    labels: Labels,
    scorer: Scorer<'s>,
}

impl<'s> Files<'s> {
    /// Scores what the windows hold.
    fn step(&mut self) -> Result<Went, Vec<Fault>> {
        let Self { lines, join, labels, scorer } = self;
        let places = [lines[0].place(), lines[1].place()];
        let read = |side: usize| {
            let lines: &Lines = &lines[side];
            read_window(&lines.path, lines.window(), places[side].1)
        };
        let (gold, predicted) = rayon::join(|| read(0), || read(1));
        let (gold, predicted) = (gold?, predicted?);
        let ends_of_lines = [gold.lines, predicted.lines];
        let [gold_parts, predicted_parts] = settle([gold.raw, predicted.raw], labels);
        let (gold, predicted) = (gold.documents, predicted.documents);
        let ends = [lines[0].is_last(), lines[1].is_last()];
        let joined = join.join([&gold, &predicted], places.map(|(offset, _)| offset), ends);
        if joined.is_unordered {
            return Ok(Went::Unordered);
        }
        let mut windows = [gold, predicted];
        let repeated = repeated(&joined, &windows, lines);
        if !repeated.is_empty() {
            return repeated.into_iter().collect::<Option<Vec<Fault>>>().map_or(Ok(Went::Wrong), Err);
        }
        let done = [0, 1].map(|side| consumed(&windows[side], joined.done[side], &lines[side], ends_of_lines[side]));
        let mut take = |side: usize, of: Side| match of {
            Side::Here(place) => Ok(std::mem::take(&mut windows[side][place])),
            Side::Before(line) => read_again(&lines[side], line),
        };
        let mut portions: Vec<Vec<Pair<'_>>> = Vec::new();
        let mut weight = PORTION;
        for (gold, predicted) in joined.pairs {
            let pair = Pair { gold: take(0, gold)?, predicted: take(1, predicted)? };
            if weight >= PORTION {
                portions.push(Vec::new());
                weight = 0;
            }
            weight += pair.gold.text.len();
            if let Some(portion) = portions.last_mut() {
                portion.push(pair);
            }
        }
        let sources = Sources {
            files: [&lines[0].path, &lines[1].path],
            parts: [&gold_parts, &predicted_parts],
            labels,
            takes_plain: scorer.takes_plain(),
        };
        let goes_on = scorer.add(portions, labels, |pair| sources.prepare(pair))?;
        drop(windows);
        for (lines, (bytes, count)) in lines.iter_mut().zip(done) {
            lines.consume(bytes, count);
        }
        Ok(if goes_on { Went::On } else { Went::Wrong })
    }

    /// Documents that have no partner are faults.
    fn finish(self) -> Result<Scorer<'s>, Vec<Fault>> {
        let [missing, unknown] = self.join.waiting.map(|waiting| {
            let mut lines: Vec<Waiting> = waiting.into_values().collect();
            lines.sort_unstable_by_key(|line| line.number);
            lines.truncate(MOST_FAULTS);
            lines
        });
        let path = &self.lines[1].path;
        let mut faults = Vec::new();
        for line in unknown {
            let fault = Fault::new("there is no document with this id").in_file(path).at((line.number as usize, 1));
            let fault = fault.of_document(id(&self.lines[1], line)?);
            faults.push(fault.help("ids join documents, golden files and predictions: all three must use the same"));
        }
        for line in missing {
            let fault = Fault::new("there is no prediction for it").in_file(path);
            let fault = fault.of_document(id(&self.lines[0], line)?);
            let help = "`--missing count` counts everything in it as missed, `--missing skip` leaves it out";
            faults.push(fault.help(help));
        }
        if faults.is_empty() { Ok(self.scorer) } else { Err(faults) }
    }
}

fn read_again(lines: &Lines, line: Waiting) -> Result<Document<'static>, Vec<Fault>> {
    let text = lines.read_again(line.offset, line.bytes as usize);
    let text = text.map_err(|error| vec![Fault::io("read this again", &lines.path, &error)])?;
    Ok(Document { number: line.number as usize, text: text.into(), ..Document::default() })
}

fn id(lines: &Lines, line: Waiting) -> Result<String, Vec<Fault>> {
    let document = read_again(lines, line)?;
    let entry = read_line(&lines.path, document.number, &document.text).map_err(|fault| vec![fault])?;
    Ok(entry.id)
}

/// The faults of ids that come twice; `None` where an extractor was asked again.
fn repeated(joined: &Joined, windows: &[Vec<Document<'_>>; 2], lines: &[Lines; 2]) -> Vec<Option<Fault>> {
    let mut faults = Vec::new();
    for (side, places) in joined.repeated.iter().enumerate() {
        for place in places.iter().take(MOST_FAULTS) {
            let (document, path) = (&windows[side][*place], &lines[side].path);
            let entry = read_line(path, document.number, &document.text).ok();
            let is_repeat = entry.as_ref().is_some_and(|entry| entry.repeat > 1);
            let id = entry.map(|entry| entry.id).unwrap_or_default();
            let fault = Fault::new(format!("duplicate id {id:?}: a line above has it, too")).in_file(path);
            let fault = fault.at((document.number, 1)).help("take one of the two out");
            faults.push((!is_repeat).then_some(fault));
        }
    }
    faults
}

/// How many bytes and lines of a window go with its first documents.
fn consumed(window: &[Document<'_>], done: usize, lines: &Lines, all: usize) -> (usize, usize) {
    match window.get(done) {
        Some(next) => (next.at, next.number - lines.place().1),
        None => (lines.window().len(), all),
    }
}
