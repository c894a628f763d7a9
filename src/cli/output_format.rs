//! `--format`: the same formats for every command that prints a result.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use karat::check::commands_within;
use karat::error::{Diagnostic, Error};
use karat::report::{Exporter, within, without_formulas};

use super::output;
use super::printing::{is_csv_safe, max_chars};
use super::styled_text::StyledText;

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
    /// Tables for a paper, in LaTeX with booktabs
    Latex,
    /// One self-contained page for a browser
    Html,
    /// Annotations of GitHub Actions
    Github,
}

impl OutputFormat {
    /// Parses the formats of commands that have neither annotations nor a page: a command that
    /// would print nothing must refuse before it works.
    pub fn without_annotations() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github, Self::Html])
    }

    /// Parses the formats of commands with annotations.
    pub fn with_annotations() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Html])
    }

    /// Parses the formats of commands whose result is a list of findings, which no paper prints.
    pub fn of_findings() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github, Self::Html, Self::Latex])
    }

    /// Parses the formats of commands with findings and annotations.
    pub fn of_annotated_findings() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Html, Self::Latex])
    }

    /// Parses the formats of commands with a page for a browser.
    pub fn with_page() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github])
    }

    fn except(left_out: &[Self]) -> impl TypedValueParser<Value = Self> + use<> {
        let formats = Self::value_variants().iter().filter(|format| !left_out.contains(format));
        PossibleValuesParser::new(formats.filter_map(ValueEnum::to_possible_value))
            .try_map(|name| Self::from_str(&name, false))
    }

    /// Prints a result. `table` draws it for a terminal.
    pub fn print<T: Into<StyledText>>(
        self,
        result: &(impl Exporter + ?Sized),
        table: impl FnOnce() -> T,
    ) -> Result<(), Error> {
        self.print_from("`--max-chars 0` prints everything", result, table)
    }

    /// Prints a result. `place` says where the sections are that `--max-chars` leaves out.
    pub fn print_from<T: Into<StyledText>>(
        self,
        place: &str,
        result: &(impl Exporter + ?Sized),
        table: impl FnOnce() -> T,
    ) -> Result<(), Error> {
        let (most, place) = (max_chars(), format!("{place}."));
        match self {
            Self::Table => output::print_text(&table().into()),
            Self::Json => output::print_json(&result.to_json()),
            Self::Csv if is_csv_safe() => output::print_csv(&without_formulas(&result.to_csv())),
            Self::Csv => output::print_csv(&result.to_csv()),
            Self::Latex => output::print(&result.to_latex()?),
            Self::Html => output::print(&result.to_html()?),
            Self::Md => output::print(&within(&result.to_markdown(), most, &place)),
            Self::Github => {
                let commands = result.to_github().ok_or_else(|| {
                    let diagnostic = Diagnostic::new("this command has no annotations for --format github");
                    diagnostic.help("check and gate have; use table, json, csv or md")
                })?;
                output::print_commands(&commands_within(&commands, most, &place))
            }
        }
    }
}
