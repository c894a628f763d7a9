//! Files of counts: where `karat score` writes them, and the settings that they carry.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use karat::counts::Header;
use karat::error::{Diagnostic, Error};
use karat::score::{ClusterBy, Settings};
use karat::text::Stemmer;

use super::super::args::summarize::CountsArgs;
use super::super::args::{Command, Invocation, ScoreArgs, parse_words};
use super::super::options as options_file;
use super::score;

/// Where `karat score` writes counts, and what they say about how they were computed.
pub(in crate::cli) struct CountsPlan {
    pub path: PathBuf,
    /// Whether nothing else is wanted.
    pub is_all: bool,
    /// The arguments on which figures depend.
    pub arguments: Vec<String>,
    /// The content of the options file.
    pub options: String,
}

impl CountsPlan {
    /// Returns the plan of these arguments; `None` if they ask for no counts. Fails if the options
    /// file cannot be read, or asks for what needs more than counts.
    pub fn resolve(args: &ScoreArgs, settings: &Settings) -> Result<Option<Self>, Error> {
        let Some(path) = &args.counts_out else { return Ok(None) };
        if args.pred.len() > 1 {
            let diagnostic =
                Diagnostic::new(format!("--counts-out is for one system, and --pred names {}", args.pred.len()));
            return Err(diagnostic.help("count each system by itself").into());
        }
        let options = &settings.options;
        let schemas = options.records.iter().map(|(name, records)| {
            // Its fingerprint stands in signatures, and the file need not be where counts are read.
            (format!("records.{name}.schema"), records.schema.is_some())
        });
        let others = [
            ("summaries.embeddings".to_owned(), options.summaries.embeddings.is_some()),
            ("key_points.judge".to_owned(), !options.key_points.judge.is_empty()),
        ];
        if let Some((option, _)) = others.into_iter().chain(schemas).find(|(_, is_given)| *is_given) {
            let diagnostic = Diagnostic::new(format!("--counts-out keeps nothing of `{option}`"));
            return Err(diagnostic.help("leave the option out, or score without --counts-out").into());
        }
        let options = args.options.as_deref().map(options_file::text_of).transpose()?.unwrap_or_default();
        Ok(Some(Self { path: path.clone(), is_all: args.counts_only, arguments: arguments(args), options }))
    }
}

/// Returns the arguments on which figures depend, each as one word.
fn arguments(args: &ScoreArgs) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |name: &str, value: &dyn ToString| words.push(format!("--{name}={}", value.to_string()));
    args.preset.iter().for_each(|preset| add("preset", &preset.name));
    args.layers.iter().for_each(|layer| add("layer", layer));
    args.metrics.iter().for_each(|metric| add("metric", metric));
    args.tokenizer.iter().for_each(|tokenizer| add("tokenizer", tokenizer));
    // Its name in signatures is another one.
    let name_of = |stemmer: &Stemmer| Stemmer::names().into_iter().find(|name| name.parse().as_ref() == Ok(stemmer));
    args.stemmer.iter().filter_map(name_of).for_each(|name| add("stemmer", &name));
    args.iou.iter().for_each(|iou| add("iou", iou));
    args.tolerance.iter().for_each(|tolerance| add("tolerance", tolerance));
    args.beta.iter().for_each(|beta| add("beta", beta));
    args.label_map.iter().for_each(|(from, to)| add("label-map", &format!("{from}={to}")));
    args.zero_division.iter().for_each(|value| add("zero-division", value));
    if args.cluster != ClusterBy::Document {
        add("cluster", &args.cluster);
    }
    words
}

/// Returns the settings under which the counts of a header were computed.
pub(in crate::cli) fn settings_of(header: &Header) -> Result<Settings, Error> {
    let place = Path::new("the options of these counts");
    let words = ["karat", "score", "--gold", "golden", "--pred", "predicted"].map(str::to_owned);
    let words: Vec<OsString> = words.iter().chain(&header.arguments).map(OsString::from).collect();
    let parsed = match parse_words(&words) {
        Ok(Invocation::Command(args)) => args,
        Ok(Invocation::Values(_)) | Err(_) => return Err(unknown_arguments(header)),
    };
    let Command::Score(args) = &parsed.command else { return Err(unknown_arguments(header)) };
    let mut options = options_file::parse(&header.options, place)?;
    score::adjust(&mut options, args, args.preset);
    Ok(score::of_figures(args, options, args.preset).figures_only())
}

fn unknown_arguments(header: &Header) -> Error {
    let arguments = header.arguments.join(" ");
    let diagnostic = Diagnostic::new(format!("karat does not know the arguments of these counts: {arguments}"));
    diagnostic.help("count again with this version").into()
}

/// The counts of a baseline and of a candidate.
pub(in crate::cli) struct CountPair {
    /// The files of each.
    pub files: [Vec<PathBuf>; 2],
}

impl CountPair {
    /// Returns the counts that the arguments name. Without a baseline, which only a margin needs,
    /// the candidate takes its place.
    pub fn resolve(args: &CountsArgs, needs_base: bool) -> Result<Self, Error> {
        let CountsArgs { baseline_counts: base, candidate_counts: candidate } = args;
        if base.is_empty() && needs_base {
            let diagnostic = Diagnostic::new("a margin needs the counts of the baseline");
            return Err(diagnostic.help("name them with --baseline-counts").into());
        }
        let base = if base.is_empty() { candidate } else { base };
        Ok(Self { files: [base.clone(), candidate.clone()] })
    }
}
