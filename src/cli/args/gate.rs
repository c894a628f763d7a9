//! The arguments of `karat gate` and `karat accept`.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::compare::SliceBy;
use karat::gate::OnInconclusive;
use karat::score::ClusterBy;

use super::super::output_format::{OutputFile, OutputFormat};
use super::super::threads::Threads;
use super::compare::{Files, margin};
use super::scores::ScoresArgs;
use super::summarize::CountsArgs;

/// Judge a change by rules: pass, fail, identical, or inconclusive if there are too few documents.
///
/// The rules are those of [[gate]] in karat.toml, which judge a run against the accepted baselines
/// (golden/baselines), or one on the command line. A rule with a margin passes if the candidate is
/// worse by less than the margin with 95 % confidence (one-sided, paired by document), fails if the
/// candidate is worse than the baseline with that confidence, and is inconclusive otherwise. The
/// exit code is 0 (pass or inconclusive) or 100 (fail); --on-inconclusive changes it. A run that is
/// not complete is refused with exit code 5.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat gate                                       the newest run, by the rules of karat.toml
  karat gate .karat/runs/<id> --format md          a run, as a comment for a review
  karat gate --base origin/main                    this working tree against a commit
  karat gate --gold g.jsonl --baseline old.jsonl --candidate new.jsonl --metric entities.strict.f1 --margin 0.01
  karat gate --gold g.jsonl --candidate new.jsonl --metric entities.strict.f1 --min 0.8
  karat gate --scores base.eval --scores new.eval --metric match --margin 0.02")]
#[command(mut_arg("scores", |arg| arg.requires("metrics").conflicts_with_all([
    "run", "baseline", "candidate", "options", "map", "gold_map", "pred_map", "join", "locate", "ref",
    "allow_stale", "allow_incomplete", "slice",
])))]
#[command(mut_arg("candidate_counts", |arg| arg.requires("metrics").conflicts_with_all([
    "run", "gold", "scores", "options", "map", "gold_map", "pred_map", "join", "locate", "ref", "allow_stale",
    "allow_incomplete", "slice", "cluster", "intersection",
])))]
pub(in crate::cli) struct GateArgs {
    /// Folder or name of the run to judge. Default: the newest in .karat/runs, which must be of the
    /// current extractors and documents
    #[arg(value_name = "RUN", conflicts_with = "gold")]
    pub run: Option<PathBuf>,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub logs: ScoresArgs,
    #[command(flatten)]
    pub counts: CountsArgs,
    /// Judge against this commit: by its baselines, or if it has none, by running it in a separate
    /// worktree. Names the baselines that the working tree moved. Without RUN, judges the newest
    /// run if it is complete and current, and otherwise runs the working tree
    #[arg(long, value_name = "REF", id = "ref", conflicts_with = "gold")]
    pub base: Option<String>,
    /// Judge a run although extractors or documents changed since
    #[arg(long, conflicts_with = "gold")]
    pub allow_stale: bool,
    /// Judge a run that was interrupted, that lacks answers, or that has only some of the documents
    #[arg(long, conflicts_with = "gold")]
    pub allow_incomplete: bool,
    /// Path of the configuration. It contains the rules
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Judge this metric instead of the rules of karat.toml; may be repeated
    #[arg(long = "metric", value_name = "NAME", requires = "limit")]
    pub metrics: Vec<String>,
    /// The loss of the metric that is still acceptable
    #[arg(long, value_name = "X", value_parser = margin, requires = "metrics", group = "limit")]
    pub margin: Option<f64>,
    /// The floor for the lower bound of the metric's confidence interval
    #[arg(long, value_name = "X", requires = "metrics", group = "limit", conflicts_with = "margin")]
    pub min: Option<f64>,
    /// The ceiling for the upper bound of the metric's confidence interval
    #[arg(long, value_name = "X", requires = "metrics", group = "limit", conflicts_with = "margin")]
    pub max: Option<f64>,
    /// Judge every slice of the documents separately: `length`, or `meta.FIELD`
    #[arg(long, value_name = "BY", requires = "metrics")]
    pub slice: Option<SliceBy>,
    /// Unit of resampling: `document` (the default), or `meta.FIELD` for groups of documents that
    /// share a value of their metadata
    #[arg(long, value_name = "BY")]
    pub cluster: Option<ClusterBy>,
    /// Ignore documents that only one of two files has; with baselines, they are always ignored
    #[arg(long, requires = "paired")]
    pub intersection: bool,
    /// How to treat an inconclusive verdict; rules of karat.toml set this themselves
    #[arg(long, value_enum, value_name = "WHAT", requires = "metrics", default_value_t = Undecided::Warn)]
    pub on_inconclusive: Undecided,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Also write the result to this file, in one of json, csv, md, github and junit:
    /// `junit=karat.xml`; may be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = OutputFile::parse)]
    pub files_to_write: Vec<OutputFile>,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Undecided {
    /// Print a warning and exit with 0
    #[value(alias = "pass")]
    Warn,
    /// Exit with 100
    Fail,
    /// Exit with 3
    Neutral,
}

impl From<Undecided> for OnInconclusive {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::Warn => Self::Warn,
            Undecided::Fail => Self::Fail,
            Undecided::Neutral => Self::Neutral,
        }
    }
}

/// Accept a run's predictions as the baseline.
///
/// Shows what changes against the current baseline, then writes
/// golden/baselines/<dataset>/<extractor>.jsonl. No other command changes a baseline: commit it
/// with the change that it belongs to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat accept .karat/runs/<id>                                  every dataset and extractor of a run
  karat accept .karat/runs/<id> --dataset briefs --extractor rules
  karat accept .karat/runs/<id> --dry-run                        only show what would change
  karat accept --remove briefs/rules                             the baseline of an extractor that is gone")]
pub(in crate::cli) struct AcceptArgs {
    /// Folder of the run
    #[arg(value_name = "RUN", required_unless_present = "remove")]
    pub run: Option<PathBuf>,
    /// Remove the baseline of an extractor that is gone: DATASET/EXTRACTOR; may be repeated
    #[arg(long, value_name = "BASELINE", conflicts_with_all = ["run", "datasets", "extractors"])]
    pub remove: Vec<String>,
    /// Path of the configuration. Its folder contains golden/baselines
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Accept a run that was interrupted, that lacks answers, or that has only some of the
    /// documents
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Accept a run that is worse than the baseline: one that a rule with a margin fails, or
    /// without such a rule, one whose headline figure is significantly worse
    #[arg(long)]
    pub allow_worse: bool,
    #[command(flatten)]
    pub threads: Threads,
}
