//! The arguments of `karat power`.

use std::path::PathBuf;

use karat::score::ClusterBy;

use super::super::output_format::OutputFormat;
use super::super::threads::Threads;
use super::compare::{Files, margin};
use super::scores::ScoresArgs;

/// Compute which difference these documents can show, and how many documents another needs.
///
/// The standard error of a difference is that of two files, or of a run and its accepted baseline.
/// Without a second system, or without a difference, karat assumes a system whose errors correlate
/// with those of the run by --correlation. The test is one-sided at 5 %, its power 80 %.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat power                                        the newest run
  karat power .karat/runs/<id> --extractor rules --effect 0.02
  karat power --gold g.jsonl --baseline old.jsonl --candidate new.jsonl --metric entities.strict.f1
  karat power --scores base.eval --scores new.eval")]
#[command(mut_arg("scores", |arg| arg.conflicts_with_all([
    "run", "baseline", "candidate", "options", "map", "gold_map", "pred_map", "join", "locate", "datasets",
    "extractors", "correlation",
])))]
pub(in crate::cli) struct PowerArgs {
    /// Folder of the run. Default: the newest in .karat/runs
    #[arg(value_name = "RUN", conflicts_with = "gold")]
    pub run: Option<PathBuf>,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub logs: ScoresArgs,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Only this dataset; may be repeated
    #[arg(long = "dataset", value_name = "NAME", conflicts_with = "gold")]
    pub datasets: Vec<String>,
    /// Only this extractor; may be repeated
    #[arg(long = "extractor", value_name = "NAME", conflicts_with = "gold")]
    pub extractors: Vec<String>,
    /// Only this metric; may be repeated. Default: the headline metric of every layer
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// A difference to detect; may be repeated
    #[arg(long = "effect", value_name = "X", default_values_t = [0.01, 0.02, 0.05], value_parser = margin)]
    pub effects: Vec<f64>,
    /// Assumed correlation of the errors of a second system with those of the run, from 0 to below
    /// 1
    #[arg(long, value_name = "R", default_value_t = 0.5, value_parser = correlation)]
    pub correlation: f64,
    /// Unit of resampling: `document` (the default), or `meta.FIELD` for groups of documents that
    /// share a value of their metadata
    #[arg(long, value_name = "BY")]
    pub cluster: Option<ClusterBy>,
    /// Ignore documents that only one of two files has
    #[arg(long, requires = "paired")]
    pub intersection: bool,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    #[command(flatten)]
    pub threads: Threads,
}

fn correlation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err("a correlation lies between 0 and 1, and is not 1".to_owned()),
    }
}
