//! Answers in an append-only file, either the journal of a run or the answer cache of an extractor.
//! The two kinds of files share the format of a line, so that an answer moves from one to the other
//! unchanged.

use std::path::Path;
use std::time::Duration;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::format::{answer_to_lines, read_line, sha256};
use crate::json_lines::{JsonLines, parse_lines};
use crate::runner::{AnswerKey, AnswerSource, CachedAnswer, milliseconds};
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
    /// Duration of the request in milliseconds, if it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    milliseconds: Option<f64>,
    /// When the run began that requested the answer.
    requested: String,
    /// The answer in the format of a line of predictions.
    answer: Box<RawValue>,
    /// SHA-256 of the line without this field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sha256: String,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_once(tries: &u32) -> bool {
    *tries == 1
}

impl AnswerLine {
    /// The line of an answer. `now` is when the current run began.
    fn new(
        (dataset, extractor, key, repeat): LineKey,
        answer_key: &AnswerKey<'_>,
        cached: &CachedAnswer,
        now: &str,
    ) -> Self {
        let one = Answer { repeats: Vec::new(), ..cached.answer.clone() };
        let answer = answer_to_lines(answer_key.request.document.id(), &one);
        let line = Self {
            key,
            repeat,
            dataset,
            extractor,
            tries: cached.tries,
            notes: cached.notes.clone(),
            usage: cached.usage,
            milliseconds: cached.took.map(milliseconds),
            requested: cached.source.as_ref().map_or(now, |source| &source.requested).to_owned(),
            answer: RawValue::from_string(answer.trim_end().to_owned()).expect("an answer is plain data"),
            sha256: String::new(),
        };
        Self { sha256: line.hash(), ..line }
    }

    /// The hash of the line, whose field of the hash must be empty.
    fn hash(&self) -> String {
        sha256(serde_json::to_string(self).expect("a line is plain data"))
    }

    /// Whether the line is as it was written.
    fn is_intact(&mut self) -> bool {
        let written = std::mem::take(&mut self.sha256);
        written == self.hash()
    }

    /// Returns the id in the answer and the answer; `None` if the answer is malformed.
    fn into_answer(self, kind: AnswerLogKind) -> Option<(String, CachedAnswer)> {
        let entry = read_line(Path::new("answer"), 1, self.answer.get()).ok()?;
        let id = entry.id.clone();
        let answer = entry.into_answer();
        let took = self.milliseconds.and_then(|time| Duration::try_from_secs_f64(time / 1e3).ok());
        let source = AnswerSource { is_cache: kind == AnswerLogKind::Cache, requested: self.requested };
        let (usage, tries, notes) = (self.usage, self.tries, self.notes);
        Some((id, CachedAnswer { answer, usage, took, tries, notes, source: Some(source) }))
    }
}

/// The dataset, the extractor, the document key and the repeat of an answer. The first two are
/// empty in a cache.
type LineKey = (String, String, String, usize);

/// The document's id and the answer, by the key of the request.
pub(super) type KnownAnswers = FxHashMap<LineKey, (String, CachedAnswer)>;

/// Reads the answers in a file. Malformed lines, such as one that a crash cut short, and lines that
/// were changed are ignored.
pub(super) fn read_answers(kind: AnswerLogKind, bytes: &[u8]) -> KnownAnswers {
    let lines = parse_lines(bytes).filter_map(|mut line: AnswerLine| {
        if !line.is_intact() {
            return None;
        }
        let take = std::mem::take::<String>;
        let key = (take(&mut line.dataset), take(&mut line.extractor), take(&mut line.key), line.repeat);
        Some((key, line.into_answer(kind)?))
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
    /// When the current run began.
    now: String,
}

impl AnswerLog {
    /// Opens a file for appending. `known` contains the answers that were read from it, and `now`
    /// is when the current run began.
    ///
    /// # Errors
    /// Fails if the file cannot be created, opened or written.
    pub fn open(kind: AnswerLogKind, path: &Path, known: KnownAnswers, now: &str) -> Result<Self, Diagnostic> {
        Ok(Self { file: JsonLines::open(path, "write this")?, known, kind, now: now.to_owned() })
    }

    /// Whether the file had no answers when it was opened.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the stored answer to a request about the document with this key.
    pub fn recall(&self, key: &str, answer_key: &AnswerKey<'_>) -> Option<CachedAnswer> {
        let (id, cached) = self.known.get(&self.key(key, answer_key))?;
        (id == answer_key.request.document.id()).then(|| cached.clone())
    }

    /// Appends an answer.
    pub fn keep(&self, key: &str, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) {
        self.file.add(&AnswerLine::new(self.key(key, answer_key), answer_key, cached, &self.now));
    }

    fn key(&self, key: &str, answer_key: &AnswerKey<'_>) -> LineKey {
        let [dataset, extractor] = match self.kind {
            AnswerLogKind::Journal => [answer_key.dataset, answer_key.extractor.name()],
            AnswerLogKind::Cache => [""; 2],
        };
        (dataset.to_owned(), extractor.to_owned(), key.to_owned(), answer_key.request.repeat)
    }
}
