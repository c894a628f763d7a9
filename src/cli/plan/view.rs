//! The plan of `karat view`.

use karat::error::Error;
use karat::store::Run;
use rayon::ThreadPool;

use super::super::args::view::ViewArgs;
use super::super::runs;
use super::config_file::ConfigFile;

/// The run that is shown, and how.
pub(in crate::cli) struct ViewPlan {
    pub pool: ThreadPool,
    pub run: Run,
    pub config: ConfigFile,
    pub is_read_only: bool,
    /// Whether a browser is opened.
    pub opens: bool,
    pub port: u16,
    /// The name that is recorded with corrections.
    pub author: Option<String>,
}

impl ViewPlan {
    /// Opens the run and reads the configuration.
    pub fn resolve(args: &ViewArgs) -> Result<Self, Error> {
        Ok(Self {
            pool: args.threads.pool()?,
            run: runs::open_named(&args.run, &args.config)?,
            config: ConfigFile::load(&args.config)?,
            is_read_only: args.read_only,
            opens: !args.no_open,
            port: args.port,
            author: args.record_author.clone(),
        })
    }
}
