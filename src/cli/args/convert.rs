//! The arguments of `karat convert`, and how formats and units are named.

use std::path::PathBuf;

use clap::ValueEnum;
use karat::format::tokens::Notation;
use karat::format::{FORMATS, Format, OffsetUnit};

/// What offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(in crate::cli) enum Unit {
    /// Unicode code points, as Python counts
    CodePoint,
    /// Bytes of UTF-8
    Byte,
    /// UTF-16 units, as JavaScript and Java count
    Utf16,
}

impl From<Unit> for OffsetUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::CodePoint => Self::CodePoint,
            Unit::Byte => Self::Byte,
            Unit::Utf16 => Self::Utf16,
        }
    }
}

/// Turn annotations of one format into another.
///
/// The input's format is detected from its content. What the other format cannot carry is listed on
/// standard error, by kind, with counts and the first place; `--deny losses` ends with 2 then and
/// writes nothing. Offsets are written as code points.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat convert brat-folder --to karat --out gold.jsonl
  karat convert export.json --to doccano --out out.jsonl --deny losses
  karat convert spans.csv --documents docs --to brat --out folder
  karat convert old.json --from label-studio --offset-unit utf16 --to karat --out golden/

Formats: `--to help` lists them.")]
pub(in crate::cli) struct ConvertArgs {
    /// What to convert: a folder or a file
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The format to write
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub to: &'static Format,
    /// Where to write: a file; a folder for brat, and for karat where the name has no extension
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// The format of the input, if content does not show it
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub from: Option<&'static Format>,
    /// The documents, where the input brings no texts
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// What the input's offsets count, where it does not say so; code points by default
    #[arg(long, value_enum, value_name = "UNIT")]
    pub offset_unit: Option<Unit>,
    /// The column with the tags of token files, by its name in the header or its number from 1; the
    /// last by default
    #[arg(long, value_name = "NAME|N")]
    pub column: Option<String>,
    /// How tags of token files are written: io (labels without prefixes), suffix (PER-B), or a
    /// scheme that is kept to: iob1, iob2, ioe1, ioe2, iobes, bilou; recognised by default
    #[arg(long, value_name = "SCHEME")]
    pub tags: Option<Notation>,
    /// Write nothing and end with 2 where something would be lost
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<DenyLosses>,
    /// Write over files that are there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DenyLosses {
    /// What the format cannot carry
    Losses,
}

/// The format of a name; the error lists them all.
pub(in crate::cli) fn format(name: &str) -> Result<&'static Format, String> {
    Format::find(name).ok_or_else(|| {
        let known: Vec<String> = FORMATS.iter().map(|known| format!("  {:<16} {}", known.name, known.about)).collect();
        format!("formats are\n{}", known.join("\n"))
    })
}
