//! Arguments of `karat view`.

use std::path::PathBuf;

use super::super::threads::Threads;

/// Open the report on a run in a browser, and correct golden files from it.
///
/// Serves the pages of `report.html` on this machine only, at an address that works once. A
/// correction is written to the golden file at once, in its own format and layout, and recorded in
/// `edits/log.jsonl` beside it; the run itself never changes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat view                                the newest run
  karat view previous --read-only
  karat view runs/nightly --no-open         prints the address, for another browser
  karat check seeds --against .karat/runs/<id> --format json > suspects.json
  karat view --queue suspects.json          one suspect label after another")]
pub(in crate::cli) struct ViewArgs {
    /// Folder or name of the run; `latest` and `previous` are names, too
    #[arg(value_name = "RUN", default_value = "latest")]
    pub run: PathBuf,
    /// Only print the address
    #[arg(long)]
    pub no_open: bool,
    /// Walk through the documents that a file names
    ///
    /// The file has one document id a line, or is a table or lines of JSON with `document` and, if
    /// known, `start`, `end` and `note`, or is what `karat check --format json` printed.
    #[arg(long, value_name = "FILE")]
    pub queue: Option<PathBuf>,
    /// Show, but do not correct golden files
    #[arg(long)]
    pub read_only: bool,
    /// Serve at this port; 0 is one that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Record this name and the time with each correction
    #[arg(long, value_name = "NAME")]
    pub record_author: Option<String>,
    /// Path of the configuration
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    #[command(flatten)]
    pub threads: Threads,
}
