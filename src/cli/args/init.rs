//! Arguments of `karat init`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::plugin::Language;

/// Set karat up in a folder: write karat.toml for the data that is there, and run it.
///
/// Looks for documents, golden files and predictions in any format that karat reads, and writes
/// karat.toml, .gitignore, a workflow for GitHub Actions and, with --lang, a program to start from.
/// An empty folder gets a small example. No existing file is changed, and nothing is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat init                            for the data of this folder; an example if it is empty
  karat init demo --template summaries  an example in a new folder
  karat init --lang python              also writes a program to start from, extractors/mine
  karat init --dry-run                  only shows what would be written")]
pub(in crate::cli) struct InitArgs {
    /// The folder; it is created if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Write this example, whatever the folder contains [default: entities, if it is empty]
    #[arg(long, value_enum, value_name = "NAME")]
    pub template: Option<Template>,
    /// Also write an extractor in this language to extractors/mine
    #[arg(long, value_enum, value_name = "LANG")]
    pub lang: Option<Language>,
    /// Do not run the extractors
    #[arg(long)]
    pub no_run: bool,
    /// Write no workflow for GitHub Actions
    #[arg(long)]
    pub no_ci: bool,
    /// Write and run nothing; list the files and print karat.toml
    #[arg(long)]
    pub dry_run: bool,
}

/// The examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Template {
    /// Names, dates and amounts in four texts
    Entities,
    /// Summaries of three texts
    Summaries,
    /// Statements in three texts: speaker, verb, content, date
    Records,
}
