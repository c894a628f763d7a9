//! How many threads work.

use karat::error::Fault;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A pool of so many threads.
pub(super) fn pool(jobs: usize) -> Result<ThreadPool, Fault> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build();
    pool.map_err(|error| Fault::new(format!("cannot start {jobs} threads: {error}")))
}
