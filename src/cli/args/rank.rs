//! The arguments of `karat rank`.

use std::path::PathBuf;

use super::super::output_format::OutputFormat;
use super::values::confidence;

/// Rank systems by preferences between their answers.
///
/// Reads verdicts of judges or people on pairs of answers, each in the order in which they were
/// shown, and prints the strength of each system (Bradley and Terry, with Davidson's ties) and its
/// win rate, with intervals by document. A preference that does not survive the exchange of the
/// order is a tie. Beside them: how consistent the judges are, how often they prefer what they see
/// first, and how well they agree.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat rank preferences.jsonl
  karat rank judge-1.csv judge-2.csv --format json
  karat rank preferences.jsonl --by people

Preferences are JSON lines or CSV: id,first,second,verdict, optionally with judge. `first` and `second` name the
systems in the order in which their answers to the document `id` were shown; the verdict is first, second or tie.")]
pub(in crate::cli) struct RankArgs {
    /// Files of preferences
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only the verdicts of this judge; may be repeated
    #[arg(long = "by", value_name = "NAME")]
    pub judges: Vec<String>,
    /// The level of the intervals
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = confidence)]
    pub confidence: f64,
    /// Output format
    #[arg(long, value_parser = OutputFormat::of_tables(), default_value = "table")]
    pub format: OutputFormat,
}
