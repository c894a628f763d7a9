//! How an extractor is given many documents at once.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ExtractError;
use crate::document::{Annotations, Document};

/// One document to be annotated.
#[derive(Debug, Clone)]
pub struct Request<'d> {
    /// The document.
    pub document: Cow<'d, Document>,
    /// Which time it is asked about, from 1.
    pub repeat: usize,
    /// Its place in the work, for whoever gave it.
    pub place: usize,
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub enum Next<'d> {
    /// This.
    Request(Request<'d>),
    /// Nothing yet: others have to be done first.
    Later,
    /// Nothing any more.
    Nothing,
}

/// What an answer took, as the extractor itself says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens that were read.
    #[serde(default)]
    pub tokens_in: u64,
    /// Tokens that were written.
    #[serde(default)]
    pub tokens_out: u64,
    /// Money, in the currency of its prices.
    #[serde(default)]
    pub cost: f64,
}

impl Usage {
    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.tokens_in = self.tokens_in.saturating_add(other.tokens_in);
        self.tokens_out = self.tokens_out.saturating_add(other.tokens_out);
        self.cost += other.cost;
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The annotations, not yet held against the text, or why there are none.
    pub outcome: Result<Annotations, ExtractError>,
    /// What it took, where that is said.
    pub usage: Option<Usage>,
    /// From the last sending to the answer.
    pub took: Duration,
    /// How often it was tried.
    pub tries: u32,
    /// What a person should know of it although it was answered.
    pub notes: Vec<String>,
}

impl Response {
    /// One of which nothing else is known.
    pub fn plain(outcome: Result<Annotations, ExtractError>, took: Duration, tries: u32) -> Self {
        Self { outcome, usage: None, took, tries, notes: Vec::new() }
    }
}

/// Documents for an extractor that works through them in its own way, on several threads if it likes.
pub trait Work<'d>: Sync {
    /// What is to be done next. Whoever is given a request has to be done with it.
    fn next(&self) -> Next<'d>;

    /// Takes what became of a request.
    fn done(&self, request: Request<'d>, response: Response);
}

/// An extractor's own way through many documents.
pub trait Pipeline {
    /// Works until nothing is left.
    fn work<'d>(&self, work: &dyn Work<'d>);
}
