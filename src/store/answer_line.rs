//! One line of a journal or of an answer cache: the key of a request and the answer to it. The two
//! kinds of files share the format, so that an answer moves from one to the other unchanged.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::extractor::Usage;
use crate::format::{answer_to_lines, read_line};
use crate::runner::{AnswerKey, CachedAnswer};
use crate::score::Answer;

/// A line of a journal or of an answer cache. Only journals set `dataset` and `extractor`: a cache
/// belongs to one extractor and serves all datasets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerLine {
    /// The document's key, from [`super::document_key::document_key`].
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
    /// The answer in the format of a line of predictions.
    pub answer: Box<RawValue>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_once(tries: &u32) -> bool {
    *tries == 1
}

impl AnswerLine {
    pub fn new(key: String, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) -> Self {
        let one = Answer { repeats: Vec::new(), ..cached.answer.clone() };
        let answer = answer_to_lines(answer_key.request.document.id(), &one);
        Self {
            key,
            repeat: answer_key.request.repeat,
            dataset: String::new(),
            extractor: String::new(),
            tries: cached.tries,
            notes: cached.notes.clone(),
            usage: cached.usage,
            answer: RawValue::from_string(answer.trim_end().to_owned()).expect("an answer is plain data"),
        }
    }

    pub fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a line is plain data") + "\n"
    }

    /// Returns the id in the answer and the answer; `None` if the answer is malformed.
    pub fn into_answer(self) -> Option<(String, CachedAnswer)> {
        let entry = read_line(Path::new("answer"), 1, self.answer.get()).ok()?;
        let id = entry.id.clone();
        let answer = entry.into_answer();
        Some((id, CachedAnswer { answer, usage: self.usage, tries: self.tries, notes: self.notes }))
    }
}
