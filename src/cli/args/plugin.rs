//! Arguments of `karat plugin`.

use std::path::PathBuf;
use std::time::Duration;

use super::super::output_format::OutputFormat;
use clap::{Subcommand, ValueEnum};
use karat::config::parse_time;

/// Examine an extractor of your own, or begin one.
///
/// An extractor is any program that speaks karat.extractor/1, JSON lines on standard input and
/// output; docs/PROTOCOL.md describes it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PluginArgs {
    #[command(subcommand)]
    pub command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PluginCommand {
    /// Show what of the protocol a program keeps
    Check(PluginCheckArgs),
    /// Write a starting point that keeps it
    New(PluginNewArgs),
}

/// Show what of the protocol a program keeps.
///
/// Starts it, greets it, and gives it an empty text, a text of 1 MB, characters of every Unicode
/// plane, several documents at once, and requests that make no sense. Ends with 2 where something
/// does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat plugin check python3 extractor.py
  karat plugin check --timeout 2m --format json -- node extractor.mjs --model small
  karat plugin check --extractor mine          the program of [extractors.mine] in karat.toml")]
pub(in crate::cli) struct PluginCheckArgs {
    /// The program and its arguments
    #[arg(value_name = "COMMAND", trailing_var_arg = true, required_unless_present = "extractor")]
    pub program: Vec<String>,
    /// Examine the program of this table of karat.toml, with its settings
    #[arg(long, value_name = "NAME", conflicts_with = "program")]
    pub extractor: Option<String>,
    /// The configuration that has it
    #[arg(long, value_name = "FILE", default_value = karat::config::FILE)]
    pub config: PathBuf,
    /// How long a document may take [default: 30s, or what the table says]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub timeout: Option<Duration>,
    /// How to print what was found
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
}

/// Write a starting point: a small program that speaks the protocol, and a function in it to be
/// replaced.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat plugin new --lang python               into ./extractor
  karat plugin new --lang node extractors/ner  into a folder of this name")]
pub(in crate::cli) struct PluginNewArgs {
    /// The language
    #[arg(long, value_enum, value_name = "LANG")]
    pub lang: Language,
    /// The folder, which is made; its name becomes the extractor's
    #[arg(value_name = "DIR", default_value = "extractor")]
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Language {
    /// With the standard library alone
    Python,
    /// Without packages
    Node,
    /// With serde_json
    Rust,
    /// With jq
    Shell,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_time(text).ok_or_else(|| "write a time as in 30s, 500ms or 2m".to_owned())
}
