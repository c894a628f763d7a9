//! Arguments of `karat report`.

use std::path::PathBuf;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;

/// Print the report on a run again, in any format.
///
/// Nothing is extracted: the answers of the run are scored with the golden files and the options of
/// karat.toml as they are now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat report                                            the newest run, as a table
  karat report latest --dataset briefs --format html > report.html
  karat report previous --format md | less")]
pub(in crate::cli) struct ReportArgs {
    /// Folder or name of the run; `latest` and `previous` are names, too
    #[arg(value_name = "RUN", default_value = "latest")]
    pub run: PathBuf,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_page(), default_value = "table")]
    pub format: OutputFormat,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    #[command(flatten)]
    pub threads: Threads,
}
