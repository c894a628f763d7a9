//! The plan of `karat accept`.

use karat::error::Error;
use karat::store::{Run, Selected};
use rayon::ThreadPool;

use super::super::args::gate::AcceptArgs;
use super::super::runs;
use super::config_file::ConfigFile;

/// The run whose predictions become baselines.
pub(in crate::cli) struct AcceptPlan {
    pub pool: ThreadPool,
    pub run: Run,
    /// The datasets and extractors to accept.
    pub selected: Selected,
    pub config: ConfigFile,
    /// Whether changes are only shown.
    pub is_dry: bool,
}

impl AcceptPlan {
    /// Opens the run. Fails if its predictions were changed.
    pub fn resolve(args: &AcceptArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let run = runs::open_named(&args.run, &args.config)?;
        let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
        let config = ConfigFile::load(&args.config)?;
        Ok(Self { pool, run, selected, config, is_dry: args.dry_run })
    }
}
