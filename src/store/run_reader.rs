//! The only reader of run folders.
//!
//! Gate verdicts and baselines depend on the predictions of a run, so a file of predictions is
//! accepted only if it is the file that the run wrote: `run.json` lists each with its SHA-256 and
//! its number of lines. Older versions of karat did not record these; the files of their runs are
//! read unchecked.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::baseline::{Baseline, baseline_files};
use super::layout::{Project, RunLayout, Selected};
use super::manifest::{
    DatasetHashes, Environment, ExtractorEntry, Manifest, PredictionsFile, SampledRun, StatusCounts,
};
use super::run_folder::is_file_name;
use crate::error::Diagnostic;
use crate::metric::Signature;

/// A finished run, read from its folder.
#[derive(Debug, Clone)]
pub struct Run {
    layout: RunLayout,
    manifest: Manifest,
    /// The predictions with texts of confidential datasets, if they are on this machine.
    texts: Option<RunLayout>,
    /// Whether the folder has a manifest, with which the files of predictions must agree.
    has_manifest: bool,
}

/// The mean latency and cost of one answer; `None` if the run did not record them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeanSpent {
    /// Mean latency in milliseconds.
    pub milliseconds: Option<f64>,
    /// Mean cost, in the currency of the extractor's prices.
    pub cost: Option<f64>,
}

/// Why a run as a whole is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunGap {
    /// The run was interrupted, or is in progress.
    Interrupted,
    /// Only one shard of the documents was run.
    Shard(String),
    /// Only documents were run that `--limit` or `--document` selected.
    Selected,
    /// The run stopped at some of its documents, since the rules of the gate were decided.
    Decided {
        /// The number of documents that were run.
        documents: usize,
        /// The number of all documents.
        of: usize,
    },
}

impl fmt::Display for RunGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("it was interrupted or is in progress"),
            Self::Shard(shard) => write!(f, "it is the shard {shard} of the documents"),
            Self::Selected => f.write_str("only selected documents were run"),
            Self::Decided { documents, of } => {
                write!(f, "it stopped after {documents} of {of} documents, once the rules of the gate were decided")
            }
        }
    }
}

impl RunGap {
    /// Returns which part of the documents was run, in few words for a table.
    pub fn part(&self) -> String {
        match self {
            Self::Interrupted => "interrupted".to_owned(),
            Self::Shard(shard) => format!("shard {shard}"),
            Self::Selected => "selected documents".to_owned(),
            Self::Decided { documents, of } => format!("decided after {documents} of {of}"),
        }
    }
}

impl Environment {
    /// Returns why the run was not of all documents; `None` if it was, unless it was interrupted.
    pub fn gap(&self) -> Option<RunGap> {
        if let Some(shard) = &self.shard {
            return Some(RunGap::Shard(shard.clone()));
        }
        let Some(SampledRun { sample, .. }) = self.until_decided.as_ref().filter(|run| !run.sample.is_whole()) else {
            return self.is_partial.then_some(RunGap::Selected);
        };
        let sizes = || sample.datasets.values();
        let (documents, of) = (sizes().map(|size| size.documents).sum(), sizes().map(|size| size.of).sum());
        Some(RunGap::Decided { documents, of })
    }
}

impl Run {
    /// Reads the manifest of a run folder. [`Run::select`] and [`Run::check`] check the files of
    /// predictions.
    ///
    /// # Errors
    /// Fails if the folder has no manifest, or one that this version of karat cannot read.
    pub fn open(folder: &Path) -> Result<Self, Diagnostic> {
        let layout = RunLayout::new(folder);
        let file = layout.manifest();
        if !file.is_file() {
            let diagnostic = Diagnostic::new("this is not a run: it has no file `run.json`").in_file(folder);
            return Err(diagnostic.help("`karat run --out DIR` creates one; other runs are in .karat/runs"));
        }
        let manifest = Manifest::read(&file)?;
        let extractors = manifest.extractors.iter();
        let bad =
            extractors.flat_map(|(name, entry)| entry.datasets.keys().chain([name])).find(|name| !is_file_name(name));
        if let Some(name) = bad {
            return Err(Diagnostic::new(format!("the name {name:?} cannot be a file name")).in_file(file));
        }
        // A run folder within a project, as in `.karat/runs`, needs no other hint.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let texts = manifest.texts.as_deref().and_then(|id| folder.ancestors().find_map(|home| texts_in(home, id)));
        Ok(Self { layout, manifest, texts, has_manifest: true })
    }

    /// Reads a run folder, or a folder that contains only predictions: without a manifest, all of
    /// its files of predictions belong to it, and none of them is checked.
    ///
    /// # Errors
    /// Fails if the folder has a manifest that this version of karat cannot read.
    pub fn open_predictions(folder: &Path) -> Result<Self, Diagnostic> {
        let layout = RunLayout::new(folder);
        if layout.manifest().is_file() {
            return Self::open(folder);
        }
        Ok(Self { layout, manifest: Manifest::default(), texts: None, has_manifest: false })
    }

    /// Reads the accepted baselines of a project as if they were a run. `home` is the folder of the
    /// configuration.
    ///
    /// # Errors
    /// Fails if there is no baseline, or if one was changed after it was accepted.
    pub fn open_baselines(home: &Path) -> Result<Self, Diagnostic> {
        Self::find_baselines(home)?.ok_or_else(|| {
            let folder = RunLayout::of_baselines(home).folder().to_owned();
            Diagnostic::new("there is no accepted baseline").in_file(folder).help("`karat accept RUN` creates one")
        })
    }

    /// Reads the accepted baselines like [`Self::open_baselines`]; `None` if there are none.
    ///
    /// # Errors
    /// Fails if a baseline was changed after it was accepted.
    pub fn find_baselines(home: &Path) -> Result<Option<Self>, Diagnostic> {
        let layout = RunLayout::of_baselines(home);
        let mut manifest = Manifest::default();
        for (dataset, extractors) in layout.found() {
            for extractor in extractors {
                if let Some(baseline) = Baseline::load(&baseline_files(home, &dataset, &extractor))? {
                    let entry = manifest.extractors.entry(extractor).or_default();
                    entry.datasets.insert(dataset.clone(), StatusCounts::default());
                    entry.signatures.insert(dataset.clone(), baseline.signatures);
                }
            }
        }
        let is_empty = manifest.extractors.is_empty();
        Ok((!is_empty).then_some(Self { layout, manifest, texts: None, has_manifest: false }))
    }

    /// Also looks in a project for the predictions with texts of confidential datasets. `home` is
    /// the folder of its configuration.
    #[must_use]
    pub fn with_texts_in(mut self, home: &Path) -> Self {
        self.texts = self.texts.or_else(|| texts_in(home, self.manifest.texts.as_deref()?));
        self
    }

    /// The name of the predictions with texts in the project's `.karat`, if the run has any.
    pub fn texts_id(&self) -> Option<&str> {
        self.manifest.texts.as_deref()
    }

    /// The run folder.
    pub fn folder(&self) -> &Path {
        self.layout.folder()
    }

    /// Returns the environment of the run.
    pub fn environment(&self) -> &Environment {
        &self.manifest.environment
    }

    /// Returns why the run as a whole is not complete, whatever its files contain; `None` if every
    /// document was run. [`Run::unanswered`] counts those without an answer.
    pub fn gap(&self) -> Option<RunGap> {
        if self.has_manifest && self.layout.journal().is_file() {
            return Some(RunGap::Interrupted);
        }
        self.environment().gap()
    }

    /// Counts the documents of a dataset that an extractor did not answer; `None` if it answered
    /// all documents of the run.
    pub fn unanswered(&self, dataset: &str, extractor: &str) -> Option<StatusCounts> {
        let mut counts = *self.extractor(extractor)?.datasets.get(dataset)?;
        let documents = self.dataset_hashes(dataset).map_or(0, |entry| entry.documents);
        if documents > counts.documents {
            counts.missing += documents - counts.documents;
            counts.documents = documents;
        }
        (counts.unanswered() > 0).then_some(counts)
    }

    pub(super) fn dataset_hashes(&self, dataset: &str) -> Option<&DatasetHashes> {
        self.manifest.datasets.get(dataset)
    }

    /// Returns the names and the manifest's entries of all extractors.
    pub fn extractors(&self) -> impl Iterator<Item = (&String, &ExtractorEntry)> {
        self.manifest.extractors.iter()
    }

    /// Returns the manifest's entry of an extractor.
    pub fn extractor(&self, extractor: &str) -> Option<&ExtractorEntry> {
        self.manifest.extractors.get(extractor)
    }

    /// Whether the run includes an extractor on a dataset.
    pub fn has(&self, dataset: &str, extractor: &str) -> bool {
        self.extractor(extractor).is_some_and(|entry| entry.datasets.contains_key(dataset))
    }

    /// The path of an extractor's predictions on a dataset, whether or not the file exists. Those
    /// of a confidential dataset are the ones with texts, if they are on this machine.
    pub fn predictions(&self, dataset: &str, extractor: &str) -> PathBuf {
        let with_texts = self.texts.as_ref().map(|texts| texts.predictions(dataset, extractor));
        with_texts.filter(|file| file.is_file()).unwrap_or_else(|| self.layout.predictions(dataset, extractor))
    }

    /// Whether the manifest has the SHA-256 of every file of predictions. Runs of older versions of
    /// karat have none.
    pub fn has_hashes(&self) -> bool {
        let mut entries = self.manifest.extractors.values();
        entries.all(|entry| entry.datasets.keys().all(|dataset| entry.predictions.contains_key(dataset)))
    }

    /// Checks the files of predictions that `is_wanted` accepts by dataset and extractor, and
    /// returns their datasets and extractors.
    ///
    /// # Errors
    /// Fails with one diagnostic for each wanted file of predictions that the manifest does not
    /// list, that is missing, or that is not the one that the run wrote.
    pub fn select(&self, is_wanted: impl Fn(&str, &str) -> bool) -> Result<Selected, Vec<Diagnostic>> {
        let mut all = self.layout.found();
        for (extractor, entry) in &self.manifest.extractors {
            for dataset in entry.datasets.keys() {
                all.entry(dataset.clone()).or_default().insert(extractor.clone());
            }
        }
        all.retain(|dataset, extractors| {
            extractors.retain(|extractor| is_wanted(dataset, extractor));
            !extractors.is_empty()
        });
        let each = all.iter().flat_map(|(dataset, extractors)| extractors.iter().map(move |name| (dataset, name)));
        let diagnostics: Vec<Diagnostic> =
            each.filter_map(|(dataset, extractor)| self.check(dataset, extractor).err()).collect();
        if diagnostics.is_empty() { Ok(all) } else { Err(diagnostics) }
    }

    /// Checks that a file of predictions is the one that the run wrote.
    ///
    /// # Errors
    /// Fails if the file was changed, if it is missing, or if the manifest does not list it.
    pub fn check(&self, dataset: &str, extractor: &str) -> Result<(), Diagnostic> {
        const RUN_AGAIN: &str = "restore the file, or repeat the run with `karat run`";
        if !self.has_manifest {
            return Ok(());
        }
        let path = self.layout.predictions(dataset, extractor);
        let diagnostic = |message: &str| Diagnostic::new(message).in_file(&path);
        let Some(entry) = self.extractor(extractor).filter(|entry| entry.datasets.contains_key(dataset)) else {
            let diagnostic = diagnostic("`run.json` does not list these predictions: they are not part of the run");
            return Err(diagnostic.help("move the file out of the run's folder"));
        };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(diagnostic("`run.json` lists these predictions, but the file is missing").help(RUN_AGAIN));
            }
            Err(error) => return Err(Diagnostic::io("read these predictions", &path, &error)),
        };
        let Some(written) = entry.predictions.get(dataset) else { return Ok(()) };
        let found =
            PredictionsFile::read(file).map_err(|error| Diagnostic::io("read these predictions", &path, &error))?;
        let what = if found.lines != written.lines {
            format!("they have {} lines, but `run.json` records {}", found.lines, written.lines)
        } else if found.sha256 != written.sha256 {
            "their SHA-256 is not the one in `run.json`".to_owned()
        } else {
            return Ok(());
        };
        Err(diagnostic(&format!("these predictions were changed after the run: {what}")).help(RUN_AGAIN))
    }

    /// Returns how the figures over whole layers were computed, by their names; `None` if the run
    /// did not record it.
    pub fn signatures(&self, dataset: &str, extractor: &str) -> Option<&BTreeMap<String, Signature>> {
        self.extractor(extractor)?.signatures.get(dataset)
    }

    /// Returns the mean latency and cost of one answer of an extractor on a dataset.
    pub fn mean_spent(&self, dataset: &str, extractor: &str) -> MeanSpent {
        let Some(entry) = self.extractor(extractor) else { return MeanSpent::default() };
        let documents = entry.datasets.get(dataset).map_or(0, |counts| counts.documents);
        let answers = (documents * entry.repeats) as f64;
        let mean = |total: f64, answers: f64| (answers > 0.0).then(|| total / answers);
        let timed = entry.timed_answers(dataset) as f64;
        MeanSpent {
            milliseconds: entry.milliseconds.get(dataset).and_then(|total| mean(*total, timed)),
            cost: entry.usage.get(dataset).and_then(|usage| mean(usage.cost?, answers)),
        }
    }
}

/// Returns the predictions with texts of a run in a project; `None` if it has none.
fn texts_in(home: &Path, id: &str) -> Option<RunLayout> {
    let texts = Project::new(home).texts(id);
    (is_file_name(id) && texts.folder().is_dir()).then_some(texts)
}
