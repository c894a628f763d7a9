//! The interface by which an extractor receives many documents at once.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::ExtractError;
use crate::document::{Annotations, Document};

/// A request to annotate one document.
#[derive(Debug, Clone)]
pub struct Request<'d> {
    /// The document.
    pub document: Cow<'d, Document>,
    /// The number of the repeat, from 1.
    pub repeat: usize,
    /// Index of the request, by which the queue assigns the answer.
    pub index: usize,
}

/// The state of a work queue.
#[derive(Debug, Clone)]
pub enum Next<'d> {
    /// The next request.
    Request(Request<'d>),
    /// Nothing is available until other requests are done.
    Later,
    /// There are no requests left.
    Nothing,
}

/// Tokens and cost of an answer, as the extractor reports them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Number of input tokens.
    #[serde(default, deserialize_with = "count")]
    pub tokens_in: u64,
    /// Number of output tokens.
    #[serde(default, deserialize_with = "count")]
    pub tokens_out: u64,
    /// Cost, in the currency of the configured prices; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
}

/// Reads a number of tokens, which some programs write as a float, or as `null`.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Count;
    impl Visitor<'_> for Count {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number from 0")
        }

        fn visit_u64<E: de::Error>(self, count: u64) -> Result<u64, E> {
            Ok(count)
        }

        fn visit_f64<E: de::Error>(self, count: f64) -> Result<u64, E> {
            let is_count = (0.0..9e15).contains(&count);
            if is_count { Ok(count.round() as u64) } else { Err(E::invalid_value(de::Unexpected::Float(count), &self)) }
        }

        fn visit_unit<E: de::Error>(self) -> Result<u64, E> {
            Ok(0)
        }
    }
    deserializer.deserialize_any(Count)
}

impl Usage {
    /// Adds the usage of another answer.
    pub fn add(&mut self, other: Self) {
        self.tokens_in = self.tokens_in.saturating_add(other.tokens_in);
        self.tokens_out = self.tokens_out.saturating_add(other.tokens_out);
        self.cost = match (self.cost, other.cost) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The annotations, whose spans are not yet checked against the text, or why there are none.
    pub outcome: Result<Annotations, ExtractError>,
    /// Tokens and cost, if the extractor reports them.
    pub usage: Option<Usage>,
    /// Duration of the last attempt; `None` if nothing was requested, as for recorded answers.
    pub took: Option<Duration>,
    /// Number of attempts, at least 1.
    pub tries: u32,
    /// Warnings about the answer, for the report.
    pub notes: Vec<String>,
    /// The whole last reply, if the document failed and there was one.
    pub reply: Option<String>,
}

impl Response {
    /// A response without usage and notes.
    pub fn plain(outcome: Result<Annotations, ExtractError>, took: impl Into<Option<Duration>>, tries: u32) -> Self {
        Self { outcome, usage: None, took: took.into(), tries, notes: Vec::new(), reply: None }
    }
}

/// A queue of requests. An extractor with a [`Pipeline`] may call it from several threads.
pub trait Work<'d>: Sync {
    /// Takes the next request. The caller must answer it with [`Work::done`].
    fn next(&self) -> Next<'d>;

    /// Receives the response to a request.
    fn done(&self, request: Request<'d>, response: Response);
}

/// An extractor's own scheduling of many documents, for instance over several programs.
pub trait Pipeline {
    /// Processes requests until there are none left.
    fn work<'d>(&self, work: &dyn Work<'d>);
}
