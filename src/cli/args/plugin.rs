//! Arguments of `karat plugin`.

use std::path::PathBuf;
use std::time::Duration;

use super::super::output_format::OutputFormat;
use clap::{Subcommand, ValueEnum};
use karat::config::parse_time;

/// Check an extractor of your own, or create one.
///
/// An extractor is any program that speaks karat.extractor/1, JSON lines on standard input and
/// output; docs/PROTOCOL.md describes it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat plugin new --lang python extractors/mine
  karat plugin check python3 extractors/mine/extractor.py")]
pub(in crate::cli) struct PluginArgs {
    #[command(subcommand)]
    pub command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PluginCommand {
    // The arguments have the help, as in `Command`.
    Check(PluginCheckArgs),
    New(PluginNewArgs),
}

/// Check that a program follows the protocol, or that a service answers as its table says.
///
/// Starts the program, performs the handshake, and sends an empty text, a text of 1 MB (or of
/// `max_text`), characters of every Unicode plane, several documents at once, and invalid requests.
/// A service (`kind = "http"` or `"openai"`) and a script that is started for each document get the
/// same texts: 23 requests, none of which is recorded. The exit code is 2 if a check fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat plugin check python3 extractor.py
  karat plugin check --timeout 2m --format json -- node extractor.mjs --model small
  karat plugin check --extractor mine          the extractor of [extractors.mine] in karat.toml")]
pub(in crate::cli) struct PluginCheckArgs {
    /// The program and its arguments
    #[arg(value_name = "COMMAND", trailing_var_arg = true, required_unless_present = "extractor")]
    pub program: Vec<String>,
    /// Check the program or service of this table of karat.toml, with its settings
    #[arg(long, value_name = "NAME", conflicts_with = "program")]
    pub extractor: Option<String>,
    /// Path of the configuration. It contains the table
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// Time limit per document [default: 30s, or that of the table]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub timeout: Option<Duration>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
}

/// Write a program to start from: it speaks the protocol; replace the function that extracts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat plugin new --lang python               into ./extractor
  karat plugin new --lang node extractors/ner  into a folder of this name")]
pub(in crate::cli) struct PluginNewArgs {
    /// The language
    #[arg(long, value_enum, value_name = "LANG")]
    pub lang: Language,
    /// The folder to create; the extractor is named after it
    #[arg(value_name = "DIR", default_value = "extractor")]
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Language {
    /// Uses only the standard library
    Python,
    /// Uses no packages
    Node,
    /// Uses serde_json
    Rust,
    /// Uses jq
    Shell,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_time(text).ok_or_else(|| "write a time as in 30s, 500ms or 2m".to_owned())
}
