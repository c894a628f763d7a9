//! The plan of `karat view`.

use std::path::{Path, PathBuf};

use karat::corpus::{WorkItem, read_worklist};
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
    /// A file, and what it says is to be looked at, in this order.
    pub queue: Option<(PathBuf, Vec<WorkItem>)>,
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
            queue: args.queue.as_deref().map(queue).transpose()?,
            author: args.record_author.clone(),
        })
    }
}

fn queue(file: &Path) -> Result<(PathBuf, Vec<WorkItem>), Error> {
    Ok((file.to_owned(), read_worklist(file)?))
}
