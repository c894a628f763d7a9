//! What a run tells whoever watches it: the only seam between the runner and a progress bar.

use std::time::Duration;

use crate::score::Status;

/// Something that happened. Events of different documents come in any order.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// Documents times extractors.
        tasks: usize,
    },
    /// One extractor is done with one document.
    Finished {
        /// The extractor.
        extractor: &'a str,
        /// The dataset.
        dataset: &'a str,
        /// The document's id.
        document: &'a str,
        /// How it ended.
        status: Status,
        /// How long it took.
        took: Duration,
    },
    /// The run is over.
    Ended,
}

/// Watches a run, from any thread.
pub trait Observer: Sync {
    /// Takes note of an event.
    fn note(&self, event: &Event<'_>);
}

/// Watches nothing.
pub struct Silent;

impl Observer for Silent {
    fn note(&self, _: &Event<'_>) {}
}
