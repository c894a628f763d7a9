//! Arguments of `karat merge`.

use std::path::PathBuf;

use super::super::threads::Threads;

/// Put the runs of shards together, as if they had been one.
///
/// Every document must be in just one of them, with the same extractors and datasets. Nothing is
/// extracted again; scores and reports are those of a run that was never shared out, byte for byte.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat run --shard 1/2 --out s1; karat run --shard 2/2 --out s2; karat merge s1 s2
  karat merge shards/* --out merged          into a run folder of its own")]
pub(in crate::cli) struct MergeArgs {
    /// The folders of the runs
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// The profile that was run, whose reports have a folder of their own
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Put the run, reports included, into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub threads: Threads,
    /// No summary
    #[arg(long, short)]
    pub quiet: bool,
}
