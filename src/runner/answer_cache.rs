//! What was answered before: the only seam between the runner and journals and caches.

use crate::extractor::{Extractor, Request, Usage};
use crate::score::Answer;

/// An answer with what else is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedAnswer {
    /// The answer, held against the text.
    pub answer: Answer,
    /// What it took, as the extractor says.
    pub usage: Option<Usage>,
    /// How often it was tried.
    pub tries: u32,
    /// What a person should know of it.
    pub notes: Vec<String>,
}

/// A request and who it is for.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    /// The extractor.
    pub extractor: &'p dyn Extractor,
    /// The dataset's name.
    pub dataset: &'p str,
    /// The document, and which time it is asked about.
    pub request: &'p Request<'p>,
}

/// Answers of earlier runs.
pub trait Memory: Sync {
    /// What was answered, if it still holds.
    fn recall(&self, place: &Place<'_>) -> Option<CachedAnswer>;

    /// Takes note of an answer.
    fn keep(&self, place: &Place<'_>, remembered: &CachedAnswer);
}

/// Remembers nothing.
pub struct NoCache;

impl Memory for NoCache {
    fn recall(&self, _: &Place<'_>) -> Option<CachedAnswer> {
        None
    }

    fn keep(&self, _: &Place<'_>, _: &CachedAnswer) {}
}
