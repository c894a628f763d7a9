//! The arguments of `karat aa`.

use std::path::PathBuf;

use karat::score::ClusterBy;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::compare::margin;
use super::scores::ScoresArgs;
use super::values::Missing;

/// Measure the noise of extractors by repeated runs, and how often a gate would fail without a
/// change.
///
/// Runs every extractor several times and compares the repeats with each other: how far each figure
/// varies without a change, how much of the variance is within documents, and which verdicts a gate
/// returns. Deterministic extractors do not vary.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat aa --extractor mine --dataset briefs            five repeats, a margin of .01
  karat aa --extractor mine --repeats 10 --margin 0.02 --format json
  karat aa --scores 1.eval --scores 2.eval --scores 3.eval    repeated runs of another harness")]
#[command(mut_arg("scores", |arg| arg.conflicts_with_all(["datasets", "extractors", "repeats", "quiet"])))]
pub(in crate::cli) struct AaArgs {
    #[command(flatten)]
    pub logs: ScoresArgs,
    /// With --scores: how to treat samples that only some logs have, that ended in an error or that
    /// have no score
    #[arg(long, value_enum, requires = "scores", default_value_t = Missing::Error)]
    pub missing: Missing,
    /// With --scores: `document` if samples are independent, or `meta.FIELD` for samples that share
    /// a value. Default: the column `cluster` of a table
    #[arg(long, value_name = "BY", requires = "scores")]
    pub cluster: Option<ClusterBy>,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Number of runs of each extractor
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    pub repeats: u16,
    /// Only this metric; may be repeated. Default: the headline metric of every layer
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// The margin of the gate that judges each pair of repeats
    #[arg(long, value_name = "X", default_value_t = 0.01, value_parser = margin)]
    pub margin: f64,
    /// Do not show progress
    #[arg(long, short)]
    pub quiet: bool,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub threads: Threads,
}
