//! `--format`: the same formats for every command that prints a result.

use clap::ValueEnum;
use karat::error::{Diagnostic, Error};
use karat::report::Exporter;

use super::output;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// For a terminal
    #[value(alias = "text")]
    Table,
    /// One object with a `schema`
    Json,
    /// One table with a header
    Csv,
    /// Markdown for a review
    Md,
    /// Annotations of GitHub Actions, of check and gate
    Github,
}

impl OutputFormat {
    /// Prints a result. `table` draws it for a terminal.
    pub fn print(self, result: &(impl Exporter + ?Sized), table: impl FnOnce() -> String) -> Result<(), Error> {
        output::print(&match self {
            Self::Table => table(),
            Self::Json => result.to_json(),
            Self::Csv => result.to_csv(),
            Self::Md => result.to_markdown(),
            Self::Github => result.to_github().ok_or_else(|| {
                let diagnostic = Diagnostic::new("this command has no annotations for --format github");
                diagnostic.help("check and gate have; use table, json, csv or md")
            })?,
        })
    }
}
