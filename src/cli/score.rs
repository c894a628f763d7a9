//! `karat score`: scores one file of predictions against a golden file. Files are counted as they
//! are read if no option needs whole documents; otherwise they are loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::corpus::{DatasetInfo, ReadAs, load_word_lists};
use karat::document::{Layer, Reference};
use karat::embedding::load_embeddings_of;
use karat::error::{Diagnostic, Error};
use karat::format::tokens::{Column, TokenOptions};
use karat::format::{Notes, same_file};
use karat::metric::options::Rouge155Options;
use karat::metric::{METRIC_GROUPS, Options};
use karat::preset::{self, Preset};
use karat::report::{ExtractorReport, JsonOptions, Report, ScoreExport};
use karat::score::streamed::score_streamed;
use karat::score::{
    Accepted, ClusterBy, Input, Policy, Resampling, Scores, Settings, System, bootstrap, nothing_to_score, score,
    within_documents,
};

use super::args::ScoreArgs;
use super::output_format::OutputFormat;
use super::{difference, exit, figures, notes, options, output, threads, verdicts};

pub(super) fn execute(args: &ScoreArgs) -> Result<u8, Error> {
    match args.threads.jobs {
        None => score_and_print(args),
        Some(jobs) => threads::pool(usize::from(jobs))?.install(|| score_and_print(args)),
    }
}

fn score_and_print(args: &ScoreArgs) -> Result<u8, Error> {
    let read = Notes::default();
    let result = score_noted(args, &read);
    notes::on_reading(&read);
    result
}

fn score_noted(args: &ScoreArgs, read: &Notes) -> Result<u8, Error> {
    let preset = preset(args)?;
    let options = chosen(args, preset)?;
    let layers = (!args.layers.is_empty()).then(|| args.layers.iter().cloned().collect());
    let mut settings = Settings {
        layers,
        zero_division: args.zero_division,
        labels_per_document: args.per_document,
        documents: args.per_document || args.explain_difference.is_some() || verdicts::are_asked_for(args, &options),
        items: matches!(args.format, OutputFormat::Json | OutputFormat::Md),
        examples: args.format == OutputFormat::Md,
        cluster: args.cluster.clone(),
        options,
        preset,
        ..Settings::default()
    };
    let input = input(args, settings.preset, read);
    if let Some((extractor, size)) = streamed(args, &input, &settings)? {
        let report = Report { unlisted: size, ..report(args, &BTreeMap::new(), extractor) };
        return print(args, &report);
    }
    let refused_by = Settings { preset: args.explain_difference.or(preset), ..settings.clone() };
    let Accepted { references, mut answers, left_out, golden, declared, .. } = input.load(&refused_by)?;
    let mut system = System { name: stem(&args.pred), declared, answers: answers.swap_remove(0) };
    if let Some(preset) = args.explain_difference {
        return difference::execute(args.format, &references, &system, &settings, preset);
    }
    verdicts::give(args, &mut settings, &references, &mut system)?;
    let mut scores = score(&references, &system, &settings);
    if scores.layers.is_empty() {
        return Err(nothing_to_score(&golden, &system.declared));
    }
    if let Some(resamples) = args.bootstrap {
        bootstrap(&mut scores, &references, &system, &settings, Resampling { resamples, seed: args.seed });
    }
    let agreement = verdicts::agreement(args, &settings, &references, &scores)?;
    select(&mut scores, &args.metrics)?;
    let documents = references.keys().cloned().collect();
    let within = within_documents(&references, &system, &settings);
    let mut extractor = ExtractorReport { agreement, within, ..ExtractorReport::new(&system, &documents, scores) };
    extractor.leave_out(left_out);
    print(args, &report(args, &references, extractor))
}

/// Returns the input files and how each is read.
fn input<'a>(args: &'a ScoreArgs, preset: Option<&Preset>, notes: &'a Notes) -> Input<'a> {
    let decoder = args.explain_difference.or(preset).map(Preset::tag_decoder).unwrap_or_default();
    let named = args.column.as_deref().map(Column::from);
    // One token file for both sides may be conlleval's, in which the last two columns are the
    // golden and the predicted tags.
    let is_one = same_file(&args.gold, &args.pred);
    let gold_column = named.unwrap_or(if is_one { Column::GoldOfOneFile } else { Column::Last });
    let read_as = |format, column| {
        let tokens = TokenOptions { column, notation: args.tags, decoder };
        ReadAs {
            format,
            offset_unit: args.offset_unit.map(Into::into),
            tokens,
            strict_words: args.strict_words,
            notes: Some(notes),
        }
    };
    Input {
        gold: (&args.gold, read_as(args.from.or(args.gold_from), gold_column)),
        documents: args.documents.as_deref(),
        systems: vec![(&args.pred, read_as(args.from.or(args.pred_from), named.unwrap_or_default()))],
        policy: Policy { missing: args.missing.into(), ..Policy::default() },
        options: args.options.as_deref(),
    }
}

/// Scores files as they are read, and returns the scores with the number of documents. Returns
/// `None` if the files must be loaded.
fn streamed(
    args: &ScoreArgs,
    input: &Input<'_>,
    settings: &Settings,
) -> Result<Option<(ExtractorReport, usize)>, Error> {
    if settings.documents || args.bootstrap.is_some() {
        return Ok(None);
    }
    let Some(mut scores) = score_streamed(input, settings)? else { return Ok(None) };
    select(&mut scores, &args.metrics)?;
    let extractor = ExtractorReport::unlisted(stem(&args.pred), scores);
    let size = extractor.asked();
    Ok(Some((extractor, size)))
}

/// Prints the scores of the report's only extractor.
fn print(args: &ScoreArgs, report: &Report) -> Result<u8, Error> {
    let extractor = &report.extractors[0];
    let options = JsonOptions { per_document: args.per_document, curves: args.curves };
    args.format.print(&ScoreExport { report, options: &options }, || {
        let agreement = extractor.agreement.as_ref().map(verdicts::table);
        figures::tables(&extractor.scores) + &agreement.unwrap_or_default()
    })?;
    let warnings = extractor.scores.layers.iter().flat_map(|layer| &layer.warnings);
    for warning in warnings.filter(|_| args.format != OutputFormat::Json) {
        output::note(&format!("warning: {warning}\n"));
    }
    for layer in extractor.scores.layers.iter().filter(|layer| layer.is_alone() && args.format != OutputFormat::Json) {
        output::note(&format!(
            "note: {}: one {} says nothing about noise: there are no intervals\n",
            layer.layer,
            unit(&args.cluster)
        ));
    }
    for note in notes::unmatched(&extractor.ends, &extractor.empty_summaries)
        .iter()
        .filter(|_| args.format != OutputFormat::Json)
    {
        output::note(note);
    }
    Ok(exit::PASS)
}

fn unit(cluster: &ClusterBy) -> &'static str {
    if *cluster == ClusterBy::Document { "document" } else { "cluster" }
}

/// Returns the options of the options file, overridden by those of the command line.
fn chosen(args: &ScoreArgs, preset: Option<&Preset>) -> Result<Options, Error> {
    let mut options = options::load(args.options.as_deref())?;
    rouge155(args, &mut options.summaries.rouge155)?;
    options.spans.add(&args.iou, &args.tolerance, &args.beta);
    options.labels.map.extend(args.label_map.iter().cloned());
    verdicts::choose(args, &mut options.key_points);
    let metric_groups = preset.map_or(METRIC_GROUPS, |preset| preset.metric_groups);
    let of_summaries = metric_groups.iter().find(|group| group.scores(&Layer::Summaries));
    let known = of_summaries.map(|group| group.metrics(&options)).unwrap_or_default();
    options.summaries.ask(&args.metrics, &known);
    let summaries = &mut options.summaries;
    summaries.tokenizer = args.tokenizer.unwrap_or(summaries.tokenizer);
    summaries.stemmer = args.stemmer.unwrap_or(summaries.stemmer);
    // A path on the command line is relative to the working directory; one in the options file is
    // relative to that file.
    let folder = if args.embeddings.is_some() { None } else { args.options.as_deref().and_then(Path::parent) };
    summaries.embeddings = args.embeddings.clone().or(summaries.embeddings.take());
    load_embeddings_of(summaries, folder.unwrap_or(Path::new("")))?;
    Ok(options)
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
            Diagnostic::new("--rouge155, --wordnet-exceptions and --stop-words are for the preset rouge155 alone");
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
        let diagnostic = Diagnostic::new("-s of --rouge155 needs a list of stop words, and karat brings none along");
        diagnostics.push(
            diagnostic.help("name a file with a word a line by --stop-words; ROUGE-1.5.5's is smart_common_words.txt"),
        );
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}

/// Returns whether `asked` selects the metric `name`: it equals the name, or is a prefix of it that
/// ends before `.`, `[` or `@`.
pub(super) fn is_asked(name: &str, asked: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '@']))
}

/// Removes the figures that `metrics` does not select; an empty list selects all. Fails if a metric
/// is unknown.
pub(super) fn select(scores: &mut Scores, metrics: &[String]) -> Result<(), Error> {
    let names: BTreeSet<String> = scores.figures().map(|figure| figure.name.to_string()).collect();
    let unknown: Vec<Diagnostic> = metrics
        .iter()
        .filter(|metric| !names.iter().any(|name| is_asked(name, metric)))
        .map(|metric| {
            let diagnostic = Diagnostic::new(format!("there is no metric `{metric}` here"));
            let near: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| !name.contains('[')).collect();
            diagnostic.help_with_nearest(metric, near)
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Input(unknown));
    }
    if !metrics.is_empty() {
        for layer in &mut scores.layers {
            layer.retain(|name| metrics.iter().any(|metric| is_asked(&name.to_string(), metric)));
        }
    }
    Ok(())
}

fn report(args: &ScoreArgs, references: &BTreeMap<String, Reference>, extractor: ExtractorReport) -> Report {
    let texts = references.iter().filter_map(|(id, reference)| Some((id.clone(), reference.document.clone()?)));
    let examples = extractor.scores.layers.iter().flat_map(|layer| layer.examples.texts.clone());
    Report {
        dataset: stem(&args.gold),
        info: DatasetInfo::default(),
        texts: texts.chain(examples).collect(),
        unlisted: 0,
        extractors: vec![extractor],
        documents: references.keys().cloned().collect(),
        ceiling: BTreeMap::new(),
        passes: (0, 0),
    }
}

pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}
