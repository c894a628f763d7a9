//! Arguments of `karat run`.

use std::path::PathBuf;

use super::threads::Threads;

/// Extract, score and report what karat.toml says.
///
/// Runs every extractor on every document of every dataset in parallel. The run lies in .karat/runs/, the reports also
/// go to reports/<dataset>/ (with a profile, to reports/<dataset>@<profile>/).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat run                                  everything in karat.toml
  karat run --extractor rules --out /tmp/r   one extractor, into a folder of its own
  karat run --profile ci --jobs 2            what [profiles.ci] selects, on two threads")]
pub(super) struct RunArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Run on this dataset only; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Run this extractor only; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Run what a profile of the configuration selects
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Put the run, reports included, into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub threads: Threads,
    /// No progress bar, no summary
    #[arg(long, short)]
    pub quiet: bool,
}
