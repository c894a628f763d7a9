//! Acceptance: decides which documents are scored and which are refused. Every command runs these
//! checks before it counts.
//!
//! `score`, `compare`, `gate`, `power`, `merge`, and `run` on prediction files all call [`accept`],
//! so that every command accepts or refuses the same files with the same messages; `agree` calls
//! [`accept_annotators`]. If documents are
//! streamed and not kept, [`CorpusChecks`] finds out whether [`accept`] would refuse them; the
//! files are then loaded to produce the messages.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::Settings;
use crate::corpus::{Misfits, Predictions, UnmatchedPrediction, check_same_documents};
use crate::document::{Annotations, Annotator, Answer, Layer, LayerSet, Reference, Status};
use crate::error::{Diagnostic, Error};
use crate::metric::{MetricGroup, Options};
use crate::preset::Preset;

/// How documents are treated that only the golden files or only the predictions contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Missing {
    /// They are refused.
    #[default]
    Error,
    /// Their items count as missed (no prediction) or spurious (no golden file).
    Count,
    /// They are left out.
    Skip,
}

/// Where predictions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// A prediction file given by the user.
    #[default]
    File,
    /// A run, in which an extractor answers every document, whether or not its golden file has a
    /// summary.
    Run,
}

/// Which option the user sets to choose [`Missing`]; named in error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingOption {
    /// The option `--missing`.
    #[default]
    Flag,
    /// The method [`Scoring::missing`](crate::Scoring::missing) of the library.
    Method,
    /// The key `missing` of an extractor in karat.toml, which applies only to documents without a
    /// prediction.
    Key,
}

/// The warning for a document that is left out because it has no prediction.
pub const NO_PREDICTION: &str = "there is no prediction for it, and it was left out";
/// The warning for a document that is left out because it has no golden file.
pub const NO_GOLD: &str = "there is no golden file for it, and it was left out";

/// The predictions of one system, as read.
#[derive(Debug, Clone)]
pub struct LoadedPredictions {
    /// The file or folder.
    pub file: PathBuf,
    /// The content of the file.
    pub predictions: Predictions,
}

/// Which documents are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// How documents are treated that only the golden files or only the predictions contain.
    pub missing: Missing,
    /// Whether documents without a prediction are always accepted and count as missing.
    pub allows_unanswered: bool,
    /// The option by which the user chooses `missing`.
    pub option: MissingOption,
    /// Where the predictions come from. A summary without a reference is refused in a file, and
    /// listed in [`Accepted::without_reference`] for a run.
    pub origin: Origin,
    /// Whether the documents are a part of a corpus: layers that options are about may then be
    /// absent.
    pub is_part: bool,
}

/// Golden files and the answers of one or more systems, joined by document id.
#[derive(Debug)]
pub struct Accepted<'r> {
    /// The golden files. If documents without a golden file count as spurious, empty ones are added
    /// for them.
    pub references: Cow<'r, BTreeMap<String, Reference>>,
    /// The answers of every system, in the order of the systems.
    pub answers: Vec<BTreeMap<String, Answer>>,
    /// Documents that are left out, with the reason.
    pub left_out: BTreeMap<String, &'static str>,
    /// For a run, documents whose summary is not scored because they have no reference.
    pub without_reference: BTreeSet<String>,
    /// The layers that the golden files have.
    pub golden: LayerSet,
    /// The layers that are scored if the metrics support them: those of any prediction and those
    /// that the user requested; all golden layers if there are none.
    pub declared: LayerSet,
    /// The golden layers that are not scored, since a system's annotations of them were withheld.
    pub withheld: LayerSet,
    /// Labels whose stored text is not the document's, by file, if such labels are accepted.
    pub misfits: Vec<Misfits>,
}

impl Accepted<'_> {
    /// Returns the settings for these documents, as [`Settings::for_answers`] does.
    #[must_use]
    pub fn settings(&self, settings: &Settings) -> Settings {
        settings.for_answers(&self.references, &self.answers)
    }
}

/// Joins golden files with the answers of systems and runs all checks.
///
/// # Errors
/// Fails with all violations: unreadable predictions; documents that only one side contains, unless
/// `missing` allows them; summaries without a reference; requested layers that no golden file has;
/// documents without the metadata field that they are clustered by; and input that the tool behind
/// a preset refuses.
pub fn accept<'r>(
    gold: &Path,
    mut references: Cow<'r, BTreeMap<String, Reference>>,
    systems: Vec<LoadedPredictions>,
    policy: Policy,
    settings: &Settings,
) -> Result<Accepted<'r>, Error> {
    let Policy { missing, allows_unanswered, option, origin, is_part } = policy;
    let (mut diagnostics, mut alone) = (Vec::new(), BTreeSet::new());
    for LoadedPredictions { file, predictions } in &systems {
        diagnostics.extend(predictions.diagnostics.iter().cloned());
        let is_scored = scores_summaries(settings);
        let of_system = if is_scored { without_reference(&references, &predictions.answers) } else { Vec::new() };
        if missing == Missing::Error {
            diagnostics.extend(
                predictions.unknown_ids.values().map(|unknown_id| unknown(unknown_id.diagnostic.clone(), option)),
            );
            // Documents whose predictions could not be read are not reported as missing.
            if !allows_unanswered && predictions.diagnostics.is_empty() {
                let without = references.keys().filter(|id| !predictions.answers.contains_key(*id));
                diagnostics.extend(without.map(|id| unanswered(file, id, option)));
            }
        }
        match origin {
            Origin::File if missing == Missing::Error => {
                diagnostics.extend(of_system.into_iter().map(|id| summary_alone(file, id, option)));
            }
            Origin::File => {}
            Origin::Run => alone.extend(of_system.into_iter().cloned()),
        }
    }
    if !is_part {
        diagnostics.extend(absent_layers(gold, &references, settings.layers.as_ref()));
    }
    refuse(diagnostics)?;

    let golden = layers_of(references.values().map(|reference| &reference.gold));
    let mut left_out = BTreeMap::new();
    let mut answers = Vec::new();
    for LoadedPredictions { predictions: Predictions { answers: mut of_system, unknown_ids, .. }, .. } in systems {
        match missing {
            Missing::Error => {}
            Missing::Skip => {
                let without = references.keys().filter(|id| !of_system.contains_key(*id));
                left_out.extend(without.map(|id| (id.clone(), NO_PREDICTION)));
                left_out.extend(unknown_ids.into_keys().map(|id| (id, NO_GOLD)));
            }
            Missing::Count => {
                for (id, unknown_id) in unknown_ids {
                    // Which layers are golden is only known of all parts together.
                    let own = unknown_id.answer.annotations.layers();
                    let counted = if is_part { own.union(&golden).cloned().collect() } else { golden.clone() };
                    let (mut reference, answer) = spurious(unknown_id, &counted);
                    if let Some(of_other) = references.get(&id) {
                        // If another system also predicts this document, both predictions are
                        // spurious.
                        let layers = of_other.gold.layers().union(&reference.gold.layers()).cloned().collect();
                        reference.gold = Annotations::empty(&layers);
                    }
                    references.to_mut().insert(id.clone(), reference);
                    of_system.insert(id, answer);
                }
            }
        }
        answers.push(of_system);
    }
    if left_out.keys().any(|id| references.contains_key(id)) {
        references.to_mut().retain(|id, _| !left_out.contains_key(id));
    }
    for of_system in &mut answers {
        of_system.retain(|id, _| references.contains_key(id));
    }
    if references.is_empty() && !left_out.is_empty() {
        let diagnostic = Diagnostic::new("no document is in the golden files and in the predictions");
        return Err(Error::NothingSelected(diagnostic.help("ids join documents: all files must use the same")));
    }

    settings.cluster.clusters(&references).map_err(Error::Input)?;
    let mut diagnostics = Vec::new();
    for of_system in &answers {
        diagnostics.extend(refusals(&references, of_system, settings));
    }
    refuse(diagnostics)?;
    let all = || answers.iter().flat_map(BTreeMap::values).flat_map(Answer::each).map(|answer| &answer.annotations);
    let mut withheld: LayerSet = all().flat_map(|annotations| annotations.withheld.iter().cloned()).collect();
    withheld.retain(|layer| golden.contains(layer));
    let found = layers_of(all()).union(&withheld).cloned().collect();
    let mut declared = declared(&golden, found, settings.layers.as_ref());
    // Without the annotations, the layer would count as missed.
    declared.retain(|layer| !withheld.contains(layer));
    let without_reference = alone;
    Ok(Accepted { references, answers, left_out, without_reference, golden, declared, withheld, misfits: Vec::new() })
}

/// Runs the checks of [`accept`] on annotators, each of whom is scored against each other one.
///
/// # Errors
/// Fails with all violations: documents that an annotator lacks, unless `accepts_missing` is set;
/// requested layers that no annotator labelled; and annotations that the tool behind a preset
/// refuses.
pub fn accept_annotators(annotators: &[Annotator], accepts_missing: bool, settings: &Settings) -> Result<(), Error> {
    let mut diagnostics = Vec::new();
    if !accepts_missing {
        let help = "`--missing skip` compares the documents of two annotators and treats others as missing data";
        diagnostics.extend(check_same_documents(annotators).into_iter().map(|diagnostic| diagnostic.help(help)));
    }
    let references = annotators.iter().flat_map(|annotator| annotator.documents.values());
    let labelled = layers_of(references.map(|reference| &reference.gold));
    let asked = settings.layers.iter().flatten();
    diagnostics.extend(asked.filter(|layer| !labelled.contains(*layer)).map(|layer| {
        let diagnostic = Diagnostic::new(format!("no annotator labelled the layer `{layer}`"));
        diagnostic.help(format!("they labelled {}", list(&labelled)))
    }));
    for annotator in annotators {
        diagnostics.extend(refusals(&annotator.documents, &BTreeMap::new(), settings));
    }
    refuse(diagnostics)
}

/// Returns an error with these diagnostics, if there are any. A diagnostic that two systems share
/// is kept once.
pub(super) fn refuse(mut diagnostics: Vec<Diagnostic>) -> Result<(), Error> {
    let mut seen = FxHashSet::default();
    diagnostics.retain(|diagnostic| seen.insert(diagnostic.clone()));
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}

fn layers_of<'a>(annotations: impl Iterator<Item = &'a Annotations>) -> LayerSet {
    annotations.flat_map(Annotations::layers).collect()
}

/// Returns the layers that a system is scored on: those of its predictions and those that the user
/// requested; all golden layers if there are none, since a system without any answer has missed
/// everything.
pub fn declared(golden: &LayerSet, found: LayerSet, asked: Option<&LayerSet>) -> LayerSet {
    let declared: LayerSet = found.into_iter().chain(asked.into_iter().flatten().cloned()).collect();
    if declared.is_empty() { golden.clone() } else { declared }
}

/// Returns the error for a scoring in which no golden layer is answered.
pub fn nothing_to_score(golden: &LayerSet, declared: &LayerSet) -> Error {
    let message =
        format!("there is nothing to score: golden files have {}, predictions {}", list(golden), list(declared));
    Error::NothingSelected(Diagnostic::new(message).help("the layers of `karat.document/1` are in docs/FORMAT.md"))
}

fn list(layers: &LayerSet) -> String {
    let names: Vec<String> = layers.iter().map(|layer| format!("`{layer}`")).collect();
    if names.is_empty() { "no layers".to_owned() } else { names.join(", ") }
}

/// Returns diagnostics for requested layers that no golden file has.
fn absent_layers(gold: &Path, references: &BTreeMap<String, Reference>, asked: Option<&LayerSet>) -> Vec<Diagnostic> {
    let Some(asked) = asked else { return Vec::new() };
    absent(gold, &layers_of(references.values().map(|reference| &reference.gold)), asked)
}

/// Returns diagnostics for requested layers that are not among `golden`.
pub fn absent(gold: &Path, golden: &LayerSet, asked: &LayerSet) -> Vec<Diagnostic> {
    let diagnostic = |layer: &Layer| {
        let diagnostic = Diagnostic::new(format!("no golden file has the layer `{layer}`")).in_file(gold);
        diagnostic.help(format!("they have {}", list(golden)))
    };
    asked.iter().filter(|layer| !golden.contains(layer)).map(diagnostic).collect()
}

/// Returns the diagnostic for a document without a prediction.
pub fn unanswered(file: &Path, id: &str, option: MissingOption) -> Diagnostic {
    let diagnostic = Diagnostic::new("there is no prediction for it").of_document(id).in_file(file);
    diagnostic.help(match option {
        MissingOption::Flag => "`--missing count` counts everything in it as missed, `--missing skip` leaves it out",
        MissingOption::Method => {
            "`.missing(Missing::Count)` counts everything in it as missed, `.missing(Missing::Skip)` leaves it out"
        }
        MissingOption::Key => "`missing = \"count\"` in the extractor's table counts everything in it as missed",
    })
}

/// Extends the diagnostic for a prediction without a golden file with the user's options.
pub fn unknown(diagnostic: Diagnostic, option: MissingOption) -> Diagnostic {
    let choice = match option {
        MissingOption::Flag => "`--missing count` counts everything in it as spurious, `--missing skip` leaves it out",
        MissingOption::Method => {
            "`.missing(Missing::Count)` counts everything in it as spurious, `.missing(Missing::Skip)` leaves it out"
        }
        MissingOption::Key => return diagnostic,
    };
    let help = match &diagnostic.help {
        Some(near) if near.starts_with("did you mean") => format!("{near} Otherwise, {choice}"),
        _ => choice.to_owned(),
    };
    diagnostic.help(help)
}

/// Returns whether the metric groups in use score summaries.
fn scores_summaries(settings: &Settings) -> bool {
    settings.layers.as_ref().is_none_or(|layers| layers.contains(&Layer::Summaries))
        && groups(settings).iter().any(|group| group.scores(&Layer::Summaries))
}

/// Returns whether a golden file has a reference summary.
fn has_reference(reference: &Reference) -> bool {
    reference.gold.summaries.as_ref().is_some_and(|all| !all.is_empty())
}

/// Returns whether a prediction has a summary that is not empty.
fn has_summary(answer: &Answer) -> bool {
    let summaries = answer.each().flat_map(|answer| answer.annotations.summaries.iter().flatten());
    summaries.into_iter().any(|summary| !summary.trim().is_empty())
}

/// Returns the documents with a predicted summary and without a reference, if other documents have
/// a reference.
pub fn without_reference<'a>(
    references: &BTreeMap<String, Reference>,
    answers: &'a BTreeMap<String, Answer>,
) -> Vec<&'a String> {
    if !references.values().any(has_reference) {
        return Vec::new();
    }
    let is_alone = |(id, answer): &(&String, &Answer)| {
        has_summary(answer) && references.get(*id).is_some_and(|reference| !has_reference(reference))
    };
    answers.iter().filter(is_alone).map(|(id, _)| id).collect()
}

/// Returns the diagnostic for a summary that would not be scored for want of a reference.
fn summary_alone(file: &Path, id: &str, option: MissingOption) -> Diagnostic {
    let diagnostic = Diagnostic::new("there is a summary, and no reference for it").of_document(id).in_file(file);
    diagnostic.help(match option {
        MissingOption::Flag => "other documents have references; `--missing skip` or `count` scores without it",
        MissingOption::Method => {
            "other documents have references; `.missing(Missing::Skip)` or `.missing(Missing::Count)` scores without it"
        }
        MissingOption::Key => "other documents have references; remove the summary, or write a reference",
    })
}

/// Pairs a prediction without a golden file with empty golden annotations, in every layer in which
/// a prediction can be spurious. Summaries cannot be, since they have no reference, nor can key
/// points, which have only recall.
pub fn spurious(unknown_id: UnmatchedPrediction, golden: &LayerSet) -> (Reference, Answer) {
    let UnmatchedPrediction { mut answer, document, .. } = unknown_id;
    let counts = |layer: &&Layer| !matches!(layer, Layer::Summaries | Layer::KeyPoints);
    let layers: LayerSet = answer.annotations.layers().intersection(golden).filter(counts).cloned().collect();
    let message = match layers.is_empty() {
        false => "there is no golden file for it: everything in it counts as spurious",
        true => "there is no golden file for it, and nothing in it can be counted",
    };
    (answer.status, answer.message) = (Status::Extra, Some(message.to_owned()));
    answer.repeats.iter_mut().for_each(|repeat| repeat.status = Status::Extra);
    (Reference { document, gold: Annotations::empty(&layers), ..Reference::default() }, answer)
}

/// Returns diagnostics for input that the tool behind a preset refuses: for golden files, for
/// predictions, and for all documents together.
pub fn refusals(
    references: &BTreeMap<String, Reference>,
    answers: &BTreeMap<String, Answer>,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let groups = groups(settings);
    if let Some(diagnostic) = settings.preset.and_then(|preset| without_offsets(references, answers, preset)) {
        return vec![diagnostic];
    }
    let golden = references.values().map(|reference| &reference.gold);
    let predicted = answers.values().flat_map(Answer::each).map(|answer| &answer.annotations);
    let each = golden.chain(predicted).flat_map(|annotations| refused(annotations, groups, &settings.options));
    let together = |group: &&dyn MetricGroup| group.refuses_together(references, answers, &settings.options);
    each.chain(groups.iter().flat_map(together)).collect()
}

/// Returns a diagnostic if entities have no offsets, which the tools behind presets need.
fn without_offsets(
    references: &BTreeMap<String, Reference>,
    answers: &BTreeMap<String, Answer>,
    preset: &Preset,
) -> Option<Diagnostic> {
    let golden = references.iter().map(|(id, reference)| (id, &reference.gold));
    let predicted = answers.iter().flat_map(|(id, answer)| answer.each().map(move |answer| (id, &answer.annotations)));
    let lacks = |annotations: &Annotations| annotations.entities.iter().flatten().any(|entity| !entity.is_located());
    let (id, _) = golden.chain(predicted).find(|(_, annotations)| lacks(annotations))?;
    let message = format!("entities have no offsets, or were not located, but {} compares offsets", preset.name);
    let diagnostic = Diagnostic::new(message).of_document(id);
    Some(diagnostic.help("`--locate` finds texts in their documents; take out what is not in them"))
}

fn refused(annotations: &Annotations, groups: &[&dyn MetricGroup], options: &Options) -> Vec<Diagnostic> {
    groups.iter().flat_map(|group| group.refuses(annotations, options)).collect()
}

fn groups(settings: &Settings) -> &'static [&'static dyn MetricGroup] {
    settings.metric_groups()
}

/// Streaming counterpart of [`accept`]: finds whether it would refuse documents that are not kept.
#[derive(Debug, Default)]
pub struct CorpusChecks {
    /// Whether the tool behind a preset refuses a document, or annotations were withheld.
    is_refused: bool,
    /// Whether any golden file has a reference summary, and whether any prediction has a summary
    /// without one.
    has_reference: bool,
    has_summary_alone: bool,
    /// By metric group, the numbers that must be equal in all golden files.
    in_common: BTreeSet<(usize, usize)>,
}

impl CorpusChecks {
    /// Checks a document.
    pub fn document(&mut self, reference: &Reference, answer: Option<&Answer>, settings: &Settings) {
        let (groups, options) = (groups(settings), &settings.options);
        if settings.preset.is_some() {
            let answers = answer.into_iter().flat_map(Answer::each).map(|answer| &answer.annotations);
            let mut all = answers.chain([&reference.gold]);
            self.is_refused |= all.any(|annotations| !refused(annotations, groups, options).is_empty());
        }
        self.is_refused |= answer.is_some_and(|answer| !answer.annotations.withheld.is_empty());
        for (place, group) in groups.iter().enumerate() {
            let number = group.number_in_common(&reference.gold, options);
            self.in_common.extend(number.map(|number| (place, number)));
        }
        let has_reference = has_reference(reference) || !scores_summaries(settings);
        self.has_reference |= has_reference;
        self.has_summary_alone |= !has_reference && answer.is_some_and(has_summary);
    }

    /// Adds the results for other documents.
    pub fn merge(&mut self, other: Self) {
        self.is_refused |= other.is_refused;
        self.has_reference |= other.has_reference;
        self.has_summary_alone |= other.has_summary_alone;
        self.in_common.extend(other.in_common);
    }

    /// Returns whether the documents so far are refused.
    pub fn is_refused(&self, missing: Missing, origin: Origin) -> bool {
        let differ = |(one, next): (&(usize, usize), &(usize, usize))| one.0 == next.0;
        self.is_refused
            || (missing == Missing::Error && origin == Origin::File && self.has_reference && self.has_summary_alone)
            || self.in_common.iter().zip(self.in_common.iter().skip(1)).any(differ)
    }
}
