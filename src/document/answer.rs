//! An extractor's answer to a document: its status and, if it succeeded, its annotations. Documents
//! without a successful answer are scored as empty predictions rather than left out, so that an
//! extractor gains nothing by failing on difficult documents.

use std::fmt;
use std::iter;
use std::str::FromStr;

use super::Annotations;

/// The status of a document. Reports count each status except `Ok` in a row of its own; all except
/// `Ok` and `Extra` score as empty predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Status {
    /// The extractor answered.
    Ok,
    /// The extractor reported an error, crashed or panicked.
    Failed,
    /// The extractor exceeded its timeout.
    TimedOut,
    /// The extractor was not asked.
    Skipped,
    /// A file of predictions does not contain the document.
    Missing,
    /// A file of predictions contains the document, but it has no golden file: its predictions are
    /// spurious. Files cannot contain this status.
    Extra,
}

impl Status {
    /// The statuses that a file of predictions can contain.
    pub const IN_FILES: [Self; 5] = [Self::Ok, Self::Failed, Self::TimedOut, Self::Skipped, Self::Missing];

    /// Returns the name of the status in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Skipped => "skipped",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

/// The error for a word that is not a status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a status")]
pub struct ParseStatusError(pub String);

impl FromStr for Status {
    type Err = ParseStatusError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::IN_FILES
            .into_iter()
            .find(|status| status.as_str() == name)
            .ok_or_else(|| ParseStatusError(name.to_owned()))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An extractor's answer to one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: Status,
    /// The annotations; empty unless the status is [`Status::Ok`] or [`Status::Extra`].
    pub annotations: Annotations,
    /// The reason why the status is not [`Status::Ok`].
    pub message: Option<String>,
    /// The answers to further requests about the same document.
    pub repeats: Vec<Self>,
}

impl Answer {
    /// Creates a successful answer.
    pub fn ok(annotations: Annotations) -> Self {
        Self { status: Status::Ok, annotations, message: None, repeats: Vec::new() }
    }

    /// Whether the document was answered with a missing or blank summary.
    pub fn has_empty_summary(&self) -> bool {
        let summary = self.annotations.summaries.iter().flatten().next();
        self.status == Status::Ok && summary.is_none_or(|summary| summary.trim().is_empty())
    }

    /// Creates an answer without annotations, with a status and the reason for it.
    pub fn without(status: Status, message: impl Into<String>) -> Self {
        Self { status, annotations: Annotations::default(), message: Some(message.into()), repeats: Vec::new() }
    }

    /// Iterates over this answer and its repeats.
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        iter::once(self).chain(&self.repeats)
    }

    /// Returns the status of the document over all repeats, and its message: those of the first
    /// repeat that is no answer. The message names the repeat if it is not the first.
    pub fn end(&self) -> (Status, Option<String>) {
        let is_answer = |answer: &Self| matches!(answer.status, Status::Ok | Status::Extra);
        match self.each().enumerate().find(|(_, answer)| !is_answer(answer)) {
            Some((at, answer)) if at > 0 => {
                let message = answer.message.as_deref().unwrap_or(answer.status.as_str());
                (answer.status, Some(format!("repeat {}: {message}", at + 1)))
            }
            _ => (self.status, self.message.clone()),
        }
    }

    /// Returns the status of a document for which `repeats` answers are expected, and its message:
    /// those of [`Self::end`], or [`Status::Missing`] if there is no answer or fewer than expected.
    pub fn end_after(answer: Option<&Self>, repeats: usize) -> (Status, Option<String>) {
        const NO_PREDICTION: &str = "there is no prediction for it";
        let Some(answer) = answer else { return (Status::Missing, Some(NO_PREDICTION.to_owned())) };
        let (status, message) = answer.end();
        let found = answer.each().count();
        if status == Status::Ok && found < repeats {
            return (Status::Missing, Some(format!("repeat {}: {NO_PREDICTION}", found + 1)));
        }
        (status, message)
    }

    /// Iterates over the annotations of all repeats that were answered.
    pub fn annotations_mut(&mut self) -> impl Iterator<Item = &mut Annotations> {
        let is_there = |status: Status| matches!(status, Status::Ok | Status::Extra);
        let first = is_there(self.status).then_some(&mut self.annotations);
        let others = self.repeats.iter_mut().filter(move |answer| is_there(answer.status));
        first.into_iter().chain(others.map(|answer| &mut answer.annotations))
    }
}
