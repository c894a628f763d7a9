//! How a document ended, and with what.

use std::fmt;
use std::iter;
use std::str::FromStr;

use super::Annotations;

/// How a document ended. Everything but `Ok` is a row of its own in every report, and all but `Extra` of these score as empty
/// predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Answered.
    Ok,
    /// The extractor gave an error, crashed or panicked.
    Failed,
    /// The extractor took too long.
    TimedOut,
    /// Not asked.
    Skipped,
    /// A file of predictions does not have it.
    Missing,
    /// A file of predictions has it, but there is no golden file: what it predicts is spurious. Never said by a file itself.
    Extra,
}

impl Status {
    /// Those that a file of predictions can say.
    pub const SAID: [Self; 5] = [Self::Ok, Self::Failed, Self::TimedOut, Self::Skipped, Self::Missing];

    /// The name in files.
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

/// A word that is no status that a file can say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a status")]
pub struct ParseStatusError(pub String);

impl FromStr for Status {
    type Err = ParseStatusError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::SAID.into_iter().find(|status| status.as_str() == name).ok_or_else(|| ParseStatusError(name.to_owned()))
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
    /// How it ended.
    pub status: Status,
    /// What it found; empty unless the status is [`Status::Ok`] or [`Status::Extra`].
    pub annotations: Annotations,
    /// Why the status is not [`Status::Ok`].
    pub message: Option<String>,
    /// What the extractor said when it was asked the same again.
    pub repeats: Vec<Self>,
}

impl Answer {
    /// An answer.
    pub fn ok(annotations: Annotations) -> Self {
        Self { status: Status::Ok, annotations, message: None, repeats: Vec::new() }
    }

    /// Whether it was answered, with nothing but white space for a summary.
    pub fn has_empty_summary(&self) -> bool {
        let summary = self.annotations.summaries.iter().flatten().next();
        self.status == Status::Ok && summary.is_none_or(|summary| summary.trim().is_empty())
    }

    /// No answer.
    pub fn without(status: Status, message: impl Into<String>) -> Self {
        Self { status, annotations: Annotations::default(), message: Some(message.into()), repeats: Vec::new() }
    }

    /// This and its repeats.
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        iter::once(self).chain(&self.repeats)
    }

    /// How the document ended: as the first of all repeats did that was no answer, which its message names.
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

    /// How a document ended that was asked about this many times: as [`Self::end`] says, or missing
    /// if there is no answer or a repeat has none.
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

    /// What was answered, in every repeat that was.
    pub fn annotations_mut(&mut self) -> impl Iterator<Item = &mut Annotations> {
        let is_there = |status: Status| matches!(status, Status::Ok | Status::Extra);
        let first = is_there(self.status).then_some(&mut self.annotations);
        let others = self.repeats.iter_mut().filter(move |answer| is_there(answer.status));
        first.into_iter().chain(others.map(|answer| &mut answer.annotations))
    }
}
