//! Progress events of a run: the interface between the runner and a progress bar.

use std::time::Duration;

use crate::score::Status;

/// An event of a run. Events of different documents come in any order.
#[derive(Debug, Clone)]
pub enum RunEvent<'a> {
    /// The run has started.
    Started {
        /// Number of requests: the sum over extractors of documents times repeats.
        tasks: usize,
    },
    /// An extractor has finished a request for one document.
    Finished {
        /// Name of the extractor.
        extractor: &'a str,
        /// Name of the dataset.
        dataset: &'a str,
        /// Id of the document.
        document: &'a str,
        /// Status of the answer.
        status: Status,
        /// Duration of the request; zero for a cache hit.
        took: Duration,
        /// Whether the answer is from an earlier run: from the cache, or from a resumed run.
        is_cached: bool,
    },
    /// The run has ended.
    Ended,
}

/// Receives the events of a run. Its methods are called from several threads.
pub trait Observer: Sync {
    /// Handles an event.
    fn note(&self, event: &RunEvent<'_>);
}

/// An observer that ignores every event.
pub struct SilentObserver;

impl Observer for SilentObserver {
    fn note(&self, _: &RunEvent<'_>) {}
}
