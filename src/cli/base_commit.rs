//! What a run is judged against: accepted baselines, or another commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use karat::error::{Diagnostic, Error};
use karat::store::{Baseline, Project, Run, baseline_files};
use tempfile::TempDir;

use super::git::{self, Worktree, temporary};
use super::{exit, runs};

/// Where the base's predictions are.
pub(super) struct Bases {
    from: From,
    /// The working tree's own run, where one was made.
    candidate: Option<TempDir>,
}

enum From {
    /// golden/baselines below a folder.
    Baselines(PathBuf),
    /// The same of a commit, written into a folder of its own.
    Committed(TempDir),
    /// A run.
    Run(Box<Run>),
}

impl Bases {
    /// The accepted baselines.
    pub fn accepted(home: &Path) -> Self {
        Self { from: From::Baselines(home.to_owned()), candidate: None }
    }

    /// The working tree's own run.
    pub fn candidate(&self) -> Option<&Path> {
        self.candidate.as_ref().map(TempDir::path)
    }

    /// The predictions of an extractor on a dataset, and what was said of them when they were
    /// accepted; `None` where there are none.
    pub fn of(&self, dataset: &str, extractor: &str) -> Result<Option<(PathBuf, Option<Baseline>)>, Diagnostic> {
        let home = match &self.from {
            From::Baselines(home) => home.as_path(),
            From::Committed(folder) => folder.path(),
            From::Run(run) => {
                if !run.has(dataset, extractor) {
                    return Ok(None);
                }
                run.check(dataset, extractor)?;
                return Ok(Some((run.predictions(dataset, extractor), None)));
            }
        };
        let files = baseline_files(home, dataset, extractor);
        let baseline = Baseline::load(&files)?;
        let [predictions, _] = files;
        Ok(baseline.map(|baseline| (predictions, Some(baseline))))
    }
}

/// The base of a commit, and a run of the working tree: the commit's cached run, or its baselines
/// where they have everything that was run, or else a run of it in a worktree of its own.
pub(super) fn of_commit(home: &Path, config: &Path, reference: &str) -> Result<Bases, Error> {
    let commit = git::ask(home, &["rev-parse", "--verify", &format!("{reference}^{{commit}}")])?;
    let candidate = temporary()?;
    run(config, candidate.path())?;
    let cached = Project::new(home).base(&commit);
    let of_run = |candidate| -> Result<Bases, Diagnostic> {
        Ok(Bases { from: From::Run(Box::new(runs::open(cached.folder())?)), candidate: Some(candidate) })
    };
    if cached.manifest().is_file() {
        return Ok(of_run(candidate)?);
    }
    if let Some(folder) = committed(home, &commit, candidate.path())? {
        return Ok(Bases { from: From::Committed(folder), candidate: Some(candidate) });
    }
    let prefix = git::ask(home, &["rev-parse", "--show-prefix"])?;
    let tree = Worktree::of(home, &commit)?;
    run(&tree.path().join(prefix).join(config.file_name().unwrap_or_default()), cached.folder())?;
    Ok(of_run(candidate)?)
}

/// The baselines that a commit has of all that was run, in a folder of their own.
fn committed(home: &Path, commit: &str, run: &Path) -> Result<Option<TempDir>, Error> {
    let folder = temporary()?;
    for (dataset, extractors) in Run::open(run)?.select(|_, _| true).map_err(Error::Input)? {
        for extractor in extractors {
            for file in baseline_files(Path::new(""), &dataset, &extractor) {
                // `./` is the folder that git is asked in, and paths in git have slashes on every
                // system.
                let path = file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                let Ok(mut content) = git::ask(home, &["show", &format!("{commit}:./{path}")]) else { return Ok(None) };
                content.push('\n');
                let place = folder.path().join(file);
                let write =
                    || fs::create_dir_all(place.parent().unwrap_or(&place)).and_then(|()| fs::write(&place, content));
                write().map_err(|error| Diagnostic::io("write the commit's baseline", &place, &error))?;
            }
        }
    }
    Ok(Some(folder))
}

/// Runs karat on a configuration; documents that are not answered are judged, not refused.
fn run(config: &Path, out: &Path) -> Result<(), Diagnostic> {
    let program =
        std::env::current_exe().map_err(|error| Diagnostic::new(format!("cannot find karat itself: {error}")))?;
    let status =
        Command::new(program).arg("run").arg("--quiet").arg("--config").arg(config).arg("--out").arg(out).status();
    let status = status.map_err(|error| Diagnostic::new(format!("cannot start `karat run`: {error}")))?;
    match status.code() {
        Some(code) if code == i32::from(exit::PASS) || code == i32::from(exit::INCOMPLETE) => Ok(()),
        _ => Err(Diagnostic::new("`karat run` failed").in_file(config).help("its own words are above")),
    }
}
