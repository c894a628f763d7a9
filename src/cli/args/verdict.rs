//! Arguments of `karat score` about verdicts on key points.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::judge::split_words;
use karat::metric::options::KeyPointOptions;
use karat::stats::correction::Method;
use karat::store::JUDGE_CACHE;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerdictArgs {
    /// Take verdicts on key points from this file (JSONL or CSV) instead of matching them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["judge", "preset", "explain_difference"])]
    pub verdicts: Option<PathBuf>,
    /// Request verdicts on key points from this program, in the protocol karat.judge/1
    #[arg(long, value_name = "COMMAND", value_parser = command, conflicts_with_all = ["preset", "explain_difference"])]
    pub judge: Option<Words>,
    /// Folder of the cache of the judge's verdicts, which are not requested again
    #[arg(long, value_name = "DIR", default_value = JUDGE_CACHE)]
    pub judge_cache: PathBuf,
    /// Time limit of the judge per verdict. Default: 60 s, or that of the options
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub judge_timeout: Option<f64>,
    /// Report how well the verdicts agree with these hand-made ones (JSONL or CSV; they may cover
    /// only some key points)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["preset", "explain_difference"])]
    pub hand_verdicts: Option<PathBuf>,
    /// How the hand-made verdicts correct the figures. Default: ppi++, or that of the options
    #[arg(long, value_enum, value_name = "METHOD", requires = "hand_verdicts")]
    pub correct: Option<CorrectBy>,
}

/// How figures are corrected by hand-made verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CorrectBy {
    /// Prediction-powered inference, with documents as clusters
    Ppi,
    /// Prediction-powered inference in which the judge has the weight of the least variance
    #[value(name = "ppi++")]
    PpiPlusPlus,
    /// By the judge's sensitivity and specificity, with units taken as independent
    RoganGladen,
    /// Not at all
    None,
}

impl CorrectBy {
    /// The method; `None` for no correction.
    pub fn method(self) -> Option<Method> {
        match self {
            Self::Ppi => Some(Method::Ppi),
            Self::PpiPlusPlus => Some(Method::PpiPlusPlus),
            Self::RoganGladen => Some(Method::RoganGladen),
            Self::None => None,
        }
    }
}

/// The words of a command.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Words(pub Vec<String>);

fn command(line: &str) -> Result<Words, String> {
    split_words(line).map(Words)
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "write a number like 30".to_owned()).and_then(KeyPointOptions::check_timeout)
}
