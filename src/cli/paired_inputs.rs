//! Pairs of systems on one dataset, from two files of predictions or from two runs. Files are
//! counted as they are read if nothing needs whole documents, which saves memory; otherwise they
//! are loaded.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use karat::corpus::load_any_predictions;
use karat::document::{Answer, LayerSet, Reference, Status};
use karat::error::{Diagnostic, Error};
use karat::score::streamed::{count_systems, declared_layers};
use karat::score::{
    Accepted, Engine, LoadedPredictions, Origin, Policy, Scores, ScoringInput, Settings, System, SystemCounts, Wanted,
    accept, nothing_to_score,
};
use karat::store::{Baseline, baseline_files};

use super::corrected_labels::{GoldenLog, LabelChanges};
use super::plan::{FilePair, PairScope, RunPair};
use super::runs::differing;
use super::upgrades::Upgraded;
use super::{notes, output};

/// A base and a candidate system, with the golden files on which they are compared.
pub(super) struct Paired<'r> {
    pub dataset: String,
    pub extractor: String,
    pub references: Cow<'r, BTreeMap<String, Reference>>,
    pub base: System,
    pub candidate: System,
    pub settings: Settings,
    /// Number of documents that are left out because only one side has them.
    pub left_out: usize,
    /// Layers that are not scored, since the annotations of a side were withheld.
    pub withheld: LayerSet,
    /// Documents of a run whose summaries are not scored, since they have no reference.
    pub without_reference: BTreeSet<String>,
}

impl Paired<'_> {
    /// Returns the error for two systems that answer no layer of the golden files.
    pub fn nothing_to_score(&self) -> Error {
        let golden = self.references.values().flat_map(|reference| reference.gold.layers()).collect();
        nothing_to_score(&golden, &self.base.declared)
    }
}

/// The name of a system and the file of its predictions.
pub(super) struct PredictionFile<'a> {
    pub name: String,
    pub file: &'a Path,
}

/// The counts of two files of predictions, made while the files were read.
pub(super) struct StreamedPair {
    /// The path of the golden file.
    pub gold: PathBuf,
    /// The paths of the predictions of the base and of the candidate.
    pub predictions: [PathBuf; 2],
    pub dataset: String,
    /// The counts of the base and of the candidate.
    pub systems: [SystemCounts; 2],
    /// The scores of the candidate, if they were requested.
    pub scores: Scores,
    pub settings: Settings,
    pub golden: LayerSet,
    pub declared: LayerSet,
}

/// Two files of predictions, either counted as they were read or loaded.
pub(super) enum TwoFiles {
    Streamed(Box<StreamedPair>),
    Loaded(Box<Paired<'static>>),
}

impl TwoFiles {
    /// Returns the error for two files that share no layer to score.
    pub fn nothing_to_score(&self) -> Error {
        match self {
            Self::Streamed(pair) => nothing_to_score(&pair.golden, &pair.declared),
            Self::Loaded(paired) => paired.nothing_to_score(),
        }
    }
}

/// Reads two files of predictions. If nothing needs whole documents, counts them as they are read:
/// only the metrics that `wanted` returns, and the candidate's scores only if `needs_scores` is
/// set. If `wanted` returns `None`, loads the files.
pub(super) fn of_files(
    files: &FilePair,
    wanted: impl Fn(&Settings) -> Option<Wanted>,
    needs_scores: bool,
) -> Result<TwoFiles, Error> {
    let FilePair { settings, .. } = files;
    let (input, names) = (files.input(), files.names());
    if let Some(wanted) = wanted(settings)
        && let Some(pair) = streamed(&input, settings, &wanted, needs_scores, &names)?
    {
        return Ok(TwoFiles::Streamed(Box::new(StreamedPair { dataset: files.dataset(), ..pair })));
    }
    let accepted = input.load(settings);
    notes::of_reading(&files.notes);
    let accepted = accepted?;
    note_accepted(&accepted, settings);
    let paired = Paired::new((files.dataset(), String::new()), names, accepted, settings);
    paired.note_failures();
    Ok(TwoFiles::Loaded(Box::new(paired)))
}

/// Prints notes on what is not scored of accepted files of predictions, and on the documents that
/// are left out.
pub(super) fn note_accepted(accepted: &Accepted<'_>, settings: &Settings) {
    notes::undefined_spans(&accepted.settings(settings));
    notes::withheld("", &accepted.withheld);
    let left_out =
        accepted.left_out.iter().map(|(id, reason)| (id.clone(), (Status::Skipped, Some((*reason).to_owned()))));
    notes::unmatched(&left_out.collect(), &BTreeSet::new(), accepted.references.len())
        .iter()
        .for_each(|note| output::note(note));
}

/// Prints notes on the documents that a system did not answer.
fn note_ends(name: &str, ends: &BTreeMap<String, (Status, Option<String>)>, documents: usize) {
    for note in notes::unmatched(ends, &BTreeSet::new(), documents) {
        output::note(&note.replacen("note: ", &format!("note: {name}: "), 1));
    }
}

/// Prints the warnings about the figures of a system.
fn note_warnings(name: &str, scores: &Scores) {
    let warnings = scores.layers.iter().flat_map(|layer| &layer.warnings);
    notes::warnings(&format!("{name}: "), warnings).iter().for_each(|warning| output::note(warning));
}

/// Counts both systems as their files are read. Returns `None` if the files must be loaded.
fn streamed(
    input: &ScoringInput<'_>,
    settings: &Settings,
    wanted: &Wanted,
    needs_scores: bool,
    names: &[String; 2],
) -> Result<Option<StreamedPair>, Error> {
    let counting = Settings { items: false, examples: false, ..settings.clone() };
    let engine = || {
        if needs_scores {
            Engine::counting_and_scoring(&counting, wanted.clone())
        } else {
            Engine::counting(&counting, wanted.clone())
        }
    };
    let Some(systems) = count_systems(input, settings, engine)? else {
        return Ok(None);
    };
    let Ok([base, candidate]) = <[Engine<'_>; 2]>::try_from(systems) else { return Ok(None) };
    let (golden, found) = candidate.layers();
    let found = found.union(base.layers().1).cloned().collect();
    let Some(declared) = declared_layers(input, golden, found, settings)? else { return Ok(None) };
    let golden = golden.clone();
    let (base_scores, of_base) = base.finish_with_counts(&names[0], &declared);
    let (scores, of_candidate) = candidate.finish_with_counts(&names[1], &declared);
    for (name, scores) in names.iter().zip([&base_scores, &scores]) {
        note_ends(name, &scores.ends, scores.statuses.values().sum::<u64>() as usize);
        note_warnings(name, scores);
    }
    Ok(Some(StreamedPair {
        gold: input.gold.0.to_owned(),
        predictions: [0, 1].map(|side| input.systems[side].0.to_owned()),
        dataset: String::new(),
        systems: [of_base, of_candidate],
        scores,
        settings: settings.clone(),
        golden,
        declared,
    }))
}

/// Pairs the systems of two runs on every selected dataset and extractor that both contain, and
/// returns what `visit` returns for each pair. Only one pair is in memory at a time, and it borrows
/// the golden files.
pub(super) fn of_runs<T>(
    runs: &RunPair,
    scope: &PairScope,
    visit: impl Fn(&Paired<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let RunPair { config, base, candidate, selected, compares_signatures } = runs;
    let (mut visited, mut diagnostics, mut upgraded) = (Vec::new(), Vec::new(), Upgraded::default());
    let mut label_changes = LabelChanges::default();
    for (name, extractors) in selected {
        let (dataset, settings) = match config.load_dataset(name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                diagnostics.extend(wrong);
                continue;
            }
        };
        for extractor in extractors {
            let files = [base, candidate].map(|run| run.predictions(name, extractor));
            if *compares_signatures {
                diagnostics.extend(differing([base, candidate], name, extractor, &mut upgraded));
            }
            let accepted = baseline_files(config.home(), name, extractor);
            if files.contains(&accepted[0])
                && let Some(baseline) = Baseline::load(&accepted)?
            {
                let log = GoldenLog::read(config.golden(name), config.home());
                label_changes.add(name, extractor, log.since(&baseline, &dataset));
            }
            let sides = [(base, &files[0]), (candidate, &files[1])];
            let sides = sides.map(|(run, file)| PredictionFile { name: run.folder().display().to_string(), file });
            let golden = (config.golden(name), &dataset.references);
            match pair(name.clone(), extractor.clone(), golden, sides, settings.clone(), scope) {
                Ok(paired) if diagnostics.is_empty() => visited.push(visit(&paired)),
                Ok(_) => {}
                Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
            }
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    upgraded.note();
    label_changes.note();
    if visited.is_empty() {
        let diagnostic = Diagnostic::new("the two runs have none of the selected datasets and extractors in common");
        return Err(Error::NothingSelected(
            diagnostic.help("`run.json` in each folder lists its datasets and extractors"),
        ));
    }
    visited.into_iter().collect()
}

/// Pairs two files of predictions from runs on a dataset. `gold` is the path of the golden files.
pub(super) fn pair<'r>(
    dataset: String,
    extractor: String,
    (gold, references): (&Path, &'r BTreeMap<String, Reference>),
    sides: [PredictionFile<'_>; 2],
    settings: Settings,
    scope: &PairScope,
) -> Result<Paired<'r>, Error> {
    let settings = scope.settings(settings);
    let accepted = accept_of_runs((gold, references), sides.iter().map(|side| side.file), &settings, scope)?;
    notes::withheld(&format!("{dataset}, {extractor}: "), &accepted.withheld);
    let names = sides.map(|side| side.name);
    Ok(Paired::new((dataset, extractor), names, accepted, &settings))
}

/// Joins golden files with files of predictions from runs. `gold` is the path of the golden files;
/// `settings` are within the scope already.
pub(super) fn accept_of_runs<'r, 'f>(
    (gold, references): (&Path, &'r BTreeMap<String, Reference>),
    files: impl Iterator<Item = &'f Path>,
    settings: &Settings,
    scope: &PairScope,
) -> Result<Accepted<'r>, Error> {
    let system =
        |file: &Path| LoadedPredictions { file: file.to_owned(), predictions: load_any_predictions(file, references) };
    let policy = Policy { missing: scope.missing, origin: Origin::Run, ..Policy::default() };
    accept(gold, Cow::Borrowed(references), files.map(system).collect(), policy, settings)
}

impl Paired<'_> {
    /// Prints notes on the documents that each of the two systems did not answer.
    pub fn note_failures(&self) {
        [&self.base, &self.candidate].into_iter().for_each(|system| self.note_failures_of(system));
    }

    /// Prints which entity metrics are undefined, and why.
    pub fn note_undefined_spans(&self) {
        notes::undefined_spans_of(&format!("{}, {}: ", self.dataset, self.extractor), &self.settings);
    }

    /// Prints notes on the documents that the candidate did not answer.
    pub fn note_candidate_failures(&self) {
        self.note_failures_of(&self.candidate);
    }

    fn note_failures_of(&self, system: &System) {
        let name = match self.extractor.as_str() {
            "" => system.name.clone(),
            extractor => format!("{}, {extractor}, {}", self.dataset, system.name),
        };
        note_failures(&name, system, &self.references);
    }
}

/// Prints notes on the documents that a system did not answer.
pub(super) fn note_failures(name: &str, system: &System, references: &BTreeMap<String, Reference>) {
    let repeats = system.repeats();
    let end = |id: &String| (id.clone(), Answer::end_after(system.answers.get(id), repeats));
    let ends = references.keys().map(end).filter(|(_, (status, _))| *status != Status::Ok);
    note_ends(name, &ends.collect(), references.len());
}

impl<'r> Paired<'r> {
    /// Pairs two accepted systems, given a dataset and an extractor. Both are scored on every layer
    /// that either declares, so a system that no longer returns a layer has missed all of its
    /// items.
    pub fn new(
        (dataset, extractor): (String, String),
        [base, candidate]: [String; 2],
        accepted: Accepted<'r>,
        settings: &Settings,
    ) -> Self {
        let settings = accepted.settings(settings);
        let Accepted { references, answers, left_out, without_reference, declared, withheld, .. } = accepted;
        let [of_base, of_candidate] = <[_; 2]>::try_from(answers).unwrap_or_default();
        let system = |name, answers| System { name, declared: declared.clone(), answers };
        Self {
            dataset,
            extractor,
            references,
            base: system(base, of_base),
            candidate: system(candidate, of_candidate),
            settings,
            left_out: left_out.len(),
            withheld,
            without_reference,
        }
    }
}
