//! The arguments of `karat summarize`, and those that name counts of two systems.

use std::path::PathBuf;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;

/// Compute figures from counts that `karat score --counts-out` wrote.
///
/// Each file has the counts of a part of the documents of one system: of a shard, a partition, a
/// worker. The figures, intervals and reports are those of scoring all documents at once. Files
/// that were counted with other options or by another version are refused, and so are documents
/// that are in two files.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat score --gold g1.jsonl --pred p1.jsonl --counts-out counts/1.jsonl
  karat score --gold g2.jsonl --pred p2.jsonl --counts-out counts/2.jsonl
  karat summarize counts/*.jsonl
  karat summarize counts/*.parquet --format json --bootstrap 1000
  karat gate --baseline-counts old/*.jsonl --candidate-counts new/*.jsonl --metric entities.strict.f1 --margin 0.01")]
pub(in crate::cli) struct SummarizeArgs {
    /// Files of counts: JSON lines, or Parquet if the name ends in .parquet
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only this metric; may be repeated. A full name, or a prefix up to a dot
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Compute BCa bootstrap intervals from N resamples of the documents instead of analytic ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub bootstrap: Option<u64>,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub threads: Threads,
}

/// Counts of two systems instead of predictions.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct CountsArgs {
    /// Counts of the baseline, which `karat score --counts-out` wrote: a file for each part of the
    /// documents
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "candidate_counts")]
    pub baseline_counts: Vec<PathBuf>,
    /// Counts of the candidate
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub candidate_counts: Vec<PathBuf>,
}
