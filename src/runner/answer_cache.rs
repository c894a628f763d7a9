//! The interface between the runner and earlier answers (run journals and answer caches).

use std::time::Duration;

use crate::extractor::{Extractor, Request, Usage};
use crate::score::Answer;

/// An answer with its metadata, as a journal or cache stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedAnswer {
    /// The answer, whose spans were checked against the document.
    pub answer: Answer,
    /// Tokens and cost as the extractor reported them.
    pub usage: Option<Usage>,
    /// Duration of the request, if it was measured.
    pub took: Option<Duration>,
    /// Number of attempts, at least 1.
    pub tries: u32,
    /// Warnings about the answer, for the report.
    pub notes: Vec<String>,
    /// Where the answer was stored; `None` for an answer of this run.
    pub source: Option<AnswerSource>,
}

/// Where an answer of an earlier run was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSource {
    /// Whether it was stored in the cache, rather than in the journal of the run that is resumed.
    pub is_cache: bool,
    /// When the run began that requested it, as an RFC 3339 timestamp.
    pub requested: String,
}

/// The key of a cached answer: an extractor, a dataset and a request.
#[derive(Clone, Copy)]
pub struct AnswerKey<'p> {
    /// The extractor.
    pub extractor: &'p dyn Extractor,
    /// Name of the dataset.
    pub dataset: &'p str,
    /// The document and the number of the repeat.
    pub request: &'p Request<'p>,
}

/// A store of answers from earlier runs. Implementations are called from several threads.
pub trait AnswerCache: Sync {
    /// Returns the stored answer if there is one and it is still valid.
    fn recall(&self, answer_key: &AnswerKey<'_>) -> Option<CachedAnswer>;

    /// Stores an answer.
    fn keep(&self, answer_key: &AnswerKey<'_>, cached: &CachedAnswer);
}

/// A store that keeps nothing: every request is a cache miss.
pub struct NoCache;

impl AnswerCache for NoCache {
    fn recall(&self, _: &AnswerKey<'_>) -> Option<CachedAnswer> {
        None
    }

    fn keep(&self, _: &AnswerKey<'_>, _: &CachedAnswer) {}
}
