//! Arguments of `karat check`.

use std::path::PathBuf;

use super::super::output_format::OutputFormat;
use super::map::MapArgs;
use clap::ValueEnum;

/// Look for errors and doubtful labels in golden files.
///
/// Errors are golden files that cannot be read, offsets and texts that do not fit, labels that are
/// there twice, overlap or are not declared, and splits that share documents. Warnings are labels
/// that someone should look at. docs/FORMAT.md lists all codes, and what dataset.toml can declare.
/// Ends with 2 where there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat check                                 every dataset of karat.toml
  karat check seeds --format github           one dataset, as annotations of a pull request
  karat check --golden g --documents d --fix  without a configuration; mend what is mechanical
  karat check --against .karat/runs/<id>      golden labels that most extractors contradict alike")]
pub(in crate::cli) struct CheckArgs {
    /// Check these datasets only
    #[arg(value_name = "DATASET")]
    pub datasets: Vec<String>,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Check these golden files, without a configuration: a folder or a file
    #[arg(long, value_name = "PATH", conflicts_with_all = ["datasets", "config"])]
    pub golden: Option<PathBuf>,
    /// Their documents; the texts that the golden files bring, where it is left out
    #[arg(long, value_name = "PATH", requires = "golden")]
    pub documents: Option<PathBuf>,
    #[command(flatten)]
    pub fields: MapArgs,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub format: OutputFormat,
    /// Trim white space at the edges of spans, sort entities, drop exact copies; then check what is
    /// left
    #[arg(long)]
    pub fix: bool,
    /// List instead the golden labels that most extractors of this run contradict alike, most
    /// suspicious first
    #[arg(long, value_name = "RUN", conflicts_with = "fix")]
    pub against: Option<PathBuf>,
    /// End with 2 where there are warnings, too
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Deny {
    /// Warnings
    Warnings,
}
