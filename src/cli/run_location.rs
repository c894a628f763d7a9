//! The folder of a run, new or resumed, and the environment that its manifest records.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karat::corpus::Shard;
use karat::error::{Diagnostic, Error};
use karat::format::sha256;
use karat::runner::Plan;
use karat::store::{
    DECIDED_MARK, Environment, Header, Journal, LocalTexts, PARTIAL_MARK, Project, RunFolder, RunLayout, RunLock,
    run_id, texts_id,
};

use super::plan::{RunMode, RunPlan};
use super::{git, output};

/// The arguments that determine the folder of a run.
pub(super) struct RunFolderArgs<'a> {
    pub config: &'a Path,
    pub out: Option<&'a PathBuf>,
    pub profile: Option<&'a String>,
    pub shard: Option<Shard>,
    /// Whether single documents are selected.
    pub is_partial: bool,
    /// The options that select among datasets, extractors or documents.
    pub selected_by: Vec<String>,
    /// Whether documents are streamed rather than loaded.
    pub is_stream: bool,
    /// Whether the run stops once the rules of the gate are decided.
    pub is_until_decided: bool,
}

impl<'a> RunFolderArgs<'a> {
    /// Returns what determines the folder of a planned run.
    pub fn of(plan: &'a RunPlan) -> Self {
        Self {
            config: &plan.config.path,
            out: plan.out.as_ref(),
            profile: plan.selection.profile.as_ref(),
            shard: plan.selection.shard,
            is_partial: plan.selection.is_partial(),
            selected_by: plan.selection.options(),
            is_stream: matches!(plan.mode, RunMode::Stream),
            is_until_decided: plan.until_decided.is_some(),
        }
    }

    /// Returns the folder of the configuration.
    pub fn home(&self) -> &Path {
        self.config.parent().unwrap_or(Path::new(""))
    }

    /// Returns the folders of a new run. Reports on a part of the documents are not copied out of
    /// the run folder.
    pub fn folder(&self, plan: &Plan, environment: &Environment) -> RunFolder {
        let id = self.id(environment);
        let project = Project::new(self.home());
        if let Some(out) = self.out {
            let run = RunLayout::new(out);
            return RunFolder { texts: self.texts(plan, environment, &run), run, copies: Vec::new() };
        }
        let reports = |name: &String| project.reports(name, self.profile.map(String::as_str));
        let copies = plan.datasets.iter().map(|(dataset, _)| (dataset.name.clone(), reports(&dataset.name)));
        let is_part = self.shard.is_some() || self.is_partial || self.is_until_decided;
        let copies = if is_part { Vec::new() } else { copies.collect() };
        let run = project.run(&id);
        RunFolder { texts: self.texts(plan, environment, &run), run, copies }
    }

    /// Returns the name that the run folder has without `--out`.
    pub fn id(&self, environment: &Environment) -> String {
        run_id(&environment.started, &environment.configuration_sha256) + &self.mark()
    }

    /// Returns where the predictions of confidential datasets are kept with their texts.
    fn texts(&self, plan: &Plan, environment: &Environment, run: &RunLayout) -> LocalTexts {
        let id = texts_id(&self.id(environment), run);
        // The run of a commit is written to the project that asks for it, from a temporary copy.
        let out = std::path::absolute(run.folder()).unwrap_or_default();
        let of_out = out.ancestors().find(|folder| folder.ends_with(".karat")).and_then(Path::parent);
        let home = if self.out.is_some() { of_out.unwrap_or(self.home()) } else { self.home() };
        let confidential = plan.datasets.iter().filter(|(dataset, _)| dataset.is_confidential);
        LocalTexts {
            layout: Project::new(home).texts(&id),
            id,
            datasets: confidential.map(|(dataset, _)| dataset.name.clone()).collect(),
        }
    }

    /// Returns the suffix of the run folder's name, which `--resume` matches: `-1-of-4` for a
    /// shard, `-part` for selected documents, `-decided` for a run that stops once it is decided,
    /// `-stream` for a streamed run, otherwise empty.
    pub fn mark(&self) -> String {
        match self.shard {
            Some(Shard { number, of }) => format!("-{number}-of-{of}"),
            None if self.is_partial => PARTIAL_MARK.to_owned(),
            None if self.is_until_decided => DECIDED_MARK.to_owned(),
            None if self.is_stream => "-stream".to_owned(),
            None => String::new(),
        }
    }

    /// Locks and opens the run folder and its journal. If `is_resumed` is set, reopens the newest
    /// interrupted run, or prints a note and begins a new one if there is none.
    pub fn begin(
        &self,
        is_resumed: bool,
        plan: &Plan,
        header: &Header,
        environment: &mut Environment,
    ) -> Result<(RunFolder, Journal, RunLock), Error> {
        let folder = self.folder(plan, environment);
        if is_resumed {
            let unfinished = match self.out {
                Some(out) => Some(RunLayout::new(out)),
                None => Project::new(self.home()).unfinished_run(&self.mark()),
            };
            if let Some(run) = unfinished {
                let mut resumed = RunFolder { run, ..folder.clone() };
                let lock = resumed.open(plan, self.profile)?;
                if let Some((journal, begun)) = Journal::resume(&resumed.run, header)? {
                    environment.started = begun.started;
                    resumed.texts = self.texts(plan, environment, &resumed.run);
                    return Ok((resumed, journal, lock));
                }
                if resumed.run.journal().is_file() {
                    let journal = Journal::begin(&resumed.run, header)?;
                    note_damage(&journal, &resumed.run);
                    // Only the damage was of interest; the new run has its own folder.
                    if self.out.is_none() {
                        journal.finish()?;
                    }
                }
            }
            output::note("note: no run was interrupted; this is a new one\n");
        }
        let lock = folder.open(plan, self.profile)?;
        if self.out.is_none() {
            Project::new(self.home()).ignore_in_git()?;
        }
        if self.is_stream {
            // Predictions of an earlier run in this folder do not belong to this run. Delete them
            // before the journal exists, so that a resumed run never reads them.
            clear(plan, &folder.run)?;
        }
        let journal = Journal::begin(&folder.run, header)?;
        note_damage(&journal, &folder.run);
        Ok((folder, journal, lock))
    }

    /// Returns the environment of a run on a number of threads at its start.
    pub fn environment(&self, jobs: usize) -> Environment {
        Environment {
            started: now(),
            ended: String::new(),
            git_commit: git_commit(self.home()),
            configuration_sha256: fs::read(self.config).map(sha256).unwrap_or_default(),
            jobs,
            shard: self.shard.map(|shard| shard.to_string()),
            is_partial: self.is_partial,
            selected_by: self.selected_by.clone(),
            until_decided: None,
        }
    }
}

/// Warns if an earlier journal was set aside.
fn note_damage(journal: &Journal, run: &RunLayout) {
    if let Some(moved) = journal.set_aside() {
        let (path, moved) = (run.journal(), moved.display());
        let what = "its first line is damaged, so that its answers cannot be used";
        output::note(&format!("warning: {}: {what}; it is now {moved}\n", path.display()));
    }
}

/// Deletes the predictions of an earlier run, complete or partial.
fn clear(plan: &Plan, run: &RunLayout) -> Result<(), Error> {
    for extractor in &plan.extractors {
        for dataset in extractor.on.keys() {
            let path = run.predictions(dataset, &extractor.name);
            for file in [path.with_extension("jsonl.partial"), path] {
                if file.exists() {
                    fs::remove_file(&file).map_err(|error| Diagnostic::io("take this away", &file, &error))?;
                }
            }
        }
    }
    Ok(())
}

/// Returns the current time. It is written only to `run.json` and the run folder's name, so that
/// reports are reproducible.
pub(super) fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

fn git_commit(folder: &Path) -> Option<String> {
    let commit = git::ask(folder, &["rev-parse", "HEAD"]).ok()?;
    (!commit.is_empty()).then_some(commit)
}
