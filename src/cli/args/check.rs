//! Arguments of `karat check`.

use std::path::PathBuf;

use super::super::output_format::{OutputFile, OutputFormat};
use super::map::MapArgs;
use clap::ValueEnum;

/// Find errors and doubtful labels in golden files.
///
/// Errors are golden files that cannot be read, offsets and texts that do not match the document,
/// labels that occur twice, overlap or are not declared, and splits that share documents. Warnings
/// are labels that a person should review. docs/FORMAT.md lists all codes, and what dataset.toml
/// can declare. The exit code is 2 if there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat check                                 every dataset of karat.toml
  karat check seeds --format github           one dataset, as annotations of a pull request
  karat check --golden g --documents d --fix  without a configuration; fix mechanical errors
  karat check --against .karat/runs/<id>      golden labels that most extractors contradict in the same way")]
pub(in crate::cli) struct CheckArgs {
    /// Check only these datasets
    #[arg(value_name = "DATASET")]
    pub datasets: Vec<String>,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub named: Vec<String>,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Check these golden files, without a configuration: a folder or a file
    #[arg(long, value_name = "PATH", conflicts_with_all = ["datasets", "named", "config"])]
    pub golden: Option<PathBuf>,
    /// The documents of --golden. Default: the texts in the golden files
    #[arg(long, value_name = "PATH", requires = "golden")]
    pub documents: Option<PathBuf>,
    #[command(flatten)]
    pub fields: MapArgs,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Also write the result to this file, in one of json, csv, md, github and junit:
    /// `junit=karat.xml`; may be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = OutputFile::parse)]
    pub files_to_write: Vec<OutputFile>,
    /// Trim white space at the edges of spans, sort entities and drop exact copies; then check the
    /// result
    #[arg(long)]
    pub fix: bool,
    /// Instead, list the golden labels that most extractors of this run contradict in the same way,
    /// most suspicious first
    #[arg(long, value_name = "RUN", conflicts_with = "fix")]
    pub against: Option<PathBuf>,
    /// Exit with 2 also if there are warnings
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Deny {
    /// Warnings
    Warnings,
}
