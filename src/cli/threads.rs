//! The option `--jobs` and the thread pool that it sizes.

use karat::error::Diagnostic;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::capture;

/// The option for the number of threads.
#[derive(Debug, clap::Args)]
pub(super) struct Threads {
    /// Number of threads. Default: all cores. It does not change the output
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

impl Threads {
    /// Returns the pool that the option sizes.
    pub fn pool(&self) -> Result<ThreadPool, Diagnostic> {
        pool(self.jobs.unwrap_or(0).into())
    }

    /// Returns the number of threads.
    pub fn count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, usize::from)
    }
}

/// Returns a pool of `jobs` threads; 0 means one for each core.
pub(super) fn pool(jobs: usize) -> Result<ThreadPool, Diagnostic> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build();
    pool.map_err(|error| Diagnostic::new(format!("cannot start {jobs} threads: {error}")))
}

/// Calls `work` in a pool, where it prints into the capture of this thread, if there is one.
pub(super) fn install<R: Send>(pool: &ThreadPool, work: impl FnOnce() -> R + Send) -> R {
    match capture::current() {
        None => pool.install(work),
        Some(capture) => pool.install(|| capture.during(work)),
    }
}
