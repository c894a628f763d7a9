//! The base that a run is compared with: the accepted baselines, or another commit. The run of a
//! commit is cached under its id, to extract only once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use karat::error::{Diagnostic, Error};
use karat::store::{Baseline, Project, Run, baseline_files};
use tempfile::TempDir;

use super::git::{self, Worktree, temporary};
use super::{exit, runs};

/// The base's predictions, and the run of the working tree if one was made.
pub(super) struct Bases {
    from: From,
    /// The run of the working tree; `None` for accepted baselines.
    candidate: Option<TempDir>,
}

enum From {
    /// The folder that contains `golden/baselines`.
    Baselines(PathBuf),
    /// A temporary folder with the `golden/baselines` of a commit.
    Committed(TempDir),
    /// A run of a commit.
    Run(Box<Run>),
}

impl Bases {
    /// Returns the accepted baselines in the folder of the configuration.
    pub fn accepted(home: &Path) -> Self {
        Self { from: From::Baselines(home.to_owned()), candidate: None }
    }

    /// Returns the folder of the working tree's run, if one was made.
    pub fn candidate(&self) -> Option<&Path> {
        self.candidate.as_ref().map(TempDir::path)
    }

    /// Returns the path of an extractor's predictions on a dataset, with the metadata of the
    /// baseline if they come from one; `None` if the base has no such predictions.
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

/// Runs the working tree and returns it with the base of a commit. The base is the cached run of
/// the commit; else its baselines, if they cover everything that was run; else a new run of the
/// commit in a temporary worktree.
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

/// Copies the baselines of a commit into a temporary folder; `None` if they do not cover everything
/// that was run.
fn committed(home: &Path, commit: &str, run: &Path) -> Result<Option<TempDir>, Error> {
    let folder = temporary()?;
    for (dataset, extractors) in Run::open(run)?.select(|_, _| true).map_err(Error::Input)? {
        for extractor in extractors {
            for file in baseline_files(Path::new(""), &dataset, &extractor) {
                // `./` is the folder in which git runs. Paths in git have slashes on every system.
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

/// Runs `karat run` on a configuration. Unanswered documents are not an error, since the gate
/// judges them.
fn run(config: &Path, out: &Path) -> Result<(), Diagnostic> {
    let program =
        std::env::current_exe().map_err(|error| Diagnostic::new(format!("cannot find karat itself: {error}")))?;
    let status =
        Command::new(program).arg("run").arg("--quiet").arg("--config").arg(config).arg("--out").arg(out).status();
    let status = status.map_err(|error| Diagnostic::new(format!("cannot start `karat run`: {error}")))?;
    match status.code() {
        Some(code) if code == i32::from(exit::PASS) || code == i32::from(exit::INCOMPLETE) => Ok(()),
        _ => Err(Diagnostic::new("`karat run` failed").in_file(config).help("its error messages are above")),
    }
}
