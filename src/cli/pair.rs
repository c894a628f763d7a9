//! Two systems on one dataset, loaded and joined: from files, or from two runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::config::Config;
use karat::corpus::{Predictions, ReadAs, check_schemas, load_any_predictions, load_golden_as};
use karat::document::{Answer, Layer, LayerSet, Reference};
use karat::error::{Error, Fault};
use karat::runner::load_dataset;
use karat::score::{ClusterBy, Settings, Subject, refusals};
use karat::store::Run;

use super::compare_args::{CompareArgs, Files};
use super::options;
use super::runs;
use super::score::stem;

/// Two systems and what they are held against.
pub(super) struct Paired {
    pub dataset: String,
    pub extractor: String,
    pub references: BTreeMap<String, Reference>,
    pub base: Subject,
    pub candidate: Subject,
    pub settings: Settings,
    /// Documents that only one side has.
    pub left_out: usize,
}

/// Where predictions come from, and what they are called.
pub(super) struct Side<'a> {
    pub name: String,
    pub file: &'a Path,
}

/// Two files of predictions.
pub(super) fn of_files(files: &Files, which: Which<'_>) -> Result<Paired, Error> {
    let (Some(gold), Some(base), Some(candidate)) = (&files.gold, &files.baseline, &files.predictions) else {
        let fault = Fault::new("there is nothing to compare");
        return Err(fault.help("name two runs, or --gold, --baseline and --candidate").into());
    };
    let options = options::load(files.options.as_deref())?;
    let (references, mut faults) = load_golden_as(gold, ReadAs::default(), &BTreeMap::new());
    faults.extend(check_schemas(gold, &options));
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    let settings = Settings { options, ..Settings::default() };
    let sides = [base, candidate].map(|file| Side { name: file.display().to_string(), file });
    pair(stem(gold), String::new(), references, sides, settings, which)
}

/// What two runs have in common.
pub(super) fn of_runs(args: &CompareArgs, base: &Path, candidate: &Path) -> Result<Vec<Paired>, Error> {
    let config = Config::load(&args.config)?;
    let which =
        Which { layers: &args.how.layers, intersection: args.how.intersection, cluster: args.how.cluster.as_ref() };
    let (mut paired, mut faults) = (Vec::new(), Vec::new());
    let (base, candidate) = (runs::open(base)?, runs::open(candidate)?);
    let select = |run: &Run| run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input);
    for (name, extractors) in runs::in_both(select(&base)?, &select(&candidate)?) {
        let (dataset, settings) = match load_dataset(&config, &args.config, &name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                faults.extend(wrong);
                continue;
            }
        };
        for extractor in extractors {
            let files = [&base, &candidate].map(|run| run.predictions(&name, &extractor));
            if !args.force {
                faults.extend(runs::differing([&base, &candidate], &name, &extractor));
            }
            let sides = [(&base, &files[0]), (&candidate, &files[1])];
            let sides = sides.map(|(run, file)| Side { name: run.folder().display().to_string(), file });
            match pair(name.clone(), extractor, dataset.references.clone(), sides, settings.clone(), which) {
                Ok(found) => paired.push(found),
                Err(error) => faults.extend(error.faults().to_vec()),
            }
        }
    }
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    if paired.is_empty() {
        let fault = Fault::new("the two runs have no dataset and extractor in common that is asked for");
        return Err(Error::NothingSelected(fault.help("`run.json` in either folder lists what it has")));
    }
    Ok(paired)
}

/// What of two systems is compared.
#[derive(Clone, Copy)]
pub(super) struct Which<'a> {
    /// Only these layers; all, where there are none.
    pub layers: &'a [Layer],
    /// Whether documents that one side lacks are left out; else they are faults.
    pub intersection: bool,
    /// What is independent of what, where the configuration is not to say so.
    pub cluster: Option<&'a ClusterBy>,
}

/// Joins both sides with the golden files.
pub(super) fn pair(
    dataset: String,
    extractor: String,
    mut references: BTreeMap<String, Reference>,
    sides: [Side<'_>; 2],
    mut settings: Settings,
    which: Which<'_>,
) -> Result<Paired, Error> {
    if !which.layers.is_empty() {
        settings.layers = Some(which.layers.iter().cloned().collect());
    }
    settings.cluster = which.cluster.cloned().unwrap_or(settings.cluster);
    let (mut faults, mut left_out) = (Vec::new(), BTreeSet::new());
    let loaded = sides.each_ref().map(|side| load_any_predictions(side.file, &references));
    for (side, predictions) in sides.iter().zip(&loaded) {
        faults.extend(predictions.faults.iter().cloned());
        let missing: Vec<&String> = references.keys().filter(|id| !predictions.answers.contains_key(*id)).collect();
        if which.intersection {
            left_out.extend(missing.into_iter().cloned());
            left_out.extend(predictions.strangers.keys().cloned());
        } else if predictions.faults.is_empty() {
            let help = "`--intersection` compares the documents that both sides have";
            faults.extend(
                missing.into_iter().map(|id| {
                    Fault::new("there is no prediction for it").of_document(id).in_file(side.file).help(help)
                }),
            );
            faults.extend(predictions.strangers.values().map(|stranger| stranger.fault.clone().help(help)));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    references.retain(|id, _| !left_out.contains(id));
    if references.is_empty() {
        let fault = Fault::new("no document is in the golden files and on both sides");
        return Err(Error::NothingSelected(fault.help("ids join documents: all files must use the same")));
    }
    let [base, candidate] = loaded.map(|Predictions { mut answers, .. }| {
        answers.retain(|id, _| references.contains_key(id));
        answers
    });
    let found = |answers: &BTreeMap<String, Answer>| -> LayerSet {
        answers.values().flat_map(|answer| answer.annotations.layers()).collect()
    };
    // What either side fills, both are asked for: who finds nothing any more has missed everything.
    let declared: LayerSet =
        found(&base).into_iter().chain(found(&candidate)).chain(which.layers.iter().cloned()).collect();
    let [base_side, candidate_side] = sides;
    let subject = |name, answers| Subject { name, declared: declared.clone(), answers };
    let (base, candidate) = (subject(base_side.name, base), subject(candidate_side.name, candidate));
    for subject in [&base, &candidate] {
        faults.extend(refusals(&references, subject, &settings));
    }
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    Ok(Paired { dataset, extractor, references, base, candidate, settings, left_out: left_out.len() })
}
