//! The plan of `karat aa`.

use karat::error::Error;
use karat::runner::{Plan, Selection};
use rayon::ThreadPool;

use super::super::args::aa::AaArgs;
use super::super::output_format::OutputFormat;
use super::super::printing;
use super::config_file::ConfigFile;

/// What `karat aa` runs, and how it judges the repeats.
pub(in crate::cli) struct AaPlan {
    pub pool: ThreadPool,
    /// The datasets and extractors of each repeat.
    pub run: Plan,
    /// Number of repeats.
    pub repeats: u16,
    /// The names of the metrics; empty for the headline of every layer.
    pub metrics: Vec<String>,
    pub margin: f64,
    pub is_quiet: bool,
    pub format: OutputFormat,
}

impl AaPlan {
    /// Loads the datasets and builds the extractors.
    pub fn resolve(args: &AaArgs) -> Result<Self, Error> {
        let config = ConfigFile::load(&args.config)?.parsed;
        let (datasets, extractors) = (args.datasets.clone(), args.extractors.clone());
        let selection = Selection { datasets, extractors, ..Selection::default() };
        let pool = args.threads.pool()?;
        Ok(Self {
            run: pool.install(|| Plan::new(&config, &args.config, &selection))?,
            pool,
            repeats: args.repeats,
            metrics: args.metrics.clone(),
            margin: args.margin,
            is_quiet: printing::is_quiet(),
            format: args.format,
        })
    }
}
