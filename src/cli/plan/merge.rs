//! The plan of `karat merge`.

use std::path::PathBuf;

use karat::error::Error;
use karat::store::Run;
use rayon::ThreadPool;

use super::super::args::merge::MergeArgs;
use super::super::{printing, runs};
use super::config_file::ConfigFile;

/// The runs that `karat merge` merges, and the folder of the merged run.
pub(in crate::cli) struct MergePlan {
    pub pool: ThreadPool,
    /// Number of threads.
    pub jobs: usize,
    /// The runs of the shards, at least one.
    pub runs: Vec<Run>,
    pub config: ConfigFile,
    /// The profile that was run.
    pub profile: Option<String>,
    /// The folder of the merged run; `None` for a new one of the project.
    pub out: Option<PathBuf>,
    pub is_quiet: bool,
}

impl MergePlan {
    /// Opens the runs and reads the configuration.
    pub fn resolve(args: &MergeArgs) -> Result<Self, Error> {
        Ok(Self {
            pool: args.threads.pool()?,
            jobs: args.threads.count(),
            runs: args.runs.iter().map(|run| runs::open_named(run, &args.config)).collect::<Result<_, _>>()?,
            config: ConfigFile::load(&args.config)?,
            profile: args.profile.clone(),
            out: args.out.clone(),
            is_quiet: printing::is_quiet(),
        })
    }
}
