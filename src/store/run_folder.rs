//! The only writer of run folders: `run.json`, `predictions/<dataset>/<extractor>.jsonl`,
//! `stderr/<extractor>.log`, and the reports in `<dataset>/`. All files are staged and renamed
//! together at the end, so that an interrupted run leaves no half-written folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::layout::RunLayout;
use super::{Manifest, PredictionsFile, RunLock, Staging};
use crate::error::{Diagnostic, Error};
use crate::format::{Digest, answer_to_lines, sha256};
use crate::gate::GateOutcome;
use crate::report::{Exporter, FormulaFilter, RENDERERS, Report};
use crate::runner::{Answers, Plan};
use crate::withheld::failure;

/// The folders that a run writes to.
#[derive(Debug, Clone)]
pub struct RunFolder {
    /// The run folder itself.
    pub run: RunLayout,
    /// Folders that get a copy of the reports of a complete run, by dataset.
    pub copies: Vec<(String, PathBuf)>,
    /// Where the predictions of confidential datasets are kept with their texts.
    pub texts: LocalTexts,
}

/// The predictions with texts of confidential datasets. They stay in the project's `.karat`, so
/// that a run can be scored again where it was made, while the run folder has no texts.
#[derive(Debug, Clone)]
pub struct LocalTexts {
    /// The name by which `run.json` refers to them.
    pub id: String,
    /// Their layout.
    pub layout: RunLayout,
    /// The confidential datasets.
    pub datasets: BTreeSet<String>,
}

/// Returns the name of the local predictions of a run, which differs between runs that start at the
/// same time.
pub fn texts_id(run_id: &str, run: &RunLayout) -> String {
    let place = sha256(run.folder().to_string_lossy().as_bytes());
    format!("{run_id}-{}", place.get(..8).unwrap_or_default())
}

/// Returns the name of a run's folder: the time to the millisecond, and the first 8 digits of the
/// configuration's SHA-256.
pub fn run_id(started: &str, configuration_sha256: &str) -> String {
    let time: String = started.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    format!("{time}-{}", configuration_sha256.get(..8).unwrap_or_default())
}

impl RunFolder {
    /// The path of an extractor's predictions with their texts: in the run folder, or in the
    /// project's `.karat` if the dataset is confidential.
    pub fn full_predictions(&self, dataset: &str, extractor: &str) -> PathBuf {
        let layout = if self.texts.datasets.contains(dataset) { &self.texts.layout } else { &self.run };
        layout.predictions(dataset, extractor)
    }

    /// Locks the run folder and removes what an interrupted run left. Checks, before the run, that
    /// every folder can be written to.
    ///
    /// # Errors
    /// Fails if another run is in progress in the folder, if a folder cannot be written to, or if a
    /// name in the configuration is no valid file name.
    pub fn open(&self, plan: &Plan, profile: Option<&String>) -> Result<RunLock, Error> {
        let names = plan.datasets.iter().map(|(dataset, _)| &dataset.name);
        let names = names.chain(plan.extractors.iter().map(|extractor| &extractor.name)).chain(profile);
        let datasets = plan.datasets.iter().map(|(dataset, _)| &dataset.name);
        let taken = datasets.filter(|name| RunLayout::TAKEN.contains(&name.as_str()));
        let bad = names.filter(|name| !is_file_name(name)).chain(taken);
        let bad: Vec<Diagnostic> = bad.map(|name| bad_name(name)).collect();
        if !bad.is_empty() {
            return Err(Error::Input(bad));
        }
        let folders = self.copies.iter().map(|(_, folder)| folder.clone());
        let reports = plan.datasets.iter().map(|(dataset, _)| self.run.reports(&dataset.name));
        Staging::open(self.run.folder())?;
        let lock = RunLock::acquire(&self.run)?;
        Staging::remove_left_files(self.run.folder());
        for (dataset, _) in &plan.datasets {
            Staging::remove_left_files(self.run.predictions(&dataset.name, "").parent().unwrap_or(Path::new("")));
        }
        for folder in folders.chain(reports) {
            Staging::open(&folder)?;
            Staging::remove_left_files(&folder);
            let taken = RENDERERS.iter().map(|renderer| folder.join(renderer.file_name())).find(|file| file.is_dir());
            if let Some(file) = taken {
                return Err(Diagnostic::new("the path of a report is a folder")
                    .in_file(file)
                    .help("move it away")
                    .into());
            }
        }
        Ok(lock)
    }
}

/// Whether a name from the configuration can be a file name that stays within its folder.
pub(super) fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}

fn bad_name(name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("the name {name:?} cannot be a file name"));
    diagnostic.help("names of datasets, extractors and profiles become files: use letters, digits, `-`, `_` and `.`")
}

/// Writes a run folder. Predictions are written first, so that answers need not stay in memory once
/// they are scored. [`finish`](Self::finish) gives all files their names.
pub struct RunWriter<'f> {
    folder: &'f RunFolder,
    manifest: Manifest,
    staging: Staging,
    is_csv_safe: bool,
}

impl<'f> RunWriter<'f> {
    /// Writes the predictions under temporary names.
    ///
    /// # Errors
    /// Fails if a file cannot be written.
    pub fn new(folder: &'f RunFolder, answers: &Answers, mut manifest: Manifest) -> Result<Self, Error> {
        let mut staging = Staging::default();
        if !folder.texts.datasets.is_empty() {
            manifest.set_texts(&folder.texts.id);
        }
        for (dataset, systems) in &answers.systems {
            let is_confidential = folder.texts.datasets.contains(dataset);
            for system in systems {
                let (mut digest, mut is_withheld) = (Digest::default(), false);
                staging.write(&folder.run.predictions(dataset, &system.name), |out| {
                    system.answers.iter().try_for_each(|(id, answer)| {
                        let lines = if is_confidential {
                            let left = answer.clone().without_texts();
                            is_withheld |= left.is_withheld();
                            answer_to_lines(id, &left)
                        } else {
                            answer_to_lines(id, answer)
                        };
                        digest.add(&lines);
                        out.write_all(lines.as_bytes())
                    })
                })?;
                if is_withheld {
                    staging.write(&folder.full_predictions(dataset, &system.name), |out| {
                        let mut lines = system.answers.iter().map(|(id, answer)| answer_to_lines(id, answer));
                        lines.try_for_each(|lines| out.write_all(lines.as_bytes()))
                    })?;
                }
                let (sha256, lines) = digest.finish();
                manifest.set_predictions(&system.name, dataset, PredictionsFile { sha256, lines });
            }
        }
        Ok(Self { folder, manifest, staging, is_csv_safe: false })
    }

    /// Writes what the programs of extractors wrote to standard error, under temporary names. If a
    /// dataset is confidential, only what cannot be a text remains of its lines.
    ///
    /// # Errors
    /// Fails if a file cannot be written.
    pub fn with_errors(mut self, plan: &Plan) -> Result<Self, Error> {
        for extractor in &plan.extractors {
            let mut written = String::new();
            for (dataset, built) in &extractor.on {
                let (mut lines, dropped) = built.errors();
                if lines.is_empty() {
                    continue;
                }
                if self.folder.texts.datasets.contains(dataset) {
                    lines = lines.iter().map(|line| failure(line.trim()) + "\n").collect();
                    lines.dedup();
                }
                if extractor.on.len() > 1 {
                    written.push_str(&format!("== {dataset} ==\n"));
                }
                if dropped > 0 {
                    written.push_str(&format!("({dropped} lines before these were not kept)\n"));
                }
                written.extend(lines);
            }
            let path = self.folder.run.errors(&extractor.name);
            if !written.is_empty() {
                self.staging.add(&path, written.as_bytes())?;
            } else if path.exists() {
                // That of an earlier run in the folder.
                fs::remove_file(&path).map_err(|error| Diagnostic::io("take this away", &path, &error))?;
            }
        }
        Ok(self)
    }

    /// Writes the verdicts of a run that stops once the rules of the gate are decided, under a
    /// temporary name; without verdicts, removes those of an earlier run in the folder.
    ///
    /// # Errors
    /// Fails if the file cannot be written or removed.
    pub fn with_gate(mut self, outcome: Option<&GateOutcome>) -> Result<Self, Error> {
        let path = self.folder.run.gate();
        match outcome {
            Some(outcome) => self.staging.add(&path, outcome.to_json().as_bytes())?,
            None if path.exists() => {
                fs::remove_file(&path).map_err(|error| Diagnostic::io("take this away", &path, &error))?;
            }
            None => {}
        }
        Ok(self)
    }

    /// Sets when the run ended.
    #[must_use]
    pub fn ended(mut self, at: String) -> Self {
        self.manifest.environment.ended = at;
        self
    }

    /// Sets whether cells of CSV are protected against spreadsheets, which compute formulas.
    #[must_use]
    pub fn with_safe_csv(mut self, is_csv_safe: bool) -> Self {
        self.is_csv_safe = is_csv_safe;
        self
    }

    /// Writes the reports and `run.json`, gives all files their names, and returns the manifest.
    /// The reports are copied out of the run folder only if every document was answered, so that a
    /// failed run does not replace committed reports.
    ///
    /// # Errors
    /// Fails if a file cannot be written; no earlier file is then half-written.
    pub fn finish(self, reports: &[Report]) -> Result<Manifest, Error> {
        let Self { folder, mut manifest, mut staging, is_csv_safe } = self;
        let is_complete = reports.iter().all(Report::is_complete);
        for report in reports {
            for extractor in &report.extractors {
                manifest.set_signatures(&extractor.name, &report.dataset, &extractor.scores);
                manifest.set_empty_summaries(&extractor.name, &report.dataset, extractor.empty_summaries.len());
            }
            let copies = folder
                .copies
                .iter()
                .filter(|(dataset, _)| is_complete && *dataset == report.dataset)
                .map(|(_, to)| to.clone());
            let folders: Vec<PathBuf> = copies.chain([folder.run.reports(&report.dataset)]).collect();
            for renderer in RENDERERS {
                for (at, to) in folders.iter().enumerate() {
                    let path = to.join(renderer.file_name());
                    match at {
                        0 if is_csv_safe && renderer.file_name().ends_with(".csv") => staging.write(&path, |out| {
                            let mut filter = FormulaFilter::new(out);
                            renderer.write(report, &mut filter)?;
                            filter.finish()
                        })?,
                        0 => staging.write(&path, |out| renderer.write(report, out))?,
                        _ => staging.copy_last(&path)?,
                    }
                }
            }
        }
        staging.add(&folder.run.manifest(), manifest.to_json().as_bytes())?;
        staging.commit()?;
        Ok(manifest)
    }
}
