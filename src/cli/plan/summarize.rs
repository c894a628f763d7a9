//! The plan of `karat summarize`.

use std::path::PathBuf;

use karat::error::Error;
use karat::report::JsonOptions;
use karat::score::Resampling;
use rayon::ThreadPool;

use super::super::args::summarize::SummarizeArgs;
use super::super::output_format::OutputFormat;

/// The counts that are summed up, and what is printed.
pub(in crate::cli) struct SummarizePlan {
    pub pool: ThreadPool,
    pub files: Vec<PathBuf>,
    /// The bootstrap that replaces the intervals.
    pub resampling: Option<Resampling>,
    /// The names of the metrics to print; empty for all.
    pub metrics: Vec<String>,
    pub format: OutputFormat,
    pub json: JsonOptions,
}

impl SummarizePlan {
    /// Sizes the pool of threads.
    pub fn resolve(args: &SummarizeArgs) -> Result<Self, Error> {
        Ok(Self {
            pool: args.threads.pool()?,
            files: args.files.clone(),
            resampling: args.bootstrap.map(|resamples| Resampling { resamples, seed: args.seed }),
            metrics: args.metrics.clone(),
            format: args.format,
            json: JsonOptions::default(),
        })
    }
}
