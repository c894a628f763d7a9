//! Arguments of `karat history`.

use std::path::PathBuf;

use clap::{ArgGroup, Subcommand, ValueEnum};

use super::super::output_format::OutputFormat;

/// Show how figures developed over the runs of the project.
///
/// `karat run` and `karat merge` record every run in .karat/history.db: its commit, the statuses of
/// documents, and every figure with interval and signature. Deleting runs leaves the history alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history import --git reports/           begin with the reports in git
  karat history list --dataset seeds --limit 5
  karat history show latest
  karat history trend entities.strict.f1
  karat history trend 'entities.strict.f1[PERSON]' --dataset seeds --format svg > trend.svg
  karat history diff previous latest
  karat history prune --older-than 365 --dry-run
  karat history export json --out history.json")]
pub(in crate::cli) struct HistoryArgs {
    #[command(subcommand)]
    pub action: HistoryAction,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HistoryAction {
    // The arguments of each action have its help.
    List(ListArgs),
    Show(ShowArgs),
    Trend(TrendArgs),
    Diff(DiffArgs),
    Prune(PruneArgs),
    Export(ExportArgs),
    Import(ImportArgs),
}

/// The configuration of the project.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct HistoryOfArgs {
    /// Path of the configuration. Its folder contains the history
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
}

/// The datasets and extractors that are shown.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ChosenArgs {
    /// Only this dataset; may be repeated. NAME@PROFILE stands for its runs with a profile
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
}

/// List the recorded runs with their headline figures, the newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history list
  karat history list --dataset seeds --limit 5 --format csv")]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub chosen: ChosenArgs,
    /// Largest number of runs; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// Output format
    #[arg(long, value_parser = OutputFormat::of_tables(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

/// Show what is recorded of one run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history show latest
  karat history show previous --metric entities.strict")]
pub(in crate::cli) struct ShowArgs {
    /// Id of the run or its unique beginning, `latest` or `previous`
    #[arg(id = "recorded_run", value_name = "RUN", default_value = "latest")]
    pub run: String,
    #[command(flatten)]
    pub chosen: ChosenArgs,
    /// Only this metric; may be repeated. A full name, or a prefix up to a dot, that tables show
    /// besides the headline figures. JSON and CSV have all figures
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::of_tables(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

/// Show how a figure developed, by dataset and extractor.
///
/// Points are joined only if the records show that they were computed the same way, on the same
/// documents and golden files. Otherwise the line is cut between them, and the reason is named.
/// Runs of a part of the documents are left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history trend entities.strict.f1
  karat history trend entities.strict.f1 --dataset seeds --format svg > trend.svg")]
pub(in crate::cli) struct TrendArgs {
    /// The figure: entities.strict.f1, or entities.strict.f1[LABEL] for a label or field
    #[arg(value_name = "METRIC")]
    pub metric: String,
    #[command(flatten)]
    pub chosen: ChosenArgs,
    /// Largest number of runs of each dataset and extractor; 0 for all
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub limit: usize,
    /// Output format
    #[arg(long, value_enum, default_value_t = TrendFormat::Table)]
    pub format: TrendFormat,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TrendFormat {
    /// For a terminal
    #[value(alias = "text")]
    Table,
    /// One object with a `schema`
    Json,
    /// One table with a header
    Csv,
    /// Markdown for a review
    Md,
    /// One self-contained drawing
    Svg,
    /// One self-contained page for a browser
    Html,
}

/// Show how the recorded figures of two runs differ.
///
/// It is no test: `karat compare A B` says whether a difference is more than chance.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history diff previous latest")]
pub(in crate::cli) struct DiffArgs {
    /// Id of the run before or its unique beginning, `latest` or `previous`
    #[arg(id = "recorded_run_before", value_name = "A")]
    pub before: String,
    /// Id of the run after or its unique beginning, `latest` or `previous`
    #[arg(id = "recorded_run_after", value_name = "B")]
    pub after: String,
    #[command(flatten)]
    pub chosen: ChosenArgs,
    /// Only this metric; may be repeated. A full name, or a prefix up to a dot
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::of_tables(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

/// Delete old runs from the history.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history prune --keep 100
  karat history prune --older-than 365 --dry-run")]
pub(in crate::cli) struct PruneArgs {
    /// Keep the N newest runs and delete the others
    #[arg(long, value_name = "N", required_unless_present = "older_than", conflicts_with = "older_than")]
    pub keep: Option<usize>,
    /// Delete runs that began more than DAYS days ago
    #[arg(long, value_name = "DAYS")]
    pub older_than: Option<u32>,
    /// Only list what would be deleted
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

/// Write the whole history as JSON (karat.history/1, which `import` reads) or as CSV.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history export json --out history.json")]
pub(in crate::cli) struct ExportArgs {
    /// The format
    #[arg(value_enum)]
    pub format: ExportFormat,
    /// Write to this file. Default: standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// One row for each figure
    Csv,
    /// One object, with a line for each run
    Json,
}

/// Add runs to the history: those of an export, or the reports that were committed to git.
///
/// With --git, every commit that changed a `scores.csv` below PATH becomes a run with the figures,
/// the date and the id of that commit. What the history already has is left as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat history import --git reports/
  karat history import history.json")]
#[command(group = ArgGroup::new("records").args(["file", "git"]).required(true))]
pub(in crate::cli) struct ImportArgs {
    /// What `karat history export json` wrote
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Read committed reports below this path
    #[arg(long, value_name = "PATH")]
    pub git: Option<PathBuf>,
    /// Read the commits up to this branch, tag or commit
    #[arg(long = "ref", value_name = "REF", default_value = "HEAD", conflicts_with = "file")]
    pub reference: String,
    #[command(flatten)]
    pub of: HistoryOfArgs,
}
