//! The arguments that name logs with scores of samples, which other harnesses wrote.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::sample_scores::ScoreFormat;

/// Logs of other harnesses instead of predictions.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct ScoresArgs {
    /// A log with scores of samples that another harness wrote: inspect_ai, lm-evaluation-harness,
    /// promptfoo, deepeval, ragas, HELM, or a table with the columns id, metric and value; may be
    /// repeated, the baseline first
    #[arg(long = "scores", value_name = "LOG", group = "paired")]
    pub scores: Vec<PathBuf>,
    /// With --scores: the format of the logs. Default: detected from content
    #[arg(long, value_enum, value_name = "FORMAT", requires = "scores")]
    pub scores_from: Option<ScoresFrom>,
    /// With --scores: a metric where lower values are better; may be repeated
    #[arg(long = "lower-is-better", value_name = "METRIC", requires = "scores")]
    pub lower_is_better: Vec<String>,
    /// With --scores: a metric where higher values are better; may be repeated
    #[arg(long = "higher-is-better", value_name = "METRIC", requires = "scores")]
    pub higher_is_better: Vec<String>,
}

/// The formats of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(in crate::cli) enum ScoresFrom {
    /// inspect_ai: an `.eval` archive or `.json`
    InspectAi,
    /// lm-evaluation-harness: samples_TASK_DATE.jsonl, of --log_samples
    LmEval,
    /// promptfoo: results as JSON or JSON lines
    Promptfoo,
    /// deepeval: a test run
    Deepeval,
    /// ragas: a table as CSV or JSON
    Ragas,
    /// HELM: per_instance_stats.json
    Helm,
    /// A table as CSV or JSON lines
    Table,
}

impl From<ScoresFrom> for ScoreFormat {
    fn from(from: ScoresFrom) -> Self {
        match from {
            ScoresFrom::InspectAi => Self::InspectAi,
            ScoresFrom::LmEval => Self::LmEval,
            ScoresFrom::Promptfoo => Self::Promptfoo,
            ScoresFrom::Deepeval => Self::Deepeval,
            ScoresFrom::Ragas => Self::Ragas,
            ScoresFrom::Helm => Self::Helm,
            ScoresFrom::Table => Self::Table,
        }
    }
}
