//! Arguments of `karat run`.

use std::path::PathBuf;

use karat::corpus::Shard;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;

/// Extract, score and report what karat.toml says.
///
/// Runs every extractor on every document of every dataset in parallel. The run lies in
/// .karat/runs/, the reports also go to reports/<dataset>/ (with a profile, to
/// reports/<dataset>@<profile>/).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat run                                  everything in karat.toml
  karat run --extractor rules --out /tmp/r   one extractor, into a folder of its own
  karat run --profile ci --jobs 2            what [profiles.ci] selects, on two threads
  karat run --format json                    the scores of every dataset and extractor as JSON
  karat run --resume                         go on where Ctrl-C or a crash ended the last run
  karat run --shard 1/4 --out s1             a quarter of the documents; `karat merge s1 s2 s3 s4`
  karat run --explain-cache doc-1            why an extractor would be asked about it again")]
pub(in crate::cli) struct RunArgs {
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
    /// Go on with the run that was interrupted last, or begin one where there is none
    #[arg(long)]
    pub resume: bool,
    /// Ask about every document, and keep no answers for later runs
    #[arg(long)]
    pub no_cache: bool,
    /// Run on a part of the documents, 1/4 for the first of four; `karat merge` puts the runs
    /// together
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
    /// Read documents as they come, in memory that does not grow with them: datasets must be .jsonl
    /// files; reports show no single documents, and nothing is cached
    #[arg(long, conflicts_with_all = ["shard", "explain_cache"])]
    pub stream: bool,
    /// Show in report.md what extractors took: it is then not the same on every machine
    #[arg(long)]
    pub timings: bool,
    /// Say instead whether this document's answers are in the cache, and what changed where they
    /// are not
    #[arg(long, value_name = "DOCUMENT", conflicts_with_all = ["resume", "no_cache", "out"])]
    pub explain_cache: Option<String>,
    #[command(flatten)]
    pub threads: Threads,
    /// How to print the scores
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// No progress bar, no table
    #[arg(long, short)]
    pub quiet: bool,
}
