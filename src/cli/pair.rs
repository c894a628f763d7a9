//! Two systems on one dataset, loaded and joined: from files, or from two runs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use karat::config::Config;
use karat::corpus::{ReadAs, load_any_predictions};
use karat::document::{Layer, Reference};
use karat::error::{Error, Fault};
use karat::runner::load_dataset;
use karat::score::{Accepted, ClusterBy, Input, Missing, Origin, Policy, Settings, Subject, System, accept};

use super::compare_args::{CompareArgs, Files};
use super::options;
use super::score::stem;
use super::signatures;

/// Two systems and what they are held against.
pub(super) struct Paired<'r> {
    pub dataset: String,
    pub extractor: String,
    pub references: Cow<'r, BTreeMap<String, Reference>>,
    pub base: Subject,
    pub candidate: Subject,
    pub settings: Settings,
    /// Documents that only one side has.
    pub left_out: usize,
}

impl Paired<'_> {
    /// The same with golden files of its own.
    fn into_owned(self) -> Paired<'static> {
        Paired { references: Cow::Owned(self.references.into_owned()), ..self }
    }
}

/// Where predictions come from, and what they are called.
pub(super) struct Side<'a> {
    pub name: String,
    pub file: &'a Path,
}

/// Two files of predictions.
pub(super) fn of_files(files: &Files, which: Which<'_>) -> Result<Paired<'static>, Error> {
    let (Some(gold), Some(base), Some(candidate)) = (&files.gold, &files.baseline, &files.predictions) else {
        let fault = Fault::new("there is nothing to compare");
        return Err(fault.help("name two runs, or --gold, --baseline and --candidate").into());
    };
    let options = options::load(files.options.as_deref())?;
    let settings = which.settings(Settings { options, ..Settings::default() });
    let input = Input {
        gold: (gold, ReadAs::default()),
        documents: None,
        systems: vec![(base, ReadAs::default()), (candidate, ReadAs::default())],
        missing: which.missing(),
        options: files.options.as_deref(),
    };
    let accepted = input.load(&settings)?;
    let names = [base, candidate].map(|file| file.display().to_string());
    paired(stem(gold), String::new(), names, accepted, settings)
}

/// What two runs have in common.
pub(super) fn of_runs(args: &CompareArgs, base: &Path, candidate: &Path) -> Result<Vec<Paired<'static>>, Error> {
    let config = Config::load(&args.config)?;
    let which = args.which();
    let (mut paired, mut faults) = (Vec::new(), Vec::new());
    faults.extend([base, candidate].into_iter().filter_map(not_a_run));
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    for (name, extractors) in named(in_both(base, candidate), &args.datasets, &args.extractors) {
        let (dataset, settings) = match load_dataset(&config, &args.config, &name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                faults.extend(wrong);
                continue;
            }
        };
        for extractor in extractors {
            let files = [base, candidate].map(|run| prediction_file(run, &name, &extractor));
            if !args.force {
                faults.extend(signatures::differing([base, candidate], &name, &extractor));
            }
            let sides = [(base, &files[0]), (candidate, &files[1])];
            let sides = sides.map(|(run, file)| Side { name: run.display().to_string(), file });
            let golden = (config.datasets[&name].golden.as_path(), &dataset.references);
            match pair(name.clone(), extractor, golden, sides, settings.clone(), which) {
                Ok(found) => paired.push(found.into_owned()),
                Err(error) => faults.extend(error.faults().to_vec()),
            }
        }
    }
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    if paired.is_empty() {
        let fault = Fault::new("the two runs have no dataset and extractor in common that is asked for");
        return Err(Error::NothingSelected(fault.help("`predictions` in either folder lists what it has")));
    }
    Ok(paired)
}

/// The fault of a folder that is no run.
pub(super) fn not_a_run(folder: &Path) -> Option<Fault> {
    let fault = Fault::new("this is no run: it has no folder `predictions`").in_file(folder);
    (!folder.join("predictions").is_dir())
        .then(|| fault.help("`karat run --out DIR` makes one; others lie in .karat/runs"))
}

/// The file of an extractor's predictions in a run.
pub(super) fn prediction_file(run: &Path, dataset: &str, extractor: &str) -> PathBuf {
    run.join("predictions").join(dataset).join(format!("{extractor}.jsonl"))
}

/// Datasets and extractors that both runs have.
fn in_both(base: &Path, candidate: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let (of_base, of_candidate) = (in_run(base), in_run(candidate));
    let both = of_base.into_iter().filter_map(|(dataset, extractors)| {
        let others = of_candidate.get(&dataset)?;
        Some((dataset, extractors.intersection(others).cloned().collect()))
    });
    both.collect()
}

/// The datasets of a run, with the extractors that it has predictions of.
pub(super) fn in_run(run: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let names = |folder: &Path| -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| PathBuf::from(entry.file_name())).collect()
    };
    let predictions = run.join("predictions");
    let of = |dataset: PathBuf| {
        let extractors =
            names(&predictions.join(&dataset)).iter().filter(|file| is_lines(file)).map(|file| stem(file)).collect();
        (dataset.display().to_string(), extractors)
    };
    names(&predictions).into_iter().map(of).collect()
}

/// Those of them that are asked for by name; all, where none is named.
pub(super) fn named(
    found: BTreeMap<String, BTreeSet<String>>,
    datasets: &[String],
    extractors: &[String],
) -> BTreeMap<String, BTreeSet<String>> {
    let is_named = |names: &[String], name: &str| names.is_empty() || names.iter().any(|other| other == name);
    selected(found, |dataset, extractor| is_named(datasets, dataset) && is_named(extractors, extractor))
}

/// Those of them that are wanted, without datasets of which nothing is left.
pub(super) fn selected(
    mut found: BTreeMap<String, BTreeSet<String>>,
    is_wanted: impl Fn(&str, &str) -> bool,
) -> BTreeMap<String, BTreeSet<String>> {
    found.retain(|dataset, extractors| {
        extractors.retain(|extractor| is_wanted(dataset, extractor));
        !extractors.is_empty()
    });
    found
}

fn is_lines(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "jsonl")
}

/// What of two systems is compared.
#[derive(Clone, Copy)]
pub(super) struct Which<'a> {
    /// Only these layers; all, where there are none.
    pub layers: &'a [Layer],
    /// Whether documents that one side lacks are left out, whatever `missing` says.
    pub intersection: bool,
    /// What becomes of documents that only one side has.
    pub missing: Missing,
    /// What is independent of what, where the configuration is not to say so.
    pub cluster: Option<&'a ClusterBy>,
}

impl Which<'_> {
    fn missing(&self) -> Missing {
        if self.intersection { Missing::Skip } else { self.missing }
    }

    fn settings(&self, mut settings: Settings) -> Settings {
        if !self.layers.is_empty() {
            settings.layers = Some(self.layers.iter().cloned().collect());
        }
        settings.cluster = self.cluster.cloned().unwrap_or(settings.cluster);
        settings
    }
}

/// Joins the predictions of two runs with the golden files, which `gold` names.
pub(super) fn pair<'r>(
    dataset: String,
    extractor: String,
    (gold, references): (&Path, &'r BTreeMap<String, Reference>),
    sides: [Side<'_>; 2],
    settings: Settings,
    which: Which<'_>,
) -> Result<Paired<'r>, Error> {
    let settings = which.settings(settings);
    let system = |side: &Side<'_>| System {
        file: side.file.to_owned(),
        predictions: load_any_predictions(side.file, references),
    };
    let systems = sides.iter().map(system).collect();
    let policy = Policy { missing: which.missing(), origin: Origin::Run, ..Policy::default() };
    let accepted = accept(gold, Cow::Borrowed(references), systems, policy, &settings)?;
    paired(dataset, extractor, sides.map(|side| side.name), accepted, settings)
}

/// Two systems that were accepted. What either side fills, both are asked for: a system that finds
/// nothing any more has missed everything.
fn paired<'r>(
    dataset: String,
    extractor: String,
    [base, candidate]: [String; 2],
    accepted: Accepted<'r>,
    settings: Settings,
) -> Result<Paired<'r>, Error> {
    let Accepted { references, answers, left_out, declared, .. } = accepted;
    let [of_base, of_candidate] = <[_; 2]>::try_from(answers).unwrap_or_default();
    let subject = |name, answers| Subject { name, declared: declared.clone(), answers };
    Ok(Paired {
        dataset,
        extractor,
        references,
        base: subject(base, of_base),
        candidate: subject(candidate, of_candidate),
        settings,
        left_out: left_out.len(),
    })
}
