//! The arguments of `karat aa`.

use std::path::PathBuf;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::compare::margin;

/// Run extractors against themselves: their noise floor, and how often a gate would cry wolf.
///
/// Runs every extractor several times, and holds the repeats against each other: how far each
/// figure moves though nothing was changed, how much of the variance lies within documents, and
/// which verdicts a gate gives. What is deterministic does not move.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat aa --extractor mine --dataset briefs            five repeats, a margin of .01
  karat aa --extractor mine --repeats 10 --margin 0.02 --format json")]
pub(in crate::cli) struct AaArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// This dataset only; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// This extractor only; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// How often each is run
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    pub repeats: u16,
    /// A metric; may be repeated. By default the headline of every layer
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// The margin of the gate that pairs are judged by
    #[arg(long, value_name = "X", default_value_t = 0.01, value_parser = margin)]
    pub margin: f64,
    /// Show no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// How to print the result
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub threads: Threads,
}
