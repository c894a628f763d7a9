//! The base that a run is compared with: the accepted baselines, or another commit. The run of a
//! commit is cached under its id, to extract only once.

use std::fs;
use std::path::{Path, PathBuf};

use karat::error::{Diagnostic, Error};
use karat::store::{Baseline, Project, Run, Selected, baseline_files, baselines_in};
use tempfile::TempDir;

use super::completeness::Completeness;
use super::git::{self, Worktree, temporary};
use super::plan::ConfigFile;
use super::{call, exit, runs};

/// The base's predictions.
pub(super) struct Bases {
    from: From,
    /// The base as a phrase for a reviewer.
    pub name: String,
}

enum From {
    /// The folder that contains `golden/baselines`.
    Baselines(PathBuf),
    /// A run of a commit.
    Run(Box<Run>),
}

impl Bases {
    /// Returns the accepted baselines in the folder of the configuration.
    pub fn accepted(home: &Path) -> Self {
        let name = "the accepted baselines in golden/baselines".to_owned();
        Self { from: From::Baselines(home.to_owned()), name }
    }

    /// Returns the path of an extractor's predictions on a dataset, with the metadata of the
    /// baseline if they come from one; `None` if the base has no such predictions.
    pub fn of(&self, dataset: &str, extractor: &str) -> Result<Option<(PathBuf, Option<Baseline>)>, Diagnostic> {
        let home = match &self.from {
            From::Baselines(home) => home.as_path(),
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

/// A commit against which a working tree is judged.
pub(super) struct BaseCommit {
    /// The commit as the user wrote it.
    pub reference: String,
    pub id: String,
    /// A temporary folder with the `golden/baselines` of the commit.
    folder: TempDir,
}

impl BaseCommit {
    /// Finds a commit and copies its baselines into a temporary folder. `home` is the folder of the
    /// configuration.
    pub fn find(home: &Path, reference: &str) -> Result<Self, Diagnostic> {
        let id = git::commit(home, reference)?;
        let folder = temporary()?;
        let lacks = |path: &Path| {
            let message = format!("cannot read {} of {reference:?}", path.display());
            Diagnostic::new(message).help("is the clone complete? `fetch-depth: 0` of actions/checkout gets everything")
        };
        for path in git::files_of(home, &id, "golden/baselines")? {
            let content = git::file_of(home, &id, &path).ok_or_else(|| lacks(&path))?;
            let copy = folder.path().join(path);
            let write = || fs::create_dir_all(copy.parent().unwrap_or(&copy)).and_then(|()| fs::write(&copy, content));
            write().map_err(|error| Diagnostic::io("write the commit's baseline", &copy, &error))?;
        }
        Ok(Self { reference: reference.to_owned(), id, folder })
    }

    /// The folder that contains `golden/baselines` of the commit.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the commit as a phrase for a reviewer.
    pub fn name(&self) -> String {
        format!("{} (commit {})", self.reference, short(&self.id))
    }

    /// Returns the base of the pairs of a dataset and an extractor that rules compare. It is the
    /// commit's baselines, if they cover all pairs that need one; else a run of the commit, which
    /// is made in a temporary worktree and cached. A commit without a configuration has no answers.
    pub fn bases(
        &self,
        config: &ConfigFile,
        needed: &Selected,
        completeness: Completeness<'_>,
    ) -> Result<Bases, Error> {
        let has = baselines_in(self.home());
        let is_covered = |(dataset, extractors): (&String, &std::collections::BTreeSet<String>)| {
            has.get(dataset).is_some_and(|known| extractors.is_subset(known))
        };
        let (home, file) = (config.home(), config.path.file_name().unwrap_or_default());
        if needed.iter().all(is_covered) || git::file_of(home, &self.id, Path::new(file)).is_none() {
            let name = format!("the baselines of {}", self.name());
            return Ok(Bases { from: From::Baselines(self.home().to_owned()), name });
        }
        let cached = Project::new(home).base(&self.id);
        let is_complete = |run: &Run| completeness.gaps(run, needed).is_empty();
        let run = match runs::open(cached.folder()).ok().filter(is_complete) {
            Some(run) => run,
            None => {
                let prefix = git::ask(home, &["rev-parse", "--show-prefix"])?;
                let tree = Worktree::of(home, &self.id)?;
                run(&tree.path().join(prefix).join(file), cached.folder())?;
                runs::open(cached.folder())?
            }
        };
        completeness.check(&run, needed)?;
        Ok(Bases { from: From::Run(Box::new(run)), name: format!("a run of {}", self.name()) })
    }
}

/// Returns the beginning of a commit's id.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Runs `karat run` on a configuration. Unanswered documents are not an error, since the gate
/// judges them.
pub(super) fn run(config: &Path, out: &Path) -> Result<(), Diagnostic> {
    let mut karat = call::again().map_err(|error| Diagnostic::new(format!("cannot find karat itself: {error}")))?;
    let status = karat.arg("run").arg("--quiet").arg("--config").arg(config).arg("--out").arg(out).status();
    let status = status.map_err(|error| Diagnostic::new(format!("cannot start `karat run`: {error}")))?;
    match status.code() {
        Some(code) if code == i32::from(exit::PASS) || code == i32::from(exit::INCOMPLETE) => Ok(()),
        _ => Err(Diagnostic::new("`karat run` failed").in_file(config).help("its error messages are above")),
    }
}
