//! The plan of `karat report`.

use karat::error::Error;
use karat::store::{Run, Selected};
use rayon::ThreadPool;

use super::super::args::report::ReportArgs;
use super::super::output_format::OutputFormat;
use super::super::runs;
use super::config_file::ConfigFile;

/// The run that is reported on.
pub(in crate::cli) struct ReportPlan {
    pub pool: ThreadPool,
    pub run: Run,
    /// The datasets and extractors to report on.
    pub selected: Selected,
    pub config: ConfigFile,
    pub format: OutputFormat,
}

impl ReportPlan {
    /// Opens the run. Fails if its predictions were changed, or if it lacks what is selected.
    pub fn resolve(args: &ReportArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let run = runs::open_named(&args.run, &args.config)?;
        let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
        Ok(Self { pool, run, selected, config: ConfigFile::load(&args.config)?, format: args.format })
    }
}
