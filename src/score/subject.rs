//! What is scored, and against what.

use std::collections::BTreeMap;
use std::fmt;

use crate::document::{Annotations, LayerSet};

/// How a document ended. Everything but `Ok` is a row of its own in every report and scores as an empty prediction.
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
}

impl Status {
    /// The name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Skipped => "skipped",
            Self::Missing => "missing",
        }
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
    /// What it found; empty unless the status is [`Status::Ok`].
    pub annotations: Annotations,
    /// Why the status is not [`Status::Ok`].
    pub message: Option<String>,
}

impl Answer {
    /// An answer.
    pub fn ok(annotations: Annotations) -> Self {
        Self { status: Status::Ok, annotations, message: None }
    }

    /// No answer.
    pub fn without(status: Status, message: impl Into<String>) -> Self {
        Self { status, annotations: Annotations::default(), message: Some(message.into()) }
    }
}

/// One extractor's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The extractor's name.
    pub name: String,
    /// The layers it fills: a golden layer is scored only if its family can be answered from these.
    pub declared: LayerSet,
    /// One answer a document, by id.
    pub answers: BTreeMap<String, Answer>,
}
