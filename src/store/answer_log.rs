//! Answers in an append-only file: a run's journal, or an extractor's cache.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::format::{answer_to_lines, read_line};
use crate::json_lines::{JsonLines, parse_lines};
use crate::runner::{CachedAnswer, Place};
use crate::score::Answer;

/// The keys of a line; where it belongs, and what was answered.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// Of the document: [`super::document_key::document_key`].
    pub key: String,
    pub repeat: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dataset: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extractor: String,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub tries: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// As a line of predictions.
    pub answer: Box<RawValue>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_once(tries: &u32) -> bool {
    *tries == 1
}

impl Line {
    fn new((dataset, extractor, key, repeat): Key, place: &Place<'_>, remembered: &CachedAnswer) -> Self {
        let one = Answer { repeats: Vec::new(), ..remembered.answer.clone() };
        let answer = answer_to_lines(place.request.document.id(), &one);
        Self {
            key,
            repeat,
            dataset,
            extractor,
            tries: remembered.tries,
            notes: remembered.notes.clone(),
            usage: remembered.usage,
            answer: RawValue::from_string(answer.trim_end().to_owned()).expect("an answer is plain data"),
        }
    }

    /// The id in the answer, and the answer; `None` if it cannot be read.
    fn remembered(self) -> Option<(String, CachedAnswer)> {
        let entry = read_line(Path::new("answer"), 1, self.answer.get()).ok()?;
        let id = entry.id.clone();
        let answer = entry.into_answer();
        Some((id, CachedAnswer { answer, usage: self.usage, tries: self.tries, notes: self.notes }))
    }
}

/// The dataset, the extractor, the key of the document, and the number of the repeat.
type Key = (String, String, String, usize);

/// The ids of documents and the answers.
pub(super) type KnownAnswers = FxHashMap<Key, (String, CachedAnswer)>;

/// Reads the answers in a file. Lines that cannot be read are ignored.
pub(super) fn read_answers(bytes: &[u8]) -> KnownAnswers {
    let lines = parse_lines(bytes).filter_map(|mut line: Line| {
        let take = std::mem::take::<String>;
        let key = (take(&mut line.dataset), take(&mut line.extractor), take(&mut line.key), line.repeat);
        Some((key, line.remembered()?))
    });
    lines.collect()
}

/// An open file of answers.
pub(super) struct AnswerLog {
    pub file: JsonLines,
    known: KnownAnswers,
    /// Whether lines name the dataset and the extractor. A cache serves one extractor on every dataset.
    is_journal: bool,
}

impl AnswerLog {
    /// Opens a file, whose answers were read before.
    ///
    /// # Errors
    /// Fails if the file cannot be opened.
    pub fn open(path: &Path, known: KnownAnswers, is_journal: bool) -> Result<Self, Diagnostic> {
        Ok(Self { file: JsonLines::open(path, "write this")?, known, is_journal })
    }

    /// Whether no answer was in the file when it was opened.
    pub fn is_blank(&self) -> bool {
        self.known.is_empty()
    }

    /// The answer to a request about a document, given by its key.
    pub fn recall(&self, key: &str, place: &Place<'_>) -> Option<CachedAnswer> {
        self.known.get(&self.key(key, place)).map(|(_, remembered)| remembered.clone())
    }

    /// Adds an answer.
    pub fn keep(&self, key: &str, place: &Place<'_>, remembered: &CachedAnswer) {
        self.file.add(&Line::new(self.key(key, place), place, remembered));
    }

    fn key(&self, key: &str, place: &Place<'_>) -> Key {
        let [dataset, extractor] = if self.is_journal { [place.dataset, place.extractor.name()] } else { [""; 2] };
        (dataset.to_owned(), extractor.to_owned(), key.to_owned(), place.request.repeat)
    }
}
