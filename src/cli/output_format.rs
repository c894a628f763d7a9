//! `--format` and `--write`: the same formats for every command that prints a result.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use karat::check::commands_within;
use karat::error::{Diagnostic, Error};
use karat::report::{Exporter, within, without_formulas};
use karat::store::Staging;

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
    /// JUnit XML, for the pages of a CI server
    Junit,
}

/// How to see what `--max-chars` leaves out of a result that is only printed.
pub(super) const EVERYTHING: &str = "`--max-chars 0` prints everything";

/// A further copy of a result, as `--write FORMAT=FILE` asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutputFile {
    pub format: OutputFormat,
    pub path: PathBuf,
}

impl OutputFile {
    /// Parses `FORMAT=FILE`. A table is for a terminal, so a file has none.
    pub fn parse(text: &str) -> Result<Self, String> {
        const FORMATS: [OutputFormat; 5] =
            [OutputFormat::Json, OutputFormat::Csv, OutputFormat::Md, OutputFormat::Github, OutputFormat::Junit];
        let formats = FORMATS.iter().filter_map(ValueEnum::to_possible_value);
        let names = formats.map(|format| format.get_name().to_owned()).collect::<Vec<_>>().join(", ");
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| format!("write FORMAT=FILE, such as junit=karat.xml; formats: {names}"))?;
        let known = OutputFormat::from_str(format, false).ok().filter(|format| FORMATS.contains(format));
        let format = known.ok_or_else(|| format!("no file has the format {format:?}; formats: {names}"))?;
        if path == "-" {
            return Err("`-` is no file; `--format` prints to standard output".to_owned());
        }
        Ok(Self { format, path: PathBuf::from(path) })
    }

    /// Returns the files. Fails if two formats would be written to one of them.
    pub fn distinct(files: &[Self]) -> Result<Vec<Self>, Diagnostic> {
        let mut paths = BTreeSet::new();
        if let Some(twice) = files.iter().find(|file| !paths.insert(&file.path)) {
            let diagnostic = Diagnostic::new(format!("`--write` names {} twice", twice.path.display()));
            return Err(diagnostic.help("give each format a file of its own"));
        }
        Ok(files.to_vec())
    }
}

/// Writes a result to files. All of them are written under temporary names before the first is
/// renamed. `place` is as for [`OutputFormat::print_from`].
pub(super) fn write_files(files: &[OutputFile], place: &str, result: &(impl Exporter + ?Sized)) -> Result<(), Error> {
    let mut staging = Staging::default();
    for OutputFile { format, path } in files {
        let path = if path.parent() == Some(Path::new("")) { Path::new(".").join(path) } else { path.clone() };
        staging.add(&path, format.render(place, result)?.as_bytes())?;
    }
    staging.commit()
}

impl OutputFormat {
    /// Parses the formats of commands that have neither annotations nor cases nor a page: a command
    /// that would print nothing must refuse before it works.
    pub fn without_annotations() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github, Self::Html, Self::Junit])
    }

    /// Parses the formats of commands with annotations and cases.
    pub fn with_annotations() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Html])
    }

    /// Parses the formats of commands whose result is a list of findings, which no paper prints.
    pub fn of_findings() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github, Self::Html, Self::Junit, Self::Latex])
    }

    /// Parses the formats of commands whose result is a table that no paper prints.
    pub fn of_tables() -> impl TypedValueParser<Value = Self> {
        Self::of_findings()
    }

    /// Parses the formats of commands with findings and annotations.
    pub fn of_annotated_findings() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Html, Self::Latex])
    }

    /// Parses the formats of commands with a page for a browser.
    pub fn with_page() -> impl TypedValueParser<Value = Self> {
        Self::except(&[Self::Github, Self::Junit])
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
        self.print_from(EVERYTHING, result, table)
    }

    /// Prints a result. `place` says where the sections are that `--max-chars` leaves out.
    pub fn print_from<T: Into<StyledText>>(
        self,
        place: &str,
        result: &(impl Exporter + ?Sized),
        table: impl FnOnce() -> T,
    ) -> Result<(), Error> {
        match self {
            Self::Table => output::print_text(&table().into()),
            Self::Html | Self::Md | Self::Latex => output::print(&self.render(place, result)?),
            Self::Json => output::print_json(&self.render(place, result)?),
            Self::Csv => output::print_csv(&self.render(place, result)?),
            Self::Github => output::print_commands(&self.render(place, result)?),
            Self::Junit => output::print_bytes(self.render(place, result)?.as_bytes()),
        }
    }

    /// Returns a result as a file has it. There is no file of a table, which is for a terminal.
    fn render(self, place: &str, result: &(impl Exporter + ?Sized)) -> Result<String, Error> {
        let (most, place) = (max_chars(), format!("{place}."));
        let without = |what: &str, format: &str| {
            let diagnostic = Diagnostic::new(format!("this command has no {what} for --format {format}"));
            diagnostic.help("check, gate and run have; use table, json, csv or md")
        };
        Ok(match self {
            Self::Table => String::new(),
            Self::Json => result.to_json(),
            Self::Csv if is_csv_safe() => without_formulas(&result.to_csv()),
            Self::Csv => result.to_csv(),
            Self::Latex => result.to_latex()?,
            Self::Html => result.to_html()?,
            Self::Md => within(&result.to_markdown(), most, &place),
            Self::Github => {
                let commands = result.to_github().ok_or_else(|| without("annotations", "github"))?;
                commands_within(&commands, most, &place)
            }
            Self::Junit => result.to_junit().ok_or_else(|| without("cases", "junit"))?,
        })
    }
}
