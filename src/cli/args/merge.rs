//! Arguments of `karat merge`.

use std::path::PathBuf;

use super::super::threads::Threads;

/// Merge the runs of shards into one run.
///
/// Every document must be in exactly one of the runs, and all runs must have the same extractors
/// and datasets. Nothing is extracted again; scores and reports are byte-identical to those of a
/// run without shards.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat run --shard 1/2 --out s1; karat run --shard 2/2 --out s2; karat merge s1 s2
  karat merge shards/* --out merged          into its own run folder")]
pub(in crate::cli) struct MergeArgs {
    /// Folders of the runs
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// The profile that was run, whose reports have a separate folder
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Write the run, including its reports, to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub threads: Threads,
}
