//! Answers in an append-only file, either the journal of a run or the answer cache of an extractor.
//! The two kinds of files share the format of a line, so that an answer moves from one to the other
//! unchanged.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::format::{answer_to_lines, read_line};
use crate::json_lines::{JsonLines, parse_lines};
use crate::runner::{AnswerKey, CachedAnswer};
use crate::score::Answer;

/// A line: the key of a request and the answer to it.
#[derive(Debug, Serialize, Deserialize)]
struct AnswerLine {
    /// The document's key, from [`super::document_key::document_key`].
    key: String,
    repeat: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dataset: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    extractor: String,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    tries: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    /// The answer in the format of a line of predictions.
    answer: Box<RawValue>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_once(tries: &u32) -> bool {
    *tries == 1
}

impl AnswerLine {
    fn new((dataset, extractor, key, repeat): LineKey, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) -> Self {
        let one = Answer { repeats: Vec::new(), ..cached.answer.clone() };
        let answer = answer_to_lines(answer_key.request.document.id(), &one);
        Self {
            key,
            repeat,
            dataset,
            extractor,
            tries: cached.tries,
            notes: cached.notes.clone(),
            usage: cached.usage,
            answer: RawValue::from_string(answer.trim_end().to_owned()).expect("an answer is plain data"),
        }
    }

    /// Returns the id in the answer and the answer; `None` if the answer is malformed.
    fn into_answer(self) -> Option<(String, CachedAnswer)> {
        let entry = read_line(Path::new("answer"), 1, self.answer.get()).ok()?;
        let id = entry.id.clone();
        let answer = entry.into_answer();
        Some((id, CachedAnswer { answer, usage: self.usage, tries: self.tries, notes: self.notes }))
    }
}

/// The dataset, the extractor, the document key and the repeat of an answer. The first two are
/// empty in a cache.
type LineKey = (String, String, String, usize);

/// The document's id and the answer, by the key of the request.
pub(super) type KnownAnswers = FxHashMap<LineKey, (String, CachedAnswer)>;

/// Reads the answers in a file. Malformed lines, such as one that a crash cut short, are ignored.
pub(super) fn read_answers(bytes: &[u8]) -> KnownAnswers {
    let lines = parse_lines(bytes).filter_map(|mut line: AnswerLine| {
        let take = std::mem::take::<String>;
        let key = (take(&mut line.dataset), take(&mut line.extractor), take(&mut line.key), line.repeat);
        Some((key, line.into_answer()?))
    });
    lines.collect()
}

/// The kind of a file of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerLogKind {
    /// The journal of a run: its lines name the dataset and the extractor.
    Journal,
    /// The cache of one extractor, which serves all datasets: its lines name neither.
    Cache,
}

/// An open file of answers.
pub(super) struct AnswerLog {
    pub file: JsonLines,
    known: KnownAnswers,
    kind: AnswerLogKind,
}

impl AnswerLog {
    /// Opens a file for appending. `known` contains the answers that were read from it.
    ///
    /// # Errors
    /// Fails if the file cannot be created, opened or written.
    pub fn open(kind: AnswerLogKind, path: &Path, known: KnownAnswers) -> Result<Self, Diagnostic> {
        Ok(Self { file: JsonLines::open(path, "write this")?, known, kind })
    }

    /// Whether the file had no answers when it was opened.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the stored answer to a request about the document with this key.
    pub fn recall(&self, key: &str, answer_key: &AnswerKey<'_>) -> Option<CachedAnswer> {
        self.known.get(&self.key(key, answer_key)).map(|(_, cached)| cached.clone())
    }

    /// Appends an answer.
    pub fn keep(&self, key: &str, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) {
        self.file.add(&AnswerLine::new(self.key(key, answer_key), answer_key, cached));
    }

    fn key(&self, key: &str, answer_key: &AnswerKey<'_>) -> LineKey {
        let [dataset, extractor] = match self.kind {
            AnswerLogKind::Journal => [answer_key.dataset, answer_key.extractor.name()],
            AnswerLogKind::Cache => [""; 2],
        };
        (dataset.to_owned(), extractor.to_owned(), key.to_owned(), answer_key.request.repeat)
    }
}
