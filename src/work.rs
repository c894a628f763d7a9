//! How much of long work is done, for programs that show progress.
//!
//! Figures do not depend on these counters. They count from the start of the program and never
//! decrease, so the progress of a piece of work is the difference from its beginning.

use std::sync::atomic::{AtomicU64, Ordering};

/// Documents that were scored while they were in memory, once for each extractor.
pub static DOCUMENTS: Counter = Counter::new("documents");
/// Bytes of files that were scored while they were read.
pub static BYTES: Counter = Counter::new("bytes");
/// Resamples of a bootstrap, once for each layer.
pub static RESAMPLES: Counter = Counter::new("resamples");

/// Counts what was done since the program began. Threads may add at the same time.
#[derive(Debug)]
pub struct Counter {
    unit: &'static str,
    done: AtomicU64,
}

impl Counter {
    const fn new(unit: &'static str) -> Self {
        Self { unit, done: AtomicU64::new(0) }
    }

    /// What is counted, in the plural.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, amount: u64) {
        self.done.fetch_add(amount, Ordering::Relaxed);
    }
}
