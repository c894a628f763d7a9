//! `--format`: the same formats for every command that prints a result.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
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
    /// Annotations of GitHub Actions
    Github,
}

impl OutputFormat {
    /// Parses the formats of commands without annotations: a command that would print nothing must
    /// refuse before it works.
    pub fn without_annotations() -> impl TypedValueParser<Value = Self> {
        let formats = Self::value_variants().iter().filter(|format| **format != Self::Github);
        PossibleValuesParser::new(formats.filter_map(ValueEnum::to_possible_value))
            .try_map(|name| Self::from_str(&name, false))
    }

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
