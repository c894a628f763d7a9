//! Where karat keeps its files: `.karat` and `reports` beside a configuration, and the inside of a
//! run folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Diagnostic;

/// The folder of judges' verdicts below the folder of a configuration.
pub const JUDGE_CACHE: &str = ".karat/judge";

/// The extension of files of predictions.
const LINES: &str = "jsonl";

/// Datasets with their extractors.
pub type Selected = BTreeMap<String, BTreeSet<String>>;

/// The folder of a configuration.
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

    /// The runs that were given no folder of their own.
    fn runs(self) -> PathBuf {
        self.karat().join("runs")
    }

    /// The run of an id.
    pub fn run(self, id: &str) -> RunLayout {
        RunLayout::new(self.runs().join(id))
    }

    /// The caches of extractors.
    pub fn cache(self) -> PathBuf {
        self.karat().join("cache")
    }

    /// The verdicts of judges.
    pub fn judge_cache(self) -> PathBuf {
        self.home.join(JUDGE_CACHE)
    }

    /// The run of a commit that other runs were judged against.
    pub fn base(self, commit: &str) -> RunLayout {
        RunLayout::new(self.karat().join("bases").join(commit))
    }

    /// The reports on a dataset that people review.
    pub fn reports(self, dataset: &str, profile: Option<&str>) -> PathBuf {
        let name = profile.map_or_else(|| dataset.to_owned(), |profile| format!("{dataset}@{profile}"));
        self.home.join("reports").join(name)
    }

    /// The newest finished run: the name of its folder begins with its time.
    ///
    /// # Errors
    /// If there is none.
    pub fn newest_run(self) -> Result<PathBuf, Diagnostic> {
        let newest = self.all_runs().filter(|run| run.manifest().is_file()).map(RunLayout::into_folder).max();
        newest.ok_or_else(|| Diagnostic::new("there is no run yet").in_file(self.runs()).help("`karat run` makes one"))
    }

    /// The newest run that still has a journal, and so did not end; of those whose names end in a
    /// mark, or in none.
    pub fn unfinished_run(self, mark: &str) -> Option<RunLayout> {
        // Time, hash and mark, each behind a dash.
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
}

impl RunLayout {
    /// Names in a run folder that no dataset can have, whose reports are in a folder of its name.
    pub const TAKEN: [&'static str; 3] = ["predictions", "run.json", "journal.jsonl"];

    /// The layout of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn into_folder(self) -> PathBuf {
        self.folder
    }

    /// What was run, on what, and how it ended.
    pub fn manifest(&self) -> PathBuf {
        self.folder.join("run.json")
    }

    /// The answers of a run that has not ended.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    /// The predictions of an extractor on a dataset.
    pub fn predictions(&self, dataset: &str, extractor: &str) -> PathBuf {
        self.folder.join("predictions").join(dataset).join(format!("{extractor}.{LINES}"))
    }

    /// The reports on a dataset.
    pub fn reports(&self, dataset: &str) -> PathBuf {
        self.folder.join(dataset)
    }

    /// The files of predictions that are in the folder.
    pub fn found(&self) -> Selected {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of = |folder: PathBuf| {
            let files = entries(&folder).filter(|file| file.extension().is_some_and(|extension| extension == LINES));
            let extractors = files.map(|file| file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            (name(&folder), extractors.collect())
        };
        entries(&self.folder.join("predictions")).map(of).collect()
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
