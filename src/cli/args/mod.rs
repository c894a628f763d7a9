//! Arguments as the user writes them.

pub(in crate::cli) mod aa;
pub(in crate::cli) mod check;
pub(in crate::cli) mod compare;
pub(in crate::cli) mod convert;
pub(in crate::cli) mod gate;
pub(in crate::cli) mod merge;
pub(in crate::cli) mod meta;
pub(in crate::cli) mod plugin;
pub(in crate::cli) mod power;
pub(in crate::cli) mod run;
pub(in crate::cli) mod verdict;

use std::env;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use karat::document::Layer;
use karat::format::Format;
use karat::format::tokens::Notation;
use karat::metric::options::{Rouge155Options, SpanOptions};
use karat::preset::{self, Preset};
use karat::score::ClusterBy;
use karat::text::{Stemmer, Tokenizer};

use super::output_format::OutputFormat;
use super::presets::{self, HELP};
use super::threads::Threads;
use aa::AaArgs;
use check::CheckArgs;
use compare::CompareArgs;
use convert::{ConvertArgs, Unit, format};
use gate::{AcceptArgs, GateArgs};
use merge::MergeArgs;
use meta::MetaArgs;
use plugin::PluginArgs;
use power::PowerArgs;
use run::RunArgs;
use verdict::VerdictArgs;

/// Scores extractors and summarizers against hand-labelled golden files.
///
/// karat runs extractors over documents in parallel, aligns their output with golden files,
/// computes the scores that the field reports with intervals by document, and writes CSV and
/// Markdown reports.
#[derive(Debug, Parser)]
#[command(name = "karat", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,

    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = 100)]
    pub(in crate::cli) color: Color,
}

const EXIT_CODES: &str =
    "Exit codes: 0 pass, 1 internal, 2 usage, configuration or data, 4 nothing selected, 5 incomplete run";

/// Reads the arguments; usage errors end the program with exit code 2.
pub fn parse() -> Args {
    Args::try_parse().unwrap_or_else(|error| {
        // The list of presets needs nothing that scoring needs, so it is asked for where the
        // arguments are incomplete.
        if presets::is_asked_for(env::args_os()) {
            Args { command: Command::Presets, color: Color::Auto }
        } else {
            error.exit()
        }
    })
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    pub(in crate::cli) fn write_global(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Look for errors and doubtful labels in golden files
    Check(CheckArgs),
    /// Extract, score and report what karat.toml says
    Run(RunArgs),
    /// Put the runs of shards together, as if they had been one
    Merge(MergeArgs),
    /// Score a file of predictions against golden files, without a configuration
    Score(Box<ScoreArgs>),
    /// Show what a change did, and whether it is more than noise
    Compare(Box<CompareArgs>),
    /// Judge a change by rules: pass, fail, identical or inconclusive
    Gate(Box<GateArgs>),
    /// Make a run's predictions the baseline
    Accept(AcceptArgs),
    /// Say what difference these documents can show, and how many another would take
    Power(PowerArgs),
    /// Run extractors against themselves: their noise floor
    Aa(AaArgs),
    /// Examine an extractor of your own, or begin one
    Plugin(PluginArgs),
    /// Turn annotations of one format into another
    Convert(ConvertArgs),
    /// Measure how well annotators agree, and list where they differ
    Agree(AgreeArgs),
    /// Measure how well metrics agree with human ratings of summaries
    Meta(MetaArgs),
    /// What `karat score --preset help` asks for.
    #[command(skip)]
    Presets,
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// Score predictions against golden files, without a configuration.
///
/// Both are folders of .json files (one a document, named by its id), or .jsonl files with one
/// document a line, in the format karat.document/1, or files of another tool: the format is
/// detected from content. Documents are joined by id.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat score --gold golden/seeds --pred predictions.jsonl
  karat score --gold g.jsonl --pred p.jsonl --format json --per-document
  karat score --gold g.jsonl --pred p.jsonl --layer entities --metric entities.strict.f1
  karat score --gold g.jsonl --pred p.jsonl --preset nervaluate
  karat score --gold g.jsonl --pred p.jsonl --explain-difference nervaluate
  karat score --preset help                       the presets
  karat score --gold g.jsonl --pred p.jsonl --judge 'python3 judge.py' --hand-verdicts hand.csv
  karat score --gold brat-folder --pred export.json --pred-from label-studio")]
pub(in crate::cli) struct ScoreArgs {
    /// Golden files: a folder or a file
    #[arg(long, value_name = "PATH")]
    pub gold: PathBuf,
    /// Predictions: a folder or a file
    #[arg(long, value_name = "PATH")]
    pub pred: PathBuf,
    /// The documents, to check offsets and show context where golden files bring no text
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// The format of both, if content does not show it: karat, brat, doccano, label-studio, ...
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub from: Option<&'static Format>,
    /// The format of the golden files
    #[arg(long, value_name = "FORMAT", value_parser = format, conflicts_with = "from")]
    pub gold_from: Option<&'static Format>,
    /// The format of the predictions
    #[arg(long, value_name = "FORMAT", value_parser = format, conflicts_with = "from")]
    pub pred_from: Option<&'static Format>,
    /// What offsets count, in files that do not say so; code points by default
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
    /// Refuse predictions in CoNLL-2012's format whose words are not the golden ones; by default
    /// they are scored on the positions of words, with a note
    #[arg(long)]
    pub strict_words: bool,
    /// Score this layer only (entities, records.NAME, summaries, ...); may be repeated
    #[arg(long = "layer", value_name = "LAYER", value_parser = layer)]
    pub layers: Vec<Layer>,
    /// Score as another tool does, to the last digit; `--preset help` lists them
    #[arg(long, value_name = "NAME", value_parser = preset)]
    pub preset: Option<&'static Preset>,
    /// How to run the preset rouge155: ROUGE-1.5.5's own arguments, as in --rouge155="-n 2 -m -l
    /// 100 -f B"
    #[arg(long, value_name = "ARGS", allow_hyphen_values = true)]
    pub rouge155: Option<Rouge155Options>,
    /// A folder with WordNet's *.exc, which ROUGE-1.5.5 looks words up in before it stems them
    #[arg(long, value_name = "DIR")]
    pub wordnet_exceptions: Option<PathBuf>,
    /// A file of words that ROUGE-1.5.5 leaves out, one a line
    #[arg(long, value_name = "FILE")]
    pub stop_words: Option<PathBuf>,
    /// Show instead what a preset counts otherwise than karat, item by item, and why (table or
    /// json)
    #[arg(long, value_name = "PRESET", value_parser = preset, conflicts_with_all = ["preset", "metrics", "per_document"])]
    pub explain_difference: Option<&'static Preset>,
    /// How to score: a file with the tables [labels], [spans], [records.NAME], [relations],
    /// [summaries], [key_points], [keyphrases], [confidence] of karat.toml
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// How ROUGE cuts texts into tokens: rouge_score (the default), unicode, ...
    #[arg(long, value_name = "NAME", conflicts_with = "preset")]
    pub tokenizer: Option<Tokenizer>,
    /// How ROUGE stems tokens: none (the default), porter, or a language of Snowball such as german
    #[arg(long, value_name = "NAME", conflicts_with = "preset")]
    pub stemmer: Option<Stemmer>,
    /// Also compare summaries by word vectors, of a Model2Vec model in this folder; nothing is
    /// downloaded
    #[arg(long, value_name = "DIR")]
    pub embeddings: Option<PathBuf>,
    /// Also score entities by overlap: IoU of at least X, above 0 and up to 1; may be repeated
    #[arg(long, value_name = "X", value_parser = iou)]
    pub iou: Vec<f64>,
    /// Also score entities whose edges are at most N code points off; may be repeated
    #[arg(long, value_name = "N")]
    pub tolerance: Vec<u32>,
    /// Also give F-beta of entities, in which recall weighs B times as much as precision; may be
    /// repeated
    #[arg(long, value_name = "B", value_parser = beta)]
    pub beta: Vec<f64>,
    /// Count the entity label A as B on both sides, `*` for all others; `A=` leaves A out; may be
    /// repeated
    #[arg(long = "label-map", value_name = "A=B", value_parser = label_pair)]
    pub label_map: Vec<(String, String)>,
    #[command(flatten)]
    pub given: VerdictArgs,
    /// Show this metric only: a full name, or the beginning of one up to a dot; may be repeated
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// How to print the scores
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Also score every document by itself (JSON)
    #[arg(long)]
    pub per_document: bool,
    /// Also give the curves of confidence: precision and recall, reliability, risk and coverage
    /// (JSON)
    #[arg(long)]
    pub curves: bool,
    /// What to do with documents that only the golden files or only the predictions have
    #[arg(long, value_enum, default_value_t = Missing::Error)]
    pub missing: Missing,
    #[command(flatten)]
    pub threads: Threads,
    /// What is independent of what, for intervals: `document` (the default), or `meta.FIELD` for
    /// documents that share a value
    #[arg(long, value_name = "BY", default_value_t = ClusterBy::Document, hide_default_value = true)]
    pub cluster: ClusterBy,
    /// Draw intervals (BCa) from N resamples of the documents' counts instead of computing them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub bootstrap: Option<u64>,
    /// Where random numbers begin
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// What 0 divided by 0 gives; undefined by default
    #[arg(long, value_name = "VALUE", value_parser = zero_or_one)]
    pub zero_division: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Missing {
    /// Refuse to score
    Error,
    /// Count everything in them as missed, or as spurious
    Count,
    /// Leave them out
    Skip,
}

impl From<Missing> for karat::score::Missing {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Error => Self::Error,
            Missing::Count => Self::Count,
            Missing::Skip => Self::Skip,
        }
    }
}

/// Measure how well annotators agree, and list where they differ.
///
/// Scores every annotator against every other, and computes Cohen's, Scott's and Fleiss' kappa,
/// Krippendorff's alpha and Gwet's AC1 by layer and label. A layer that an annotator left out was
/// not labelled and is not compared.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat agree golden/seeds/passes/a golden/seeds/passes/b
  karat agree a.jsonl b.jsonl c.jsonl --layer entities --format json
  karat agree pass-a pass-b --documents docs --out worklist.csv")]
pub(in crate::cli) struct AgreeArgs {
    /// Each annotator's files: a folder or a file
    #[arg(required = true, num_args = 2.., value_name = "PATH")]
    pub annotators: Vec<PathBuf>,
    /// The documents, to check offsets and show context where the files bring no text
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// Compare this layer only; may be repeated
    #[arg(long = "layer", value_name = "LAYER", value_parser = layer)]
    pub layers: Vec<Layer>,
    /// How to print the agreement
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Write the disagreements to this file as CSV, for adjudication
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

pub(in crate::cli) fn layer(name: &str) -> Result<Layer, String> {
    name.parse().map_err(|_| format!("layers are {}", Layer::NAMES.join(", ")))
}

fn preset(name: &str) -> Result<&'static Preset, String> {
    preset::find(name).ok_or_else(|| match preset::nearest_name(name) {
        Some(near) => format!("did you mean `{near}`? `--preset {HELP}` lists them all"),
        None => format!("`--preset {HELP}` lists them all"),
    })
}

fn iou(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "write a number like 0.5".to_owned()).and_then(SpanOptions::check_iou)
}

fn beta(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "write a number like 2".to_owned()).and_then(SpanOptions::check_beta)
}

fn label_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() => Ok((from.to_owned(), to.to_owned())),
        _ => Err("write PER=PERSON, or PER= to leave PER out".to_owned()),
    }
}

fn zero_or_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value == 0.0 || value == 1.0 => Ok(value),
        _ => Err("write 0 or 1".to_owned()),
    }
}
