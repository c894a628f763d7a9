//! The paths of karat's files: `.karat` and `reports` beside a configuration, and the layout of a
//! run folder. All other modules ask for paths here, so that a name is spelled out once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Diagnostic;

/// The folder of cached judges' verdicts, relative to the folder of the configuration.
pub const JUDGE_CACHE: &str = ".karat/judge";

/// The end of the names of run folders in which only selected documents were run.
pub const PARTIAL_MARK: &str = "-part";

/// The end of the names of run folders of runs that stop once the rules of the gate are decided.
pub const DECIDED_MARK: &str = "-decided";

/// The file extension of predictions.
const LINES: &str = "jsonl";

/// The names of datasets, each with the names of its extractors.
pub type Selected = BTreeMap<String, BTreeSet<String>>;

/// The folder of a configuration, in which karat keeps its files.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    home: &'a Path,
}

impl<'a> Project<'a> {
    /// The project whose configuration is in a folder.
    pub fn new(home: &'a Path) -> Self {
        Self { home }
    }

    /// The folder that contains what karat keeps between runs.
    fn karat(self) -> PathBuf {
        self.home.join(".karat")
    }

    /// The folder of the runs that were started without `--out`.
    fn runs(self) -> PathBuf {
        self.karat().join("runs")
    }

    /// The layout of the run with this id.
    pub fn run(self, id: &str) -> RunLayout {
        RunLayout::new(self.runs().join(id))
    }

    /// The folder of the extractors' answer caches.
    pub fn cache(self) -> PathBuf {
        self.karat().join("cache")
    }

    /// The layout of the predictions with texts of a run of confidential documents, which stay on
    /// this machine.
    pub fn texts(self, id: &str) -> RunLayout {
        let folder = self.karat().join("texts").join(id);
        RunLayout { predictions: folder.clone(), folder }
    }

    /// The database of the figures of past runs.
    pub fn history(self) -> PathBuf {
        self.karat().join("history.db")
    }

    /// The folder of cached judges' verdicts.
    pub fn judge_cache(self) -> PathBuf {
        self.home.join(JUDGE_CACHE)
    }

    /// Makes git ignore what karat keeps between runs, if there is anything. A file that exists is
    /// left as it is.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    pub fn ignore_in_git(self) -> Result<(), Diagnostic> {
        let file = self.karat().join(".gitignore");
        if !self.karat().is_dir() || file.exists() {
            return Ok(());
        }
        fs::write(&file, "*\n").map_err(|error| Diagnostic::io("write this", &file, &error))
    }

    /// The run of a base commit, against which the gate compares other runs.
    pub fn base(self, commit: &str) -> RunLayout {
        RunLayout::new(self.karat().join("bases").join(commit))
    }

    /// The folder of the reports on a dataset that are committed and reviewed.
    pub fn reports(self, dataset: &str, profile: Option<&str>) -> PathBuf {
        let name = profile.map_or_else(|| dataset.to_owned(), |profile| format!("{dataset}@{profile}"));
        self.home.join("reports").join(name)
    }

    /// Returns the folder of the newest finished run that is not a look at selected documents.
    /// Names of run folders begin with the time, so the newest is the last by name.
    ///
    /// # Errors
    /// Fails if there is no finished run.
    pub fn newest_run(self) -> Result<PathBuf, Diagnostic> {
        self.finished_runs().next().ok_or_else(|| {
            Diagnostic::new("there is no run yet").in_file(self.runs()).help("create one with `karat run`")
        })
    }

    /// Returns the folders of all runs, the newest first.
    pub fn run_folders(self) -> Vec<PathBuf> {
        let mut runs: Vec<PathBuf> = self.all_runs().map(RunLayout::into_folder).filter(|run| run.is_dir()).collect();
        runs.sort_by(|one, other| other.cmp(one));
        runs
    }

    /// Returns the finished runs, the newest first, without looks at selected documents.
    fn finished_runs(self) -> impl Iterator<Item = PathBuf> {
        let is_whole = |run: &PathBuf| {
            let name = run.to_string_lossy();
            let is_part = [PARTIAL_MARK, DECIDED_MARK].iter().any(|mark| name.ends_with(mark));
            RunLayout::new(run).manifest().is_file() && !is_part
        };
        self.run_folders().into_iter().filter(is_whole)
    }

    /// Returns the folder of the run that a user names: a path, `latest`, `previous`, or the
    /// beginning of the name of one run. A folder with such a name comes first.
    ///
    /// # Errors
    /// Fails if no run has the name, or if several names begin with it.
    pub fn named_run(self, name: &Path) -> Result<PathBuf, Diagnostic> {
        if name.exists() {
            return Ok(name.to_owned());
        }
        let written = name.to_string_lossy();
        match written.as_ref() {
            "latest" => return self.newest_run(),
            "previous" => {
                return self.finished_runs().nth(1).ok_or_else(|| {
                    let diagnostic = Diagnostic::new("there is no run before the latest one").in_file(self.runs());
                    diagnostic.help("`karat runs` lists the runs")
                });
            }
            _ => {}
        }
        let has_name = |run: &PathBuf| {
            run.file_name().is_some_and(|folder| folder.to_string_lossy().starts_with(written.as_ref()))
        };
        let mut found: Vec<PathBuf> = self.run_folders().into_iter().filter(has_name).collect();
        match found.len() {
            1 if !written.is_empty() => Ok(found.swap_remove(0)),
            // The caller reports that the path is no run.
            0 => Ok(name.to_owned()),
            several => {
                let diagnostic = Diagnostic::new(format!("{several} runs have a name that begins with {written:?}"));
                Err(diagnostic.in_file(self.runs()).help("write more of the name; `karat runs` lists the runs"))
            }
        }
    }

    /// Returns the newest run that still has a journal, and so was interrupted. Only run folders
    /// whose name ends in `mark` count; an empty mark selects those without one.
    pub fn unfinished_run(self, mark: &str) -> Option<RunLayout> {
        // A name consists of time, hash and mark, separated by dashes.
        let mark_of = |name: &str| name.splitn(3, '-').nth(2).map(|mark| format!("-{mark}")).unwrap_or_default();
        let is_wanted = |run: &RunLayout| {
            let name = run.folder().file_name().unwrap_or_default().to_string_lossy();
            run.journal().is_file() && mark_of(&name) == mark
        };
        self.all_runs().filter(is_wanted).map(RunLayout::into_folder).max().map(RunLayout::new)
    }

    fn all_runs(self) -> impl Iterator<Item = RunLayout> {
        entries(&self.runs()).map(RunLayout::new)
    }
}

/// The paths inside a run folder, whether or not the files exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLayout {
    folder: PathBuf,
    /// The folder of the predictions.
    predictions: PathBuf,
}

impl RunLayout {
    /// Reserved names in a run folder. No dataset can have one of them, since a dataset's reports
    /// are in a folder of its name.
    pub const TAKEN: [&'static str; 6] =
        ["predictions", "run.json", "journal.jsonl", "run.lock", "stderr", "gate.json"];

    /// The layout of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { predictions: folder.join("predictions"), folder }
    }

    /// The layout of the accepted baselines of a project, which are predictions without a run.
    pub(super) fn of_baselines(home: &Path) -> Self {
        let folder = home.join("golden").join("baselines");
        Self { predictions: folder.clone(), folder }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn into_folder(self) -> PathBuf {
        self.folder
    }

    /// The path of the manifest, `run.json`.
    pub fn manifest(&self) -> PathBuf {
        self.folder.join("run.json")
    }

    /// The path of the journal, which exists until the run is finished.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    /// The path of the lock file, which exists during a run.
    pub fn lock(&self) -> PathBuf {
        self.folder.join("run.lock")
    }

    /// The path of the verdicts of a run that stops once the rules of the gate are decided.
    pub fn gate(&self) -> PathBuf {
        self.folder.join("gate.json")
    }

    /// The path of an extractor's predictions on a dataset.
    pub fn predictions(&self, dataset: &str, extractor: &str) -> PathBuf {
        self.predictions.join(dataset).join(format!("{extractor}.{LINES}"))
    }

    /// The path of what an extractor's program wrote to standard error.
    pub fn errors(&self, extractor: &str) -> PathBuf {
        self.folder.join("stderr").join(format!("{extractor}.log"))
    }

    /// The folder of the reports on a dataset.
    pub fn reports(&self, dataset: &str) -> PathBuf {
        self.folder.join(dataset)
    }

    /// Lists the files of predictions that exist in the folder, by dataset and extractor.
    pub fn found(&self) -> Selected {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of = |folder: PathBuf| {
            let files = entries(&folder).filter(|file| file.extension().is_some_and(|extension| extension == LINES));
            let extractors = files.map(|file| file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            (name(&folder), extractors.collect())
        };
        entries(&self.predictions).map(of).collect()
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
