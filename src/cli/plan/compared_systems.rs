//! The systems that `karat compare` compares with the first of them: extractors of one run, several
//! runs, or several files of predictions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat::document::{Layer, LayerSet};
use karat::error::{Diagnostic, Error};
use karat::format::Notes;
use karat::score::ScoringInput;
use karat::store::{Run, Selected};

use super::super::args::compare::{CompareArgs, Files};
use super::super::upgrades::Upgraded;
use super::super::{output, runs};
use super::config_file::ConfigFile;
use super::pairs::{FilePair, PairScope};

/// Systems whose predictions are in runs, with the datasets on which they are compared.
pub(in crate::cli) struct RunSystems {
    pub config: ConfigFile,
    /// One for each table, in order of dataset and extractor.
    pub groups: Vec<SystemGroup>,
    /// Whether only two systems are named, which are compared in full.
    pub is_pair: bool,
}

/// Systems that are compared on one dataset, the baseline first.
pub(in crate::cli) struct SystemGroup {
    pub dataset: String,
    /// The extractor, if the systems are runs; empty if they are extractors.
    pub extractor: String,
    /// The run, if the systems are extractors of one; empty otherwise.
    pub run: String,
    pub systems: Vec<GroupMember>,
}

/// One system of a group.
pub(in crate::cli) struct GroupMember {
    pub name: String,
    /// The file of its predictions.
    pub file: PathBuf,
    /// The layers that it fills, if the systems are extractors, which may fill different ones;
    /// `None` if it is scored on every layer that any of the systems has.
    pub layers: Option<LayerSet>,
}

impl RunSystems {
    /// Returns the extractors of one run, in the order in which they are named. Fails if fewer than
    /// two are named, or if the run lacks one.
    pub fn extractors_of(args: &CompareArgs, run: &Path) -> Result<Self, Error> {
        let config = ConfigFile::load(&args.config)?;
        let run = runs::open_compared(run, &args.config)?;
        check_named(args, &run)?;
        let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
        let mut groups = Vec::new();
        for (dataset, found) in selected {
            let (there, absent): (Vec<&String>, Vec<&String>) =
                args.extractors.iter().partition(|name| found.contains(*name));
            if !absent.is_empty() {
                let absent: Vec<&str> = absent.into_iter().map(String::as_str).collect();
                let absent = absent.join(", ");
                output::note(&format!("note: {dataset}: not compared, since the run did not include it: {absent}\n"));
            }
            let baseline = &args.extractors[0];
            if !found.contains(baseline) || found.len() < 2 {
                continue;
            }
            let member = |extractor: &&String| GroupMember {
                name: (*extractor).clone(),
                file: run.predictions(&dataset, extractor),
                layers: layers_of(&run, &dataset, extractor),
            };
            let systems = there.iter().map(member).collect();
            let folder = run.folder().display().to_string();
            groups.push(SystemGroup { dataset: dataset.clone(), extractor: String::new(), run: folder, systems });
        }
        Self::of_groups(config, groups, args.extractors.len() == 2)
    }

    /// Returns several runs, for each selected dataset and extractor that the first run and another
    /// one contain. Fails if signatures differ, unless the arguments allow it.
    pub fn of_runs(args: &CompareArgs, folders: &[&PathBuf]) -> Result<Self, Error> {
        let config = ConfigFile::load(&args.config)?;
        let opened: Result<Vec<Run>, Diagnostic> =
            folders.iter().map(|folder| runs::open_compared(folder, &args.config)).collect();
        let opened = opened?;
        let select = |run: &Run| run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input);
        let selected: Vec<Selected> = opened.iter().map(select).collect::<Result<_, _>>()?;
        let (mut groups, mut diagnostics, mut upgraded) = (Vec::new(), Vec::new(), Upgraded::default());
        for (dataset, extractors) in &selected[0] {
            for extractor in extractors {
                let has = |selected: &Selected| selected.get(dataset).is_some_and(|found| found.contains(extractor));
                let (there, absent): (Vec<_>, Vec<_>) =
                    opened.iter().zip(&selected).partition(|(_, selected)| has(selected));
                for (run, _) in absent {
                    let run = run.folder().display();
                    output::note(&format!("note: {dataset}, {extractor}: {run} does not include it\n"));
                }
                if !args.force {
                    for (run, _) in there.iter().skip(1) {
                        diagnostics.extend(runs::differing([&opened[0], run], dataset, extractor, &mut upgraded));
                    }
                }
                let member = |(run, _): &(&Run, &Selected)| GroupMember {
                    name: run.folder().display().to_string(),
                    file: run.predictions(dataset, extractor),
                    layers: None,
                };
                let systems: Vec<GroupMember> = there.iter().map(member).collect();
                if systems.len() > 1 {
                    let (dataset, extractor) = (dataset.clone(), extractor.clone());
                    groups.push(SystemGroup { dataset, extractor, run: String::new(), systems });
                }
            }
        }
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        upgraded.note();
        Self::of_groups(config, groups, false)
    }

    fn of_groups(config: ConfigFile, groups: Vec<SystemGroup>, is_pair: bool) -> Result<Self, Error> {
        if groups.is_empty() {
            let diagnostic = Diagnostic::new("no dataset has the baseline and another of these systems");
            return Err(Error::NothingSelected(
                diagnostic.help("`run.json` in the folder of a run lists its datasets and extractors"),
            ));
        }
        Ok(Self { config, groups, is_pair })
    }
}

/// Fails unless the arguments name at least two extractors, each once and in the run, and datasets
/// of the run.
fn check_named(args: &CompareArgs, run: &Run) -> Result<(), Error> {
    let extractors: Vec<&str> = run.extractors().map(|(name, _)| name.as_str()).collect();
    let datasets = run.extractors().flat_map(|(_, entry)| entry.datasets.keys());
    let datasets: BTreeMap<&str, ()> = datasets.map(|name| (name.as_str(), ())).collect();
    let known = extractors.join(", ");
    if args.extractors.len() < 2 {
        let diagnostic = Diagnostic::new("one run is nothing to compare").in_file(run.folder());
        let help =
            format!("name a second run, or two extractors of this one: --extractor A --extractor B; it has {known}");
        return Err(diagnostic.help(help).into());
    }
    let mut diagnostics = Vec::new();
    for (at, name) in args.extractors.iter().enumerate() {
        if args.extractors[..at].contains(name) {
            diagnostics.push(Diagnostic::new(format!("the extractor `{name}` is named twice")));
        } else if !extractors.contains(&name.as_str()) {
            let diagnostic = Diagnostic::new(format!("the run has no extractor `{name}`")).in_file(run.folder());
            diagnostics.push(diagnostic.help(format!("it has {known}")));
        }
    }
    for name in args.datasets.iter().filter(|name| !datasets.contains_key(name.as_str())) {
        let diagnostic = Diagnostic::new(format!("the run has no dataset `{name}`")).in_file(run.folder());
        diagnostics.push(diagnostic.help_with_nearest(name, datasets.keys().copied()));
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}

/// Returns the layers that an extractor of a run fills; `None` if the run did not record them.
fn layers_of(run: &Run, dataset: &str, extractor: &str) -> Option<LayerSet> {
    let layers = run.extractor(extractor)?.layers.get(dataset)?;
    Some(layers.iter().filter_map(|layer| layer.parse::<Layer>().ok()).collect())
}

/// Several files of predictions and the golden files that they are scored against.
pub(in crate::cli) struct FileSystems {
    /// The baseline and the first candidate.
    first: FilePair,
    /// The other candidates, each with what its reader assumes and leaves out.
    others: Vec<(PathBuf, Notes)>,
}

impl FileSystems {
    /// Returns a baseline and at least two candidates.
    pub fn resolve(files: &Files, base: &Path, candidates: &[PathBuf], scope: &PairScope) -> Result<Self, Error> {
        let pair = Files { baseline: Some(base.to_owned()), predictions: candidates.first().cloned(), ..files.clone() };
        let first = FilePair::resolve(&pair, scope)?;
        let others = candidates.iter().skip(1).map(|file| (file.clone(), Notes::default())).collect();
        Ok(Self { first, others })
    }

    /// Returns the baseline and the first candidate, which are read and scored like the others.
    pub fn pair(&self) -> &FilePair {
        &self.first
    }

    /// Returns the names of the systems, the baseline first.
    pub fn names(&self) -> Vec<String> {
        let others = self.others.iter().map(|(file, _)| file.display().to_string());
        self.first.names().into_iter().chain(others).collect()
    }

    /// Returns the files to read.
    pub fn input(&self) -> ScoringInput<'_> {
        let mut input = self.first.input();
        let others = self.others.iter().map(|(file, notes)| (file.as_path(), self.first.predicted_as(notes)));
        input.systems.extend(others);
        input
    }

    /// Returns what the readers of the files assumed and left out.
    pub fn notes(&self) -> impl Iterator<Item = &Notes> {
        self.first.notes.iter().chain(self.others.iter().map(|(_, notes)| notes))
    }
}
