//! What the server shows and changes. Requests are answered one after another, so that two tabs
//! cannot change a file at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use karat::corpus::{Dataset, WorkItem, shown_path};
use karat::error::{Diagnostic, Error};
use karat::format::sha256;
use karat::report::{Exporter, Report, live_page};
use karat::runner::load_dataset;
use karat::store::{Project, Run, Selected};
use serde_json::{Value, json};

use super::edits::{EditRequest, Undo, UndoRequest, VerdictRequest};
use super::index::{ListedRun, page};
use super::parsed;
use super::reply::Reply;
use crate::cli::args::{Args, Command};
use crate::cli::plan::{ComparePlan, ConfigFile, ViewPlan};
use crate::cli::{compare, report, runs};

/// The state of one server.
pub(super) struct Session<'p> {
    pub plan: &'p ViewPlan,
    /// The report that was shown last, with the run's folder: a change is compared with its
    /// figures.
    shown: Option<(PathBuf, Report)>,
    /// What was changed since: the dataset, and the change in words.
    saved: Option<(String, String)>,
    /// What can be undone, the newest last.
    pub undo: Vec<Undo>,
    /// How many corrections there were.
    pub corrections: u64,
    /// The extractors of the reports that were shown.
    extractors: BTreeSet<String>,
}

impl<'p> Session<'p> {
    /// Checks that the run can be shown, and that it has the documents of the queue.
    pub fn open(plan: &'p ViewPlan) -> Result<Self, Error> {
        let datasets = selected(&plan.run, None)?;
        let session =
            Self { plan, shown: None, saved: None, undo: Vec::new(), corrections: 0, extractors: BTreeSet::new() };
        if let Some((file, queue)) = &plan.queue {
            let mut known = BTreeSet::new();
            for name in datasets.keys() {
                known.extend(session.dataset(name)?.references.into_keys());
            }
            if let Some(item) = queue.iter().find(|item| !known.contains(&item.document)) {
                let message = format!("the run has no document {:?}, which the queue names", item.document);
                let mut diagnostic = Diagnostic::new(message).in_file(file);
                if item.line > 0 {
                    diagnostic = diagnostic.at((item.line, 1));
                }
                return Err(diagnostic.help_with_nearest(&item.document, known.iter().map(String::as_str)).into());
            }
        }
        Ok(session)
    }

    /// Whether a report that was shown has an extractor of this name.
    pub fn shows(&self, extractor: &str) -> bool {
        self.extractors.contains(extractor)
    }

    fn config(&self) -> &'p ConfigFile {
        &self.plan.config
    }

    /// Lists the runs of the project, and the run that was asked for.
    pub fn index(&self) -> Result<Reply, Error> {
        let own = self.plan.run.folder();
        let project = Project::new(self.config().home());
        let mut folders = project.run_folders();
        let is_own = |folder: &PathBuf| fs::canonicalize(folder).ok() == fs::canonicalize(own).ok();
        if !folders.iter().any(is_own) {
            folders.insert(0, own.to_owned());
        }
        let mut extractors: Vec<String> = Vec::new();
        let mut listed = Vec::new();
        for folder in &folders {
            let Ok(run) = Run::open(folder) else { continue };
            let environment = run.environment();
            let datasets = run.select(|_, _| true).unwrap_or_default();
            extractors.extend(datasets.values().flatten().cloned());
            listed.push(ListedRun {
                name: name_of(folder, self.config().home()),
                started: environment.started.get(..16).unwrap_or(&environment.started).replace('T', " "),
                commit: environment.git_commit.as_deref().unwrap_or_default().get(..8).unwrap_or_default().to_owned(),
                datasets: datasets.into_keys().collect(),
                is_asked: is_own(folder),
            });
        }
        extractors.sort();
        extractors.dedup();
        Ok(Reply::page(page(&listed, &extractors)))
    }

    /// Reports on a dataset of a run, scored with the golden files as they are now.
    pub fn report(&mut self, run: &str, name: &str) -> Result<Reply, Error> {
        let run = self.run(run)?;
        // Hashed before they are scored: a file that changes in between is then refused, rather
        // than changed without being seen.
        let dataset = self.dataset(name)?;
        let files = self.golden_files(&dataset)?;
        let reports = report::on_run(&run, &selected(&run, Some(name))?, self.config())?;
        let made = reports.into_iter().find(|report| report.dataset == name);
        let made = made.ok_or_else(|| Diagnostic::new(format!("the run has no dataset {name:?}")))?;
        let before = self.shown.as_ref().filter(|(folder, old)| folder == run.folder() && old.dataset == name);
        let saved = self.saved.take_if(|(dataset, _)| dataset == name).map(|(_, what)| {
            let figures = before.map(|(_, old)| moved(old, &made));
            json!({"what": what, "figures": figures})
        });
        let refused: BTreeMap<&str, String> =
            made.documents.iter().filter_map(|id| Some((id.as_str(), refusal(&dataset, id)?))).collect();
        let undo = || self.undo.iter().filter(|undo| undo.dataset == name);
        let corrected: BTreeSet<&str> = undo().map(|undo| undo.document.as_str()).collect();
        let mut notices = Vec::new();
        let verdicts = self.verdicts(&dataset, &made, &mut notices);
        let live = json!({
            "dataset": name,
            "readOnly": self.plan.is_read_only || made.is_confidential,
            "refused": refused,
            "files": files,
            "saved": saved,
            "undo": undo().next_back().map(|undo| undo.id),
            "notices": notices,
            "verdicts": verdicts,
            "queue": self.plan.queue.as_ref().map(|(_, queue)| queue_of(queue, &made.documents)),
            "corrected": corrected,
        });
        let page = live_page(&made, &live);
        self.extractors.extend(made.extractors.iter().map(|extractor| extractor.name.clone()));
        self.shown = Some((run.folder().to_owned(), made));
        Ok(Reply::page(page))
    }

    /// The comparison of an extractor in two runs.
    pub fn comparison(&self, base: &str, candidate: &str, dataset: &str, extractor: &str) -> Result<Reply, Error> {
        let config = &self.config().path;
        let config = config.display().to_string();
        let asked = [
            "karat",
            "compare",
            base,
            candidate,
            "--dataset",
            dataset,
            "--extractor",
            extractor,
            "--config",
            &config,
            "--format",
            "html",
        ];
        let parsed = Args::try_parse_from(asked).map_err(|error| Diagnostic::new(error.to_string()))?;
        let Command::Compare(args) = parsed.command else { return Err(Diagnostic::new("no comparison").into()) };
        let reports = compare::of_two_runs(&ComparePlan::resolve(&args)?)?;
        Ok(Reply::page(reports.as_slice().to_html()?))
    }

    /// Opens a run by the name that the list gives it.
    fn run(&self, name: &str) -> Result<Run, Error> {
        if name == name_of(self.plan.run.folder(), self.config().home()) {
            return Ok(self.plan.run.clone());
        }
        Ok(runs::open_named(Path::new(name), &self.config().path)?)
    }

    /// Returns the SHA-256 of every golden file of a dataset, by the path that the page shows.
    fn golden_files(&self, dataset: &Dataset) -> Result<BTreeMap<String, String>, Error> {
        let files: BTreeSet<&Path> = dataset.sources.values().map(|source| source.source.file.as_path()).collect();
        let of = |file: &Path| {
            let bytes = fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error))?;
            Ok((shown_path(file, self.config().home()), sha256(&bytes)))
        };
        files.into_iter().map(of).collect()
    }

    pub fn dataset(&self, name: &str) -> Result<Dataset, Error> {
        load_dataset(&self.config().parsed, &self.config().path, name).map(|(dataset, _)| dataset).map_err(Error::Input)
    }

    /// Changes a golden file, or takes back the last change. The next report tells which headline
    /// figures that moved.
    pub fn change(&mut self, action: &str, content: &str) -> Result<Reply, Error> {
        if self.plan.is_read_only {
            return Err(
                Diagnostic::new("golden files are not corrected: karat view was started with --read-only").into()
            );
        }
        self.saved = Some(match action {
            "verdict" => {
                let request: VerdictRequest = parsed(content)?;
                let what = self.give_verdict(&request)?;
                (request.dataset, what)
            }
            "undo" => {
                let request: UndoRequest = parsed(content)?;
                let what = self.undo_last(&request)?;
                (request.dataset, what)
            }
            _ => {
                let request: EditRequest = parsed(content)?;
                let what = self.edit(&request)?;
                (request.dataset, what)
            }
        });
        Ok(Reply::json(&json!({})))
    }
}

/// The entries of the queue that belong to these documents.
fn queue_of(queue: &[WorkItem], documents: &BTreeSet<String>) -> Value {
    let own = queue.iter().filter(|item| documents.contains(&item.document));
    own.map(|WorkItem { document, span, note, .. }| {
        let [start, end] = [span.map(|span| span.0), span.map(|span| span.1)];
        json!({"document": document, "start": start, "end": end, "note": note})
    })
    .collect()
}

/// The name of a run in addresses: that of its folder among the project's runs, or its path.
fn name_of(folder: &Path, home: &Path) -> String {
    let runs = home.join(".karat").join("runs");
    folder.strip_prefix(&runs).unwrap_or(folder).display().to_string()
}

/// The datasets and extractors of a run, or of one dataset of it.
fn selected(run: &Run, dataset: Option<&str>) -> Result<Selected, Error> {
    run.select(|name, _| dataset.is_none_or(|dataset| dataset == name)).map_err(Error::Input)
}

/// Why a document's golden labels are not corrected; `None` if they may be.
pub(super) fn refusal(dataset: &Dataset, id: &str) -> Option<String> {
    if let Some(split) = dataset.info.sealed_split(id) {
        return Some(format!("the split {split:?} is sealed: its labels are not corrected while reading results"));
    }
    (!dataset.sources.contains_key(id)).then(|| "its golden file is not known".to_owned())
}

/// The headline figures that differ between two reports on the same run.
fn moved(old: &Report, new: &Report) -> Vec<Value> {
    let mut found = Vec::new();
    for extractor in &new.extractors {
        let before = old.extractors.iter().find(|one| one.name == extractor.name);
        for figure in extractor.scores.layers.iter().filter_map(karat::score::headline_figure) {
            let old = before.and_then(|one| one.scores.figures().find(|other| other.name == figure.name)?.value);
            if old != figure.value {
                found.push(json!({"extractor": extractor.name, "metric": figure.name.to_string(), "old": old, "new": figure.value}));
            }
        }
    }
    found
}
