//! The plan of `karat aa`.

use karat::error::Error;
use karat::runner::{Plan, Selection};
use rayon::ThreadPool;

use super::super::args::aa::AaArgs;
use super::super::output_format::OutputFormat;
use super::config_file::ConfigFile;
use super::score_logs::ScoreLogs;

/// What `karat aa` runs, and how it judges the repeats.
pub(in crate::cli) struct AaPlan {
    pub pool: ThreadPool,
    pub source: AaSource,
    /// The names of the metrics; empty for the headline of every layer.
    pub metrics: Vec<String>,
    pub margin: f64,
    pub is_quiet: bool,
    pub format: OutputFormat,
}

/// Where the repeats come from.
pub(in crate::cli) enum AaSource {
    /// Extractors, which are run a number of times.
    Run {
        /// The datasets and extractors of each repeat.
        run: Box<Plan>,
        /// Number of repeats.
        repeats: u16,
    },
    /// Logs with scores of samples, one for each repeat.
    Scores(Box<ScoreLogs>),
}

impl AaPlan {
    /// Loads the datasets and builds the extractors.
    pub fn resolve(args: &AaArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let missing = (false, args.missing.into());
        let source = match ScoreLogs::resolve(&args.logs, missing, args.cluster.as_ref(), 2..=usize::MAX)? {
            Some(logs) => AaSource::Scores(Box::new(logs)),
            None => {
                let config = ConfigFile::load(&args.config)?.parsed;
                let (datasets, extractors) = (args.datasets.clone(), args.extractors.clone());
                let selection = Selection { datasets, extractors, ..Selection::default() };
                let run = pool.install(|| Plan::new(&config, &args.config, &selection))?;
                AaSource::Run { run: Box::new(run), repeats: args.repeats }
            }
        };
        Ok(Self {
            pool,
            source,
            metrics: args.metrics.clone(),
            margin: args.margin,
            is_quiet: args.quiet,
            format: args.format,
        })
    }
}
