//! The arguments of `karat compare`.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::compare::{SliceBy, Test};
use karat::document::Layer;
use karat::score::ClusterBy;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::locate::LocateArgs;
use super::map::PairMapArgs;
use super::scores::ScoresArgs;
use super::summarize::CountsArgs;
use super::values::{Missing, layer};

/// Compare runs, prediction files or extractors of a run: what changed, and whether it is more than
/// noise.
///
/// Compares document by document. Prints both values of every metric, the difference with its
/// confidence interval, the p-value of approximate randomisation (exact if there are few
/// documents), adjusted for the metrics that decide, the smallest difference that this number of
/// documents can show, and every item that was gained or lost; for summaries, the documents with
/// the largest falls and rises, with both texts. Of several systems, the first is the baseline:
/// each other one is a row of one table. docs/METHODOLOGY.md has the formulas.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat compare .karat/runs/A .karat/runs/B                  two runs, every dataset and extractor that both have
  karat compare A B --dataset briefs --extractor rules       one of them
  karat compare A B --metric entities.strict.f1              one metric that decides
  karat compare previous latest --metric summary.rouge1.f1 --metric summary.rougeL.f1
  karat compare latest --extractor lead --extractor rank     two extractors of one run
  karat compare A B C D                                      B, C and D against A, in one table
  karat compare --gold g.jsonl --baseline old.jsonl --candidate new.jsonl
  karat compare --gold g.jsonl base.jsonl b.jsonl c.jsonl    several files against the first
  karat compare A B --cluster meta.source --format json      documents of one source are not independent
  karat compare --scores base.eval --scores new.eval         logs of inspect_ai or another harness")]
#[command(mut_arg("scores", |arg| arg.conflicts_with_all([
    "base", "others", "baseline", "candidate", "options", "map", "gold_map", "pred_map", "join", "locate",
    "datasets", "extractors", "force", "layers", "slices",
])))]
#[command(mut_arg("candidate_counts", |arg| arg.requires("baseline_counts").conflicts_with_all([
    "base", "others", "gold", "baseline", "candidate", "scores", "options", "map", "gold_map", "pred_map", "join",
    "locate", "datasets", "extractors", "force", "layers", "slices", "cluster", "intersection",
])))]
pub(in crate::cli) struct CompareArgs {
    /// The baseline: a run, or with --gold a file of predictions
    #[arg(value_name = "BASE", conflicts_with_all = ["baseline", "candidate"])]
    pub base: Option<PathBuf>,
    /// The runs or files of predictions to compare with it; none to compare extractors of one run
    #[arg(value_name = "CANDIDATE", id = "others", group = "predicted")]
    pub candidates: Vec<PathBuf>,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub logs: ScoresArgs,
    #[command(flatten)]
    pub counts: CountsArgs,
    /// Path of the configuration. It defines the datasets of runs
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Only this dataset; may be repeated. Default: every dataset of both runs, one after the other
    #[arg(long = "dataset", value_name = "NAME", conflicts_with = "gold")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated. With one run: an extractor to compare, the first of
    /// which is the baseline
    #[arg(long = "extractor", value_name = "NAME", conflicts_with = "gold")]
    pub extractors: Vec<String>,
    /// With runs: compare with the current options even if the runs were scored with other options
    #[arg(long, conflicts_with = "gold")]
    pub force: bool,
    #[command(flatten)]
    pub how: How,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_page(), default_value = "table")]
    pub format: OutputFormat,
}

/// Files instead of runs.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct Files {
    /// Golden files: a folder or a file
    #[arg(long, value_name = "PATH", requires = "predicted", group = "paired")]
    pub gold: Option<PathBuf>,
    /// Predictions before the change
    #[arg(long, value_name = "PATH", requires = "gold")]
    pub baseline: Option<PathBuf>,
    /// Predictions after the change
    #[arg(long = "candidate", id = "candidate", group = "predicted", value_name = "PATH", requires = "gold")]
    pub predictions: Option<PathBuf>,
    /// Options: a file with the tables [labels], [spans], ... of karat.toml
    #[arg(long, value_name = "FILE", requires = "gold")]
    pub options: Option<PathBuf>,
    /// How to treat documents that only the golden files or only the predictions contain
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Missing::Error)]
    pub missing: Missing,
    #[command(flatten)]
    pub locate: LocateArgs,
    #[command(flatten)]
    pub fields: PairMapArgs,
}

/// How two systems are compared.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct How {
    /// A metric that decides; may be repeated, and p is then adjusted over all of them (Holm).
    /// Default: the headline metric of every layer
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Only this layer; may be repeated. `--layer help` lists them
    #[arg(long = "layer", value_name = "LAYER", value_parser = layer)]
    pub layers: Vec<Layer>,
    /// Number of documents to show where a deciding metric fell most, and where it rose most, with
    /// both texts, for layers without items such as summaries
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub examples: usize,
    /// The difference for which the required number of documents is reported
    #[arg(long, value_name = "X", default_value_t = 0.01, value_parser = margin)]
    pub margin: f64,
    /// Unit of resampling: `document` (the default), or `meta.FIELD` for groups of documents that
    /// share a value of their metadata
    #[arg(long, value_name = "BY")]
    pub cluster: Option<ClusterBy>,
    /// Also compare slices of the documents: `length` (thirds), or `meta.FIELD`; may be repeated
    #[arg(long = "slice", value_name = "BY")]
    pub slices: Vec<SliceBy>,
    /// Ignore documents that only one side has
    #[arg(long)]
    pub intersection: bool,
    /// Significance test
    #[arg(long, value_enum, default_value_t = TestName::Randomisation)]
    pub test: TestName,
    /// Number of random assignments of the randomisation test, for up to 2,000 clusters
    #[arg(long, value_name = "N", default_value_t = 9_999, value_parser = clap::value_parser!(u64).range(99..=10_000_000))]
    pub assignments: u64,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TestName {
    /// Approximate randomisation of the figure itself
    Randomisation,
    /// Wilcoxon's signed-rank test of the figure by document
    Wilcoxon,
    /// The exact sign test of the documents whose figure differs: McNemar's for figures that are
    /// pass or fail
    Sign,
}

impl From<TestName> for Test {
    fn from(name: TestName) -> Self {
        match name {
            TestName::Randomisation => Self::Randomisation,
            TestName::Wilcoxon => Self::Wilcoxon,
            TestName::Sign => Self::Sign,
        }
    }
}

pub(in crate::cli) fn margin(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(margin) if margin.is_finite() && margin > 0.0 => Ok(margin),
        _ => Err("a margin is a number above 0".to_owned()),
    }
}
