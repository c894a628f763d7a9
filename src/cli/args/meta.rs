//! The arguments of `karat meta`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use karat::meta::{self, Named};
use karat::stats::correlation;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::values::confidence;

/// Measure how well metrics agree with human ratings of summaries.
///
/// Joins scores and ratings by system and document, and prints Pearson's, Spearman's and Kendall's
/// (tau-b) correlation of each metric with the ratings, with bootstrap intervals, and tests whether
/// one metric agrees better than another (Williams' test and a permutation test). At system level
/// the means of systems are correlated; at summary level the summaries of each document, averaged
/// over documents; at global level all summaries. docs/METHODOLOGY.md defines each.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat meta --scores scores.csv --ratings ratings.csv
  karat meta --scores scores.csv --ratings ratings.csv --metric rouge1 --metric bertscore --level system
  karat meta --scores scores.csv --ratings ratings.csv --compare bertscore,rouge1 --coefficient kendall
  karat meta --scores a.json --scores b=run-b.json --ratings ratings.jsonl --metric summary.rouge1.f1
  karat meta --scores scores.csv --ratings ratings.csv --negate ter --format json

Scores are CSV or JSON lines: system,document,rouge1,bertscore,... or system,document,metric,value. They are
also what `karat score --format json --per-document` prints, where the system is the file's stem or SYSTEM=PATH.
Ratings: system,document,rating, optionally with annotator and dimension; or a column for each dimension.")]
pub(in crate::cli) struct MetaArgs {
    /// Scores of metrics; may be repeated. SYSTEM= names the system of a file whose rows name none
    #[arg(long, required = true, value_name = "[SYSTEM=]PATH", value_parser = named)]
    pub scores: Vec<Named>,
    /// Ratings of people; may be repeated
    #[arg(long, required = true, value_name = "PATH")]
    pub ratings: Vec<PathBuf>,
    /// Only this metric; may be repeated. A prefix up to a dot, such as summary.rouge1, selects all
    /// metrics that begin with it
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Only ratings of this dimension; may be repeated
    #[arg(long = "dimension", value_name = "NAME")]
    pub dimensions: Vec<String>,
    /// A metric that is lower for better summaries: its scores change sign; may be repeated
    #[arg(long, value_name = "METRIC")]
    pub negate: Vec<String>,
    /// Correlate only at this level; may be repeated
    #[arg(long = "level", value_enum, value_name = "LEVEL")]
    pub levels: Vec<Level>,
    /// Compute only this coefficient; may be repeated
    #[arg(long = "coefficient", value_enum, value_name = "NAME")]
    pub coefficients: Vec<Coefficient>,
    /// Test metric A against B; may be repeated. Or `all` pairs (the default for up to 10 metrics),
    /// or `none`
    #[arg(long, value_name = "A,B")]
    pub compare: Vec<String>,
    /// How to treat summaries that lack a score or a rating
    #[arg(long, value_enum, default_value_t = Missing::Error, value_name = "HOW")]
    pub missing: Missing,
    /// What the bootstrap resamples
    #[arg(long, value_enum, default_value_t = Over::Both, value_name = "WHAT")]
    pub bootstrap: Over,
    /// Number of bootstrap resamples; 0 for no intervals
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub resamples: u32,
    /// Confidence level of the intervals
    #[arg(long, default_value_t = 0.95, value_name = "SHARE", value_parser = confidence)]
    pub confidence: f64,
    /// What the permutation test exchanges: all scores of a system, all of a document, or single
    /// scores (both)
    #[arg(long, value_enum, default_value_t = Over::Both, value_name = "WHAT")]
    pub permute: Over,
    /// Number of permutations; 0 for no permutation test. If there are fewer in total, all are used
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub permutations: u32,
    /// Seed of the random numbers
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Missing {
    /// Report them as errors
    Error,
    /// Ignore them for all metrics, and print their number
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Over {
    /// Systems
    Systems,
    /// Documents
    Documents,
    /// Both
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Level {
    /// The means of systems
    System,
    /// The summaries of each document, averaged over documents
    Summary,
    /// All summaries
    Global,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Coefficient {
    /// Pearson's r
    Pearson,
    /// Spearman's rho
    Spearman,
    /// Kendall's tau-b
    Kendall,
}

impl From<Missing> for meta::MissingScores {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Error => Self::Error,
            Missing::Skip => Self::Skip,
        }
    }
}

impl From<Over> for meta::Over {
    fn from(over: Over) -> Self {
        match over {
            Over::Systems => Self::Systems,
            Over::Documents => Self::Documents,
            Over::Both => Self::Both,
        }
    }
}

impl From<Level> for meta::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::System => Self::System,
            Level::Summary => Self::Summary,
            Level::Global => Self::Global,
        }
    }
}

impl From<Coefficient> for correlation::Coefficient {
    fn from(coefficient: Coefficient) -> Self {
        match coefficient {
            Coefficient::Pearson => Self::Pearson,
            Coefficient::Spearman => Self::Spearman,
            Coefficient::Kendall => Self::Kendall,
        }
    }
}

/// `SYSTEM=PATH`; a file whose name has an equals sign in it is itself.
fn named(text: &str) -> Result<Named, String> {
    let whole = Path::new(text);
    match text.split_once('=') {
        Some((system, path)) if !whole.exists() => match (system, path) {
            ("", _) | (_, "") => Err("write SYSTEM=PATH".to_owned()),
            _ => Ok(Named { system: Some(system.to_owned()), path: path.into() }),
        },
        _ => Ok(Named { system: None, path: whole.to_owned() }),
    }
}
