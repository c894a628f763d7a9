//! Arguments as the user writes them.

pub(in crate::cli) mod aa;
pub(in crate::cli) mod basis;
pub(in crate::cli) mod check;
pub(in crate::cli) mod compare;
pub(in crate::cli) mod completions;
pub(in crate::cli) mod convert;
pub(in crate::cli) mod export;
pub(in crate::cli) mod gate;
pub(in crate::cli) mod history;
pub(in crate::cli) mod init;
pub(in crate::cli) mod locate;
pub(in crate::cli) mod man;
pub(in crate::cli) mod map;
pub(in crate::cli) mod merge;
pub(in crate::cli) mod meta;
pub(in crate::cli) mod plugin;
pub(in crate::cli) mod power;
pub(in crate::cli) mod rank;
pub(in crate::cli) mod report;
pub(in crate::cli) mod run;
pub(in crate::cli) mod runs;
pub(in crate::cli) mod schema;
pub(in crate::cli) mod scores;
pub(in crate::cli) mod summarize;
pub(in crate::cli) mod values;
pub(in crate::cli) mod verdict;
pub(in crate::cli) mod view;

use std::ffi::OsString;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{FromArgMatches, Parser, Subcommand, ValueEnum};
use karat::document::Layer;
use karat::format::Format;
use karat::format::tokens::Notation;
use karat::metric::options::{Rouge155Options, SpanOptions};
use karat::preset::{self, Preset};
use karat::score::ClusterBy;
use karat::text::{Stemmer, Tokenizer};

use super::output_format::OutputFormat;
use super::printing::COMMENT;
use super::threads::Threads;
use super::value_sets::{self, ValueList, ValueSet};
use super::{call, command, hints};
use aa::AaArgs;
use basis::SidedBasisArgs;
use check::CheckArgs;
use compare::CompareArgs;
use completions::CompletionsArgs;
use convert::{ConvertArgs, MisfitPolicy, class_names, format};
use export::ExportArgs;
use gate::{AcceptArgs, GateArgs};
use history::HistoryArgs;
use init::InitArgs;
use locate::LocateArgs;
use man::ManArgs;
use map::PairMapArgs;
use merge::MergeArgs;
use meta::MetaArgs;
use plugin::PluginArgs;
use power::PowerArgs;
use rank::RankArgs;
use report::ReportArgs;
use run::RunArgs;
use runs::RunsArgs;
use schema::SchemaArgs;
use summarize::SummarizeArgs;
use values::{Missing, layer};
use verdict::VerdictArgs;
use view::ViewArgs;

/// Scores extractors and summarizers against hand-labelled golden files.
///
/// karat runs extractors over documents in parallel, aligns their output with golden files,
/// computes the scores that the field reports with intervals by document, and writes CSV,
/// Markdown and HTML reports.
#[derive(Debug, Parser)]
#[command(name = "karat", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,

    /// When to use colour. `auto`: on a terminal, unless NO_COLOR is set or CLICOLOR is 0;
    /// CLICOLOR_FORCE=1 turns it on everywhere, such as in the log of a CI job
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = 100)]
    pub(in crate::cli) color: Color,

    /// Print tables with all columns and one line a row, even if they are wider than the terminal.
    /// Without a terminal, tables are printed whole
    #[arg(long, global = true, display_order = 100)]
    pub(in crate::cli) wide: bool,

    /// Print no progress; `run` and `merge` print no table either, since their results are files.
    /// Notes on what was assumed or left out, warnings and errors stay
    #[arg(long, short, global = true, display_order = 100)]
    pub(in crate::cli) quiet: bool,

    /// Explain on standard error what was done: how files were read, which baseline was found, what
    /// the cache had, how long each phase took. -vv also explains each document
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet", display_order = 100)]
    pub(in crate::cli) verbose: u8,

    /// Keep the texts of documents out of reports, tables, messages and run folders; offsets,
    /// labels and ids remain. `text = false` in karat.toml does so for a dataset
    #[arg(long, global = true, display_order = 101)]
    pub(in crate::cli) no_text: bool,

    /// Longest Markdown (--format md) and longest output of --format github, in characters; 0 for
    /// no limit. Sections are left out, the least important first, with a note
    #[arg(long, global = true, value_parser = max_chars, default_value_t = COMMENT, value_name = "N", display_order = 102)]
    pub(in crate::cli) max_chars: usize,

    /// Write an apostrophe before cells of CSV that a spreadsheet would take for a formula: those
    /// that begin with =, +, -, @, a tab or a line break and are no numbers
    #[arg(long, global = true, display_order = 103)]
    pub(in crate::cli) csv_safe: bool,
}

/// What the program is asked for.
pub enum Invocation {
    /// A command.
    Command(Box<Args>),
    /// The values of an option: `--OPTION help`.
    Values(ValueList),
}

/// Reads the arguments; usage errors end the program with exit code 2.
pub fn parse() -> Invocation {
    parse_words(&call::words()).unwrap_or_else(|error| error.exit())
}

/// Reads arguments, of which the first is the name of the program.
///
/// # Errors
/// Fails with what a usage error prints, and with the help if it is asked for.
pub fn parse_words(raw: &[OsString]) -> Result<Invocation, clap::Error> {
    let mut command = command::build();
    command.build();
    let words = raw.get(1..).unwrap_or_default();
    if let Some(list) = value_sets::requested(&command, words) {
        return Ok(Invocation::Values(list));
    }
    let matches = command.clone().try_get_matches_from(raw);
    match matches.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => Ok(Invocation::Command(Box::new(args))),
        Err(error) => Err(hints::add(error, &command, words)),
    }
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
    // The arguments of each command have its help. A doc comment here would replace it, and only
    // its first line would be left.
    Init(InitArgs),
    Check(CheckArgs),
    Run(RunArgs),
    Runs(RunsArgs),
    History(HistoryArgs),
    Report(ReportArgs),
    View(ViewArgs),
    Merge(MergeArgs),
    Score(Box<ScoreArgs>),
    Summarize(SummarizeArgs),
    Compare(Box<CompareArgs>),
    Gate(Box<GateArgs>),
    Accept(AcceptArgs),
    Power(PowerArgs),
    Aa(AaArgs),
    Plugin(PluginArgs),
    Convert(ConvertArgs),
    Agree(AgreeArgs),
    Meta(MetaArgs),
    Rank(RankArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Score predictions against golden files, without a configuration.
///
/// Both are folders of .json files (one per document, named by its id), or .jsonl files with one
/// document per line, in the format karat.document/1, or files of another tool: the format is
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
    /// Golden files: a folder or a file; several references of each document are several files with
    /// one text a line
    #[arg(long, value_name = "PATH", required = true)]
    pub gold: Vec<PathBuf>,
    /// Predictions: a folder or a file; may be repeated, to score several systems in one table
    #[arg(long, value_name = "PATH", required = true)]
    pub pred: Vec<PathBuf>,
    /// Of several --pred, the one that the others are compared with
    #[arg(long, value_name = "PATH")]
    pub baseline: Option<PathBuf>,
    /// The documents, to check offsets and show context if the golden files contain no texts
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// The format of both, if content does not show it. `--from help` lists them
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub from: Option<&'static Format>,
    /// The format of the golden files
    #[arg(long, value_name = "FORMAT", value_parser = format, conflicts_with = "from")]
    pub gold_from: Option<&'static Format>,
    /// The format of the predictions
    #[arg(long, value_name = "FORMAT", value_parser = format, conflicts_with = "from")]
    pub pred_from: Option<&'static Format>,
    #[command(flatten)]
    pub fields: PairMapArgs,
    #[command(flatten)]
    pub basis: SidedBasisArgs,
    /// Column of token files that contains the tags: its name in the header, or its number, counted
    /// from 1. Default: the last
    #[arg(long, value_name = "NAME|N")]
    pub column: Option<String>,
    /// Notation of tags in token files: io (labels without prefixes), suffix (PER-B), or a scheme
    /// that all tags must fit: iob1, iob2, ioe1, ioe2, iobes, bilou. Default: detected
    #[arg(long, value_name = "SCHEME")]
    pub tags: Option<Notation>,
    /// Refuse predictions in CoNLL-2012's format whose words are not the golden ones. Default:
    /// score them by the positions of words, with a note
    #[arg(long)]
    pub strict_words: bool,
    /// Labels whose stored text is not the document's. Default: refuse; keep under the presets of
    /// BRATEval, which reads no documents
    #[arg(long, value_enum, value_name = "WHAT")]
    pub misfit: Option<MisfitPolicy>,
    #[command(flatten)]
    pub locate: LocateArgs,
    #[command(flatten)]
    pub export: ExportArgs,
    /// Read the predictions of this model or annotator, if an export contains those of several
    #[arg(long, value_name = "NAME")]
    pub pred_annotator: Option<String>,
    /// Names of tags that a file states as class numbers, in order: O,B-PER,I-PER,...
    #[arg(long = "labels", value_name = "NAMES", value_parser = class_names)]
    pub class_names: Option<&'static [String]>,
    /// Only this layer; may be repeated. `--layer help` lists them
    #[arg(long = "layer", value_name = "LAYER", value_parser = layer)]
    pub layers: Vec<Layer>,
    /// Reproduce the scores of another tool to the last digit; `--preset help` lists them
    #[arg(long, value_name = "NAME", value_parser = preset)]
    pub preset: Option<&'static Preset>,
    /// Arguments of ROUGE-1.5.5 for the preset rouge155, as in --rouge155="-n 2 -m -l 100 -f B"
    #[arg(long, value_name = "ARGS", allow_hyphen_values = true)]
    pub rouge155: Option<Rouge155Options>,
    /// Folder of WordNet's *.exc files, in which ROUGE-1.5.5 looks up words before stemming
    #[arg(long, value_name = "DIR")]
    pub wordnet_exceptions: Option<PathBuf>,
    /// File of words that ROUGE-1.5.5 ignores, one per line
    #[arg(long, value_name = "FILE")]
    pub stop_words: Option<PathBuf>,
    /// Instead, show which items a preset counts differently from karat, and why (table or json)
    #[arg(long, value_name = "PRESET", value_parser = preset, conflicts_with_all = ["preset", "metrics", "per_document"])]
    pub explain_difference: Option<&'static Preset>,
    /// Options: a file with the tables [labels], [spans], [records.NAME], [relations], [summaries],
    /// [key_points], [keyphrases], [confidence] of karat.toml
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Tokenizer of ROUGE; by default, rouge_score. `--tokenizer help` lists them
    #[arg(long, value_name = "NAME", value_parser = tokenizer, conflicts_with = "preset")]
    pub tokenizer: Option<Tokenizer>,
    /// Stemmer of ROUGE; by default, none. `--stemmer help` lists them
    #[arg(long, value_name = "NAME", value_parser = stemmer, conflicts_with = "preset")]
    pub stemmer: Option<Stemmer>,
    /// Also compare summaries by word vectors of the Model2Vec model in this folder; karat
    /// downloads nothing
    #[arg(long, value_name = "DIR")]
    pub embeddings: Option<PathBuf>,
    /// Also score entities by overlap: IoU of at least X, above 0 and up to 1; may be repeated
    #[arg(long, value_name = "X", value_parser = iou)]
    pub iou: Vec<f64>,
    /// Also score entities whose edges are at most N code points off; may be repeated
    #[arg(long, value_name = "N")]
    pub tolerance: Vec<u32>,
    /// Also compute F-beta of entities, in which recall weighs B times as much as precision; may be
    /// repeated
    #[arg(long, value_name = "B", value_parser = beta)]
    pub beta: Vec<f64>,
    /// Map the entity label A to B on both sides, `*` for all others; `A=` drops A; may be repeated
    #[arg(long = "label-map", value_name = "A=B", value_parser = label_pair)]
    pub label_map: Vec<(String, String)>,
    #[command(flatten)]
    pub given: VerdictArgs,
    /// Only this metric; may be repeated. A full name, or a prefix up to a dot; `--metric help`
    /// lists them
    #[arg(long = "metric", value_name = "NAME")]
    pub metrics: Vec<String>,
    /// Output format
    #[arg(long, value_parser = OutputFormat::with_page(), default_value = "table")]
    pub format: OutputFormat,
    /// Also print the scores of every document (JSON)
    #[arg(long)]
    pub per_document: bool,
    /// Also print the curves of confidence: precision and recall, reliability, risk and coverage
    /// (JSON)
    #[arg(long)]
    pub curves: bool,
    /// How to treat documents that only the golden files or only the predictions contain
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Missing::Error)]
    pub missing: Missing,
    #[command(flatten)]
    pub threads: Threads,
    /// Unit of confidence intervals: `document` (the default), or `meta.FIELD` for groups of
    /// documents that share a value
    #[arg(long, value_name = "BY", default_value_t = ClusterBy::Document, hide_default_value = true)]
    pub cluster: ClusterBy,
    /// Compute BCa bootstrap intervals from N resamples of the documents instead of analytic ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub bootstrap: Option<u64>,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Value of 0 divided by 0. Default: undefined
    #[arg(long, value_name = "VALUE", value_parser = zero_or_one)]
    pub zero_division: Option<f64>,
    /// Also write the counts of every document, from which `karat summarize` computes the same
    /// figures: JSON lines, or Parquet if the name ends in .parquet
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "baseline", "explain_difference", "rouge155", "wordnet_exceptions", "stop_words", "embeddings", "verdicts",
        "judge", "hand_verdicts",
    ])]
    pub counts_out: Option<PathBuf>,
    /// Write the counts only: print no figures
    #[arg(long, requires = "counts_out", conflicts_with_all = ["bootstrap", "per_document", "curves"])]
    pub counts_only: bool,
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
  karat agree export.json                         the annotators of one Label Studio or Prodigy export
  karat agree pass-a pass-b --documents docs --out worklist.csv
  karat agree a.jsonl b.jsonl --missing skip      where they saw different documents")]
pub(in crate::cli) struct AgreeArgs {
    /// Files of each annotator: a folder or a file; or one export that contains several annotators
    #[arg(required = true, num_args = 1.., value_name = "PATH")]
    pub annotators: Vec<PathBuf>,
    /// The documents, to check offsets and show context if the files contain no texts
    #[arg(long, value_name = "PATH")]
    pub documents: Option<PathBuf>,
    /// Only this layer; may be repeated. `--layer help` lists them
    #[arg(long = "layer", value_name = "LAYER", value_parser = layer)]
    pub layers: Vec<Layer>,
    /// How to treat documents that an annotator lacks
    #[arg(long, value_enum, value_name = "HOW", default_value_t = MissingDocuments::Error)]
    pub missing: MissingDocuments,
    /// Output format
    #[arg(long, value_parser = OutputFormat::without_annotations(), default_value = "table")]
    pub format: OutputFormat,
    /// Write the disagreements to this file as CSV, for adjudication
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MissingDocuments {
    /// Refuse to compare
    Error,
    /// Compare the documents that two annotators have; the others are missing data
    Skip,
}

fn preset(name: &str) -> Result<&'static Preset, String> {
    preset::find(name).ok_or_else(|| value_sets::hint(name, ValueSet::Presets, "--preset"))
}

fn tokenizer(name: &str) -> Result<Tokenizer, String> {
    name.parse().map_err(|_| value_sets::hint(name, ValueSet::Tokenizers, "--tokenizer"))
}

fn stemmer(name: &str) -> Result<Stemmer, String> {
    name.parse().map_err(|_| value_sets::hint(name, ValueSet::Stemmers, "--stemmer"))
}

fn max_chars(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number == 0 || number >= 1000 => Ok(number),
        _ => Err("write a number of at least 1000, or 0 for no limit".to_owned()),
    }
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
