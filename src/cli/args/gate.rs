//! The arguments of `karat gate` and `karat accept`.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::compare::SliceBy;
use karat::gate::OnInconclusive;
use karat::score::ClusterBy;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::compare::{Files, margin};

/// Judge a change by rules: pass, fail, identical, or inconclusive where the documents cannot tell.
///
/// The rules are those of [[gate]] in karat.toml, which judge a run against the accepted baselines
/// (golden/baselines), or one on the command line. A rule with a margin passes where the candidate
/// is surely no worse than that (one-sided, paired by document), fails where it is surely worse
/// than the baseline, and is inconclusive otherwise. Ends with 0 (pass), 100 (fail) or 3
/// (inconclusive).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat gate                                       the newest run, by the rules of karat.toml
  karat gate .karat/runs/<id> --format md          a run, as a comment for a review
  karat gate --base main                           this working tree against a commit
  karat gate --gold g.jsonl --baseline old.jsonl --candidate new.jsonl --metric entities.strict.f1 --margin 0.01")]
pub(in crate::cli) struct GateArgs {
    /// The run to judge: its folder. By default the newest in .karat/runs
    #[arg(value_name = "RUN", conflicts_with_all = ["gold", "ref"])]
    pub run: Option<PathBuf>,
    #[command(flatten)]
    pub files: Files,
    /// Judge the working tree against this commit: by its baselines, or by running it in a worktree
    /// of its own
    #[arg(long, value_name = "REF", id = "ref", conflicts_with = "gold")]
    pub base: Option<String>,
    /// The configuration, with its rules
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Judge this metric instead of by karat.toml's rules; may be repeated
    #[arg(long = "metric", value_name = "NAME", requires = "limit")]
    pub metrics: Vec<String>,
    /// How much worse the metric may be
    #[arg(long, value_name = "X", value_parser = margin, requires = "metrics", group = "limit")]
    pub margin: Option<f64>,
    /// The floor under the lower end of the metric's interval
    #[arg(long, value_name = "X", requires = "metrics", group = "limit", conflicts_with = "margin")]
    pub min: Option<f64>,
    /// Judge every slice of the documents by itself: `length`, or `meta.FIELD`
    #[arg(long, value_name = "BY", requires = "metrics")]
    pub slice: Option<SliceBy>,
    /// What is independent of what: `document` (the default), or `meta.FIELD` for documents that
    /// share a value of their metadata
    #[arg(long, value_name = "BY")]
    pub cluster: Option<ClusterBy>,
    /// Leave out documents that only one of two files has; of baselines, those that only one side
    /// has always are
    #[arg(long, requires = "gold")]
    pub intersection: bool,
    /// What to do where the documents cannot tell; karat.toml's rules say so themselves
    #[arg(long, value_enum, value_name = "WHAT", requires = "metrics", default_value_t = Undecided::Warn)]
    pub on_inconclusive: Undecided,
    /// How to print the verdicts
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub format: OutputFormat,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Undecided {
    /// End with 3
    Warn,
    /// End with 100
    Fail,
    /// End with 0
    Pass,
}

impl From<Undecided> for OnInconclusive {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::Warn => Self::Warn,
            Undecided::Fail => Self::Fail,
            Undecided::Pass => Self::Pass,
        }
    }
}

/// Make a run's predictions the baseline.
///
/// Shows first what changes against the baseline that there is, then writes
/// golden/baselines/<dataset>/<extractor>.jsonl. Nothing else changes a baseline: commit it with
/// the change that it belongs to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat accept .karat/runs/<id>                                  every dataset and extractor of a run
  karat accept .karat/runs/<id> --dataset briefs --extractor rules
  karat accept .karat/runs/<id> --dry-run                        only show what would change")]
pub(in crate::cli) struct AcceptArgs {
    /// The run: its folder
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The configuration, beside which golden/baselines lies
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// This dataset only; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    pub datasets: Vec<String>,
    /// This extractor only; may be repeated
    #[arg(long = "extractor", value_name = "NAME")]
    pub extractors: Vec<String>,
    /// Write nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub threads: Threads,
}
