//! The arguments of `karat convert`, and how formats are named.

use std::path::PathBuf;

use super::map::MapArgs;
use clap::ValueEnum;
use karat::corpus::Misfit;
use karat::format::Format;
use karat::format::tokens::Notation;

use super::super::value_sets::{self, ValueSet};
use super::basis::{FormArgs, Unit};
use super::export::ExportArgs;

/// What happens to labels whose stored text is not the document's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MisfitPolicy {
    /// They are errors
    Refuse,
    /// They keep their offsets
    Keep,
    /// They are removed
    Drop,
}

impl From<MisfitPolicy> for Misfit {
    fn from(policy: MisfitPolicy) -> Self {
        match policy {
            MisfitPolicy::Refuse => Self::Refuse,
            MisfitPolicy::Keep => Self::Keep,
            MisfitPolicy::Drop => Self::Drop,
        }
    }
}

/// Convert annotations from one format to another.
///
/// The input's format is detected from its content. Standard error lists what the output format
/// cannot represent, by kind, with counts and the first location; with `--deny losses`, karat then
/// exits with 2 and writes nothing. Offsets are written as code points.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat convert brat-folder --to karat --out gold.jsonl
  karat convert export.json --to doccano --out out.jsonl --deny losses
  karat convert spans.csv --documents docs --to brat --out folder
  karat convert old.json --from label-studio --offset-unit utf16 --to karat --out golden/

Formats: `--to help` lists them.")]
pub(in crate::cli) struct ConvertArgs {
    /// Input: a folder or a file
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Output format. `--to help` lists them
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub to: &'static Format,
    /// Output path: a file; a folder for brat, and for karat if the name has no extension; `-`
    /// prints on standard output
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// The format of the input, if content does not show it
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub from: Option<&'static Format>,
    #[command(flatten)]
    pub fields: MapArgs,
    /// The documents, if the input contains no texts
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// Unit of the input's offsets, if the file does not name one. Default: code points
    #[arg(long, value_enum, value_name = "UNIT")]
    pub offset_unit: Option<Unit>,
    #[command(flatten)]
    pub form: FormArgs,
    /// Column of token files that contains the tags: its name in the header, or its number, counted
    /// from 1. Default: the last
    #[arg(long, value_name = "NAME|N")]
    pub column: Option<String>,
    /// Notation of tags in token files: io (labels without prefixes), suffix (PER-B), or a scheme
    /// that all tags must fit: iob1, iob2, ioe1, ioe2, iobes, bilou. Default: detected
    #[arg(long, value_name = "SCHEME")]
    pub tags: Option<Notation>,
    /// Labels whose stored text is not the document's
    #[arg(long, value_enum, value_name = "WHAT", default_value = "refuse")]
    pub misfit: MisfitPolicy,
    #[command(flatten)]
    pub export: ExportArgs,
    /// Read the predictions that an export contains instead of its annotations
    #[arg(long)]
    pub predictions: bool,
    /// Names of tags that a file states as class numbers, in order: O,B-PER,I-PER,...
    #[arg(long = "labels", value_name = "NAMES", value_parser = class_names)]
    pub class_names: Option<&'static [String]>,
    /// Write nothing and exit with 2 if something would be lost
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<DenyLosses>,
    /// Overwrite existing files
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DenyLosses {
    /// Anything that the format cannot represent
    Losses,
}

/// Returns the format with a name. The error proposes the nearest one.
pub(in crate::cli) fn format(name: &str) -> Result<&'static Format, String> {
    Format::find(name).ok_or_else(|| value_sets::hint(name, ValueSet::Formats, "--from"))
}

/// Returns the names of classes in a list separated by commas. They are kept for the whole run of
/// the program, as formats are.
pub(in crate::cli) fn class_names(list: &str) -> Result<&'static [String], String> {
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("a name is empty; write the names in the order of their numbers: O,B-PER,I-PER".to_owned());
    }
    Ok(Vec::leak(names))
}
