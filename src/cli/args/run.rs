//! Arguments of `karat run`.

use std::path::PathBuf;

use karat::corpus::Shard;

use super::super::output_format::{OutputFile, OutputFormat};
use super::super::threads::Threads;

/// Run the extractors of karat.toml, score them and write reports.
///
/// Runs every extractor on every document of every dataset in parallel. The run is written to
/// .karat/runs/; the reports of a complete run are also written to reports/<dataset>/ (with a
/// profile, to reports/<dataset>@<profile>/).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat run                                  everything in karat.toml
  karat run --extractor rules --out /tmp/r   one extractor, into its own folder
  karat run --profile ci --jobs 2            what [profiles.ci] selects, on two threads
  karat run --format json                    the scores of every dataset and extractor as JSON
  karat run --resume                         continue where Ctrl-C or a crash ended the last run
  karat run --shard 1/4 --out s1             a quarter of the documents; `karat merge s1 s2 s3 s4`
  karat run --limit 3                        the first three documents of each dataset
  karat run --until-decided                  as many documents as the rules of [[gate]] need
  karat run --explain-cache doc-1            whether and why its answers are requested again")]
pub(in crate::cli) struct RunArgs {
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Run only what this profile of the configuration selects
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Write the run, including its reports, to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Resume the run that was interrupted last, or start one if there is none
    #[arg(long)]
    pub resume: bool,
    /// Request every document, and cache no answers for later runs
    #[arg(long)]
    pub no_cache: bool,
    /// Run on a part of the documents, 1/4 for the first of four; `karat merge` merges the runs
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
    /// Run on at most N documents of each dataset, for a quick look; reports stay in the run's
    /// folder
    #[arg(long, value_name = "N", value_parser = positive, conflicts_with_all = ["stream", "explain_cache"])]
    pub limit: Option<usize>,
    /// Run only on this document, for a quick look; may be repeated
    #[arg(long = "document", value_name = "ID", conflicts_with_all = ["stream", "explain_cache"])]
    pub documents: Vec<String>,
    /// Stream documents, so that memory does not grow with their number: datasets must be .jsonl
    /// files or folders, reports show no single documents, and nothing is cached
    #[arg(long, conflicts_with_all = ["shard", "explain_cache"])]
    pub stream: bool,
    /// Run documents in random order, and stop as soon as a confidence sequence has decided every
    /// rule of [[gate]] against the accepted baselines; the exit code is that of `karat gate`, and
    /// the run cannot become a baseline
    #[arg(long, conflicts_with_all = ["stream", "shard", "limit", "documents", "explain_cache"])]
    pub until_decided: bool,
    /// Seed of the random numbers. They order the documents under --until-decided
    #[arg(long, value_name = "N", default_value_t = 0, requires = "until_decided")]
    pub seed: u64,
    /// Show the time and cost of extractors in report.md, which then differs between machines
    #[arg(long)]
    pub timings: bool,
    /// Instead, show whether this document's answers are in the cache, and if not, what changed
    #[arg(long, value_name = "DOCUMENT", conflicts_with_all = ["resume", "no_cache", "out"])]
    pub explain_cache: Option<String>,
    #[command(flatten)]
    pub threads: Threads,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Also write the result to this file, in one of json, csv, md, github and junit:
    /// `junit=karat.xml`; may be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = OutputFile::parse)]
    pub files_to_write: Vec<OutputFile>,
    /// Print no progress bar and no table
    #[arg(long, short)]
    pub quiet: bool,
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "write a number from 1".to_owned())
}
