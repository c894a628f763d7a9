//! Arguments of `karat score` about verdicts on key points.

use std::path::PathBuf;

use karat::judge::split_words;
use karat::metric::options::KeyPointOptions;
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
