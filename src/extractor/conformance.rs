//! The conformance test of an extractor that is asked one document at a time: a service, or a
//! script that is started for each document. `karat plugin check` runs it; programs that speak
//! `karat.extractor/1` have a test of their own, with the same checks and those of the protocol.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{ExtractError, Extractor};
use crate::document::{Annotations, Document};

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConformanceCheck {
    /// What was checked.
    pub what: &'static str,
    /// Details of a success, or the error. The text continues a sentence that begins with "it".
    pub outcome: Result<String, String>,
}

/// The names of the checks that every kind of extractor has.
pub(super) const EMPTY: &str = "an empty text";
pub(super) const IN_A_ROW: &str = "two documents in a row";
pub(super) const PLANES: &str = "every Unicode plane";
pub(super) const LONG: &str = "a text of 1 MB";
pub(super) const AT_ONCE: &str = "16 requests at once";
pub(super) const AGAIN: &str = "the same again";
pub(super) const DEADLINES: &str = "deadlines";

/// The sentence that a document of 1 MB repeats.
pub(super) const SENTENCE: &str = "Ada Lovelace of London wrote to Charles Babbage on 3 May 1843. ";
/// Another sentence, with other names.
pub(super) const OTHER: &str = "Nobody came to Oslo.";
/// Number of requests that are sent at once.
const REQUESTS: usize = 16;

/// Returns a text of 1 MB, or the longest one that an extractor takes, in bytes.
pub(super) fn long_text(max_text: Option<usize>) -> String {
    let whole = SENTENCE.repeat((1 << 20) / SENTENCE.len() + 1);
    let most = max_text.unwrap_or(whole.len()).min(whole.len());
    whole[..most].to_owned()
}

/// Returns a text with characters of all Unicode planes before names, whose offsets reveal the unit
/// that the extractor counts in.
pub(super) fn text_of_planes() -> String {
    let of_plane = |plane: u32| {
        let chars = [0x41, 0xE9, 0x4E00, 0xD7FF].map(|low| plane << 16 | low).map(char::from_u32);
        format!("{} Ada Lovelace, ", chars.into_iter().flatten().collect::<String>())
    };
    (0..17).map(of_plane).collect()
}

/// Returns the texts of the requests that are sent at once; the first is empty.
pub(super) fn texts_at_once() -> Vec<String> {
    (0..REQUESTS).map(|at| SENTENCE.repeat(at)).collect()
}

/// Runs all checks on an extractor. An extractor is asked 23 times.
pub fn examine(extractor: &dyn Extractor, max_text: Option<usize>) -> Vec<ConformanceCheck> {
    let is_late = AtomicBool::new(false);
    let examination = Examination { extractor, max_text, is_late: &is_late };
    let checks: [(&'static str, Check<'_>); 6] = [
        (EMPTY, &|| examination.alone("")),
        (IN_A_ROW, &|| examination.in_a_row()),
        (PLANES, &|| examination.alone(&text_of_planes())),
        (LONG, &|| examination.alone(&long_text(max_text))),
        (AT_ONCE, &|| examination.at_once()),
        (AGAIN, &|| examination.again()),
    ];
    let mut findings: Vec<ConformanceCheck> =
        checks.into_iter().map(|(what, check)| ConformanceCheck { what, outcome: check() }).collect();
    let deadlines = if is_late.load(Ordering::Relaxed) {
        Err("exceeded the time limit".to_owned())
    } else {
        Ok("no answer exceeded the time limit".to_owned())
    };
    findings.push(ConformanceCheck { what: DEADLINES, outcome: deadlines });
    findings
}

type Check<'c> = &'c dyn Fn() -> Result<String, String>;

struct Examination<'e> {
    extractor: &'e dyn Extractor,
    max_text: Option<usize>,
    is_late: &'e AtomicBool,
}

impl Examination<'_> {
    /// Asks for the annotations of a text, cut to the longest one that the extractor takes.
    fn ask(&self, text: &str) -> Result<Annotations, String> {
        let text = &text[..text.floor_char_boundary(self.max_text.unwrap_or(text.len()))];
        let answer = self.extractor.extract(&Document::new("check", text));
        if matches!(answer, Err(ExtractError::TimedOut(_))) {
            self.is_late.store(true, Ordering::Relaxed);
        }
        let annotations = answer.map_err(|error| format!("sent no valid answer: {error}"))?;
        let declared = self.extractor.layers();
        match annotations.layers().into_iter().find(|layer| !declared.contains(layer)) {
            Some(layer) => Err(format!("filled the layer `{layer}`, which its `layers` do not name")),
            None => Ok(annotations),
        }
    }

    fn alone(&self, text: &str) -> Result<String, String> {
        let begun = Instant::now();
        let found = self.ask(text)?;
        Ok(format!("{} in {}", counted(&[found]), shown(begun.elapsed())))
    }

    fn in_a_row(&self) -> Result<String, String> {
        let begun = Instant::now();
        let (one, other) = (self.ask(SENTENCE)?, self.ask(OTHER)?);
        Ok(format!("{} and {} in {}", counted(&[one]), counted(&[other]), shown(begun.elapsed())))
    }

    fn at_once(&self) -> Result<String, String> {
        let (texts, begun) = (texts_at_once(), Instant::now());
        let found: Result<Vec<Annotations>, String> = thread::scope(|scope| {
            let asked: Vec<_> = texts.iter().map(|text| scope.spawn(|| self.ask(text))).collect();
            asked.into_iter().map(|asked| asked.join().map_err(|_| "panicked".to_owned())?).collect()
        });
        Ok(format!("{} in {}", counted(&found?), shown(begun.elapsed())))
    }

    fn again(&self) -> Result<String, String> {
        if self.ask(SENTENCE)? != self.ask(SENTENCE)? {
            return Err(DIFFERENT.to_owned());
        }
        Ok("the same answer".to_owned())
    }
}

/// Why an extractor that answers differently fails.
pub(super) const DIFFERENT: &str = "answered differently: set `repeats` in karat.toml, or make it deterministic";

/// Returns the number of items in annotations, with a noun.
pub(super) fn counted(found: &[Annotations]) -> String {
    let count = |annotations: &Annotations| {
        annotations.entities.iter().flatten().count()
            + annotations.relations.iter().flatten().count()
            + annotations.events.iter().flatten().count()
            + annotations.coreference.iter().flatten().count()
            + annotations.records.iter().flatten().map(|(_, records)| records.len()).sum::<usize>()
            + annotations.key_points.iter().flatten().count()
            + annotations.key_sentences.iter().flatten().count()
            + annotations.summaries.iter().flatten().count()
            + annotations.keyphrases.iter().flatten().count()
    };
    let items: usize = found.iter().map(count).sum();
    format!("{items} {}", if items == 1 { "item" } else { "items" })
}

/// Returns a duration in milliseconds or seconds.
pub(super) fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", 1e3 * time.as_secs_f64())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
