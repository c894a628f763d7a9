//! Arguments of `karat view`.

use std::path::PathBuf;

use super::super::threads::Threads;

/// Open the report on a run in a browser, and correct golden files from it; or adjudicate two
/// passes.
///
/// Serves the pages of `report.html` on this machine only, at an address that works once. A
/// correction is written to the golden file at once, in its own format and layout, and recorded in
/// `edits/log.jsonl` beside it; the run itself never changes.
///
/// With `--passes`, the page shows where two passes differ, and asks for a decision on each
/// disagreement. Decisions are recorded in `edits/adjudication.jsonl` below the folder of the
/// adjudicated files, so that a stopped session goes on where it ended; a document whose
/// disagreements are all decided is written there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat view                                the newest run
  karat view previous --read-only
  karat view runs/nightly --no-open         prints the address, for another browser
  karat check seeds --against .karat/runs/<id> --format json > suspects.json
  karat view --queue suspects.json          one suspect label after another
  karat view --passes golden/seeds/passes/a golden/seeds/passes/b
  karat view --passes ann.jsonl bob.jsonl --documents docs --out golden")]
pub(in crate::cli) struct ViewArgs {
    /// Folder or name of the run; `latest` and `previous` are names, too
    #[arg(value_name = "RUN", default_value = "latest")]
    pub run: PathBuf,
    /// Adjudicate these two passes, folders or files as for `karat agree`, instead of showing a run
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "run")]
    pub passes: Vec<PathBuf>,
    /// Folder of the adjudicated files [default: the folder of golden files that has `passes/`]
    #[arg(long, value_name = "DIR", requires = "passes")]
    pub out: Option<PathBuf>,
    /// The documents of the passes [default: those of the dataset, or the texts in the passes]
    #[arg(long, value_name = "PATH", requires = "passes")]
    pub documents: Option<PathBuf>,
    /// Only print the address
    #[arg(long)]
    pub no_open: bool,
    /// Walk through the documents that a file names
    ///
    /// The file has one document id a line, or is a table or lines of JSON with `document` and, if
    /// known, `start`, `end` and `note`, or is what `karat check --format json` printed.
    #[arg(long, value_name = "FILE", conflicts_with = "passes")]
    pub queue: Option<PathBuf>,
    /// Show, but do not correct golden files or decide
    #[arg(long)]
    pub read_only: bool,
    /// Serve at this port; 0 is one that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Record this name and the time with each correction or decision
    #[arg(long, value_name = "NAME")]
    pub record_author: Option<String>,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    #[command(flatten)]
    pub threads: Threads,
}
