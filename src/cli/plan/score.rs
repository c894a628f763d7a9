//! The plan of `karat score`.

use std::path::{Path, PathBuf};

use karat::corpus::{Join, Misfit, ReadAs, Unlocated, load_word_lists};
use karat::document::Layer;
use karat::embedding::load_embeddings_of;
use karat::error::{Diagnostic, Error};
use karat::format::tokens::{Column, TokenOptions};
use karat::format::{Notes, same_file};
use karat::metric::options::Rouge155Options;
use karat::metric::{LayerGroups, METRIC_GROUPS, Options};
use karat::preset::{self, Preset};
use karat::report::JsonOptions;
use karat::score::{Missing, Policy, Resampling, ScoringInput, Settings};
use rayon::ThreadPool;

use super::super::args::ScoreArgs;
use super::super::args::basis::Side;
use super::super::options as options_file;
use super::super::output_format::OutputFormat;
use super::counts::CountsPlan;
use super::export::{self, named};
use super::names::{distinct, stem};
use super::verdicts::VerdictPlan;

/// The files that `karat score` reads, how it scores them, and what it prints.
pub(in crate::cli) struct ScorePlan<'a> {
    /// The pool that `--jobs` sizes; `None` for the global pool.
    pub pool: Option<ThreadPool>,
    /// The golden files, of which there are several only if they have one text a line.
    gold: (Vec<PathBuf>, ReadAs<'a>),
    /// The predictions of each system.
    predictions: (Vec<PathBuf>, ReadAs<'a>),
    /// The index of the system with which the others are compared.
    pub baseline: Option<usize>,
    join: Option<Join>,
    documents: Option<PathBuf>,
    options: Option<PathBuf>,
    missing: Missing,
    pub settings: Settings,
    /// The preset whose differences from karat are explained instead of scoring.
    pub explained: Option<&'static Preset>,
    /// The bootstrap that replaces the intervals.
    pub resampling: Option<Resampling>,
    pub verdicts: VerdictPlan,
    /// The names of the metrics to print; empty for all.
    pub metrics: Vec<String>,
    pub format: OutputFormat,
    pub json: JsonOptions,
    /// Where counts are written, if they are.
    pub counts: Option<CountsPlan>,
}

impl<'a> ScorePlan<'a> {
    /// Finds the preset and reads the options with the files that they name. Fails if options
    /// contradict each other or a file is invalid.
    pub fn resolve(args: &'a ScoreArgs) -> Result<Self, Error> {
        let pool = args.threads.jobs.map(|_| args.threads.pool()).transpose()?;
        let preset = preset(args)?;
        let (options, verdicts) = options(args, preset)?;
        let has_verdicts = args.given.verdicts.is_some() || verdicts.hand_made.is_some();
        let needs_items = has_verdicts || !options.key_points.judge.is_empty();
        let is_page = args.format == OutputFormat::Html;
        let settings = Settings {
            labels_per_document: args.per_document,
            documents: args.per_document || is_page || args.explain_difference.is_some() || needs_items,
            items: is_page || matches!(args.format, OutputFormat::Json | OutputFormat::Md),
            examples: args.format == OutputFormat::Md,
            ..of_figures(args, options, preset)
        };
        // One token file for both sides may be conlleval's, in which the last two columns are the
        // golden and the predicted tags.
        let named_column = args.column.as_deref().map(Column::from);
        let is_one = matches!((&args.gold[..], &args.pred[..]), ([gold], [pred]) if same_file(gold, pred));
        let gold_column = named_column.unwrap_or(if is_one { Column::GoldOfOneFile } else { Column::Last });
        let decoder = args.explain_difference.or(preset).map(Preset::tag_decoder).unwrap_or_default();
        let by_tool = preset.or(args.explain_difference).is_some_and(Preset::accepts_misfits);
        let misfit = args.misfit.map_or(if by_tool { Misfit::Keep } else { Misfit::Refuse }, Into::into);
        let export = export::resolve(&args.export)?;
        let labels = args.class_names.unwrap_or_default();
        let [gold_map, predicted_map] = args.fields.fields()?;
        let read_as = |format, column, map, side| ReadAs {
            format,
            offset_unit: args.basis.unit(side),
            form: args.basis.form(side),
            tokens: TokenOptions { column, notation: args.tags, decoder },
            strict_words: args.strict_words,
            misfit,
            unlocated: Unlocated::Keep,
            export: export.clone(),
            labels,
            map,
            ..ReadAs::default()
        };
        let (predicted_from, column) = (args.from.or(args.pred_from), named_column.unwrap_or_default());
        let mut predictions = read_as(predicted_from, column, predicted_map, Side::Predicted);
        predictions.unlocated = args.locate.unlocated();
        predictions.export.annotators = named(args.pred_annotator.as_deref());
        let counts = CountsPlan::resolve(args, &settings)?;
        Ok(Self {
            counts,
            pool,
            gold: (args.gold.clone(), read_as(args.from.or(args.gold_from), gold_column, gold_map, Side::Gold)),
            predictions: (args.pred.clone(), predictions),
            baseline: baseline(args)?,
            join: args.fields.joined_by(),
            documents: args.documents.clone(),
            options: args.options.clone(),
            missing: args.missing.into(),
            settings,
            explained: args.explain_difference,
            resampling: args.bootstrap.map(|resamples| Resampling { resamples, seed: args.seed }),
            verdicts,
            metrics: args.metrics.clone(),
            format: args.format,
            json: JsonOptions { per_document: args.per_document, curves: args.curves },
        })
    }

    /// Returns the name of the dataset, which is that of the golden files.
    pub fn dataset(&self) -> String {
        stem(&self.gold.0[0])
    }

    /// Returns the names of the systems, which are those of the predictions.
    pub fn systems(&self) -> Vec<String> {
        distinct(&self.predictions.0.iter().map(PathBuf::as_path).collect::<Vec<_>>())
    }

    /// Returns what the readers of both files assumed and left out.
    pub fn reading_notes(&self) -> [&Notes; 2] {
        [&self.gold.1.notes, &self.predictions.1.notes]
    }

    /// Returns the files to read.
    pub fn input(&self) -> ScoringInput<'_> {
        ScoringInput {
            gold: (&self.gold.0[0], self.gold.1.clone()),
            further_gold: self.gold.0[1..].iter().map(PathBuf::as_path).collect(),
            documents: self.documents.as_deref(),
            systems: self.predictions.0.iter().map(|file| (file.as_path(), self.predictions.1.clone())).collect(),
            join: self.join,
            policy: Policy { missing: self.missing, is_part: self.counts.is_some(), ..Policy::default() },
            options: self.options.as_deref(),
        }
    }
}

/// Returns the index of the baseline among the systems. Fails if it is none of them, or if several
/// systems are scored with an option for one.
fn baseline(args: &ScoreArgs) -> Result<Option<usize>, Error> {
    let given = &args.given;
    let needs_one = [
        ("--explain-difference", args.explain_difference.is_some()),
        ("--verdicts", given.verdicts.is_some()),
        ("--judge", given.judge.is_some()),
        ("--hand-verdicts", given.hand_verdicts.is_some()),
    ];
    if let (true, Some((option, _))) = (args.pred.len() > 1, needs_one.iter().find(|(_, is_given)| *is_given)) {
        let diagnostic = Diagnostic::new(format!("{option} is for one system, and --pred names {}", args.pred.len()));
        return Err(diagnostic.help("score each system by itself").into());
    }
    let Some(baseline) = &args.baseline else { return Ok(None) };
    let found = args.pred.iter().position(|file| file == baseline || stem(file) == baseline.display().to_string());
    if found.is_none() || args.pred.len() < 2 {
        let message = format!("--baseline names {}, which is none of several --pred", baseline.display());
        let known: Vec<String> = args.pred.iter().map(|file| file.display().to_string()).collect();
        return Err(Diagnostic::new(message)
            .help_with_nearest(&baseline.display().to_string(), known.iter().map(String::as_str))
            .into());
    }
    Ok(found)
}

/// Returns the options of the options file, overridden by those of the command line, and the source
/// of verdicts.
fn options(args: &ScoreArgs, preset: Option<&Preset>) -> Result<(Options, VerdictPlan), Error> {
    let mut options = options_file::load(args.options.as_deref())?;
    rouge155(args, &mut options.summaries.rouge155)?;
    adjust(&mut options, args, preset);
    let verdicts = VerdictPlan::resolve(args, &mut options.key_points);
    let summaries = &mut options.summaries;
    // A path on the command line is relative to the working directory; one in the options file is
    // relative to that file.
    let folder = if args.embeddings.is_some() { None } else { args.options.as_deref().and_then(Path::parent) };
    summaries.embeddings = args.embeddings.clone().or(summaries.embeddings.take());
    load_embeddings_of(summaries, folder.unwrap_or(Path::new("")))?;
    Ok((options, verdicts))
}

/// Returns the settings on which figures depend.
pub(super) fn of_figures(args: &ScoreArgs, options: Options, preset: Option<&'static Preset>) -> Settings {
    Settings {
        layers: (!args.layers.is_empty()).then(|| args.layers.iter().cloned().collect()),
        zero_division: args.zero_division,
        cluster: args.cluster.clone(),
        options,
        preset,
        ..Settings::default()
    }
}

/// Overrides options by the arguments that take no files.
pub(super) fn adjust(options: &mut Options, args: &ScoreArgs, preset: Option<&Preset>) {
    options.spans.add(&args.iou, &args.tolerance, &args.beta);
    options.labels.map.extend(args.label_map.iter().cloned());
    let metric_groups = preset.map_or(METRIC_GROUPS, |preset| preset.metric_groups);
    let of_summaries = LayerGroups::of(metric_groups, &Layer::Summaries);
    let known = of_summaries.map(|groups| groups.metrics(options)).unwrap_or_default();
    let summaries = &mut options.summaries;
    summaries.ask(&args.metrics, &known);
    summaries.tokenizer = args.tokenizer.unwrap_or(summaries.tokenizer);
    summaries.stemmer = args.stemmer.unwrap_or(summaries.stemmer);
}

/// Returns the preset, which `--rouge155` implies. Fails if options of ROUGE-1.5.5 are used with
/// another preset.
fn preset(args: &ScoreArgs) -> Result<Option<&'static Preset>, Error> {
    const NAME: &str = "rouge155";
    let implied = args.rouge155.as_ref().filter(|_| args.explain_difference.is_none()).and_then(|_| preset::find(NAME));
    let preset = args.preset.or(implied);
    let is_for_it = args.rouge155.is_some() || args.wordnet_exceptions.is_some() || args.stop_words.is_some();
    if is_for_it && args.explain_difference.or(preset).is_none_or(|preset| preset.name != NAME) {
        let diagnostic =
            Diagnostic::new("--rouge155, --wordnet-exceptions and --stop-words apply only to the preset rouge155");
        return Err(diagnostic.help("write --preset rouge155").into());
    }
    Ok(preset)
}

/// Applies the command line's options for ROUGE-1.5.5 to those of the options file.
fn rouge155(args: &ScoreArgs, options: &mut Rouge155Options) -> Result<(), Error> {
    if let Some(asked) = &args.rouge155 {
        let Rouge155Options { exceptions, stop_list, .. } = std::mem::replace(options, asked.clone());
        (options.exceptions, options.stop_list) = (exceptions, stop_list);
    }
    options.wordnet_exceptions.clone_from(&args.wordnet_exceptions);
    options.stop_words.clone_from(&args.stop_words);
    let mut diagnostics = load_word_lists(options, Path::new(""));
    if diagnostics.is_empty() && options.needs_stop_words && options.stop_list.is_none() {
        let diagnostic = Diagnostic::new("-s of --rouge155 needs a list of stop words, and karat includes none");
        diagnostics.push(
            diagnostic
                .help("name a file with one word per line with --stop-words; ROUGE-1.5.5's is smart_common_words.txt"),
        );
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}
