//! Arguments of `karat runs`.

use std::path::PathBuf;

use clap::Subcommand;

/// List the runs of the project, the newest first, or delete old ones.
///
/// Every command that takes a run also takes `latest`, `previous` (the one before it), or the
/// beginning of a name in the list. In `karat compare`, `baseline` names the accepted baselines.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  karat runs
  karat runs prune --keep 10
  karat compare previous latest
  karat compare baseline latest",
    args_conflicts_with_subcommands = true
)]
pub(in crate::cli) struct RunsArgs {
    #[command(subcommand)]
    pub action: Option<RunsAction>,
    /// Path of the configuration. Its folder contains the runs
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RunsAction {
    /// Delete all but the newest runs
    Prune(PruneArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat runs prune --keep 10     deletes all runs but the ten newest ones")]
pub(in crate::cli) struct PruneArgs {
    /// The number of runs to keep; a run in progress is never deleted
    #[arg(long, value_name = "N")]
    pub keep: usize,
    /// Path of the configuration. Its folder contains the runs
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
}
