//! Reads the reports that were committed to git, from each commit that changed them.
//!
//! Git is asked for the content of every version, so that nothing is checked out. A file that
//! cannot be read is named with its commit, and the others are read all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use karat::error::Diagnostic;
use karat::history::{RecordedResult, RecordedRun, RunSource, read_scores_csv};

use super::super::git;

/// The name of the file with the figures in a folder of reports.
const SCORES: &str = "scores.csv";

/// The reports in the history of a repository.
#[derive(Debug, Default)]
pub(super) struct GitReports {
    /// One run for each commit and profile.
    pub runs: Vec<RecordedRun>,
    /// Why files were left out, one sentence each.
    pub unreadable: Vec<String>,
}

/// A commit that changed reports.
struct Commit {
    id: String,
    date: String,
    /// The paths of changed `scores.csv`, relative to the root of the repository.
    paths: Vec<String>,
}

/// Reads the reports below a path in all commits up to a reference. Fails if git cannot be asked,
/// or if no commit has any.
pub(super) fn find(path: &Path, reference: &str, config: &Path) -> Result<GitReports, Diagnostic> {
    let here = Path::new("");
    let tip = git::commit(here, reference)?;
    let listed = git::ask(
        here,
        &[
            // The folder may have a name with an asterisk, which is no pattern.
            "--literal-pathspecs",
            "log",
            "-c",
            "-z",
            // Settings of the user must not change what is listed, and how.
            "--no-relative",
            "--no-show-signature",
            "--diff-filter=d",
            "--name-only",
            "--format=%x01%H %cI",
            &tip,
            "--",
            &path.to_string_lossy(),
        ],
    )?;
    let commits = commits_of(&listed);
    if commits.is_empty() {
        let message = format!("no commit up to {reference} changed a `{SCORES}` below {}", path.display());
        let help = "name the folder of the reports, as in `karat history import --git reports/`";
        return Err(Diagnostic::new(message).help(help));
    }
    let mut found = GitReports::default();
    for commit in &commits {
        read_commit(commit, config, &mut found);
    }
    if git::ask(here, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer == "true") {
        found.unreadable.push(format!(
            "this clone is shallow, so that older commits are missing; `git fetch --unshallow` gets them (read: {})",
            commits.len()
        ));
    }
    Ok(found)
}

/// Parses what git lists: for each commit a line with its id and date, and the paths of its files,
/// each of which ends with a NUL. Commits without scores are left out.
fn commits_of(listed: &str) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    let mut is_first = false;
    for part in listed.split('\0') {
        if let Some(commit) = commit_of(part) {
            commits.push(commit);
            is_first = true;
            continue;
        }
        // Git writes a line break between a commit and its first path.
        let path = if is_first { part.strip_prefix('\n').unwrap_or(part) } else { part };
        is_first = false;
        if path.rsplit('/').next() == Some(SCORES)
            && let Some(commit) = commits.last_mut()
        {
            commit.paths.push(path.to_owned());
        }
    }
    commits.retain(|commit| !commit.paths.is_empty());
    commits
}

/// Parses the line of a commit; `None` if it is a path.
fn commit_of(line: &str) -> Option<Commit> {
    let (id, date) = line.strip_prefix('\u{1}')?.split_once(' ')?;
    let is_id = id.len() >= 40 && id.chars().all(|digit| digit.is_ascii_hexdigit());
    is_id.then(|| Commit { id: id.to_owned(), date: date.trim().to_owned(), paths: Vec::new() })
}

/// Adds the runs of a commit, one for each profile.
fn read_commit(commit: &Commit, config: &Path, found: &mut GitReports) {
    let short = commit.id.get(..12).unwrap_or(&commit.id);
    let Ok(date) = commit.date.parse::<Timestamp>() else {
        found.unreadable.push(format!("the commit {short} has no readable date: {:?}", commit.date));
        return;
    };
    let mut states = FileStates::of(&commit.id, config);
    let mut by_profile: BTreeMap<Option<String>, Vec<RecordedResult>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for path in &commit.paths {
        let of = format!("{path} of the commit {short}");
        let content = match git::object(Path::new(""), &format!("{}:{path}", commit.id)) {
            Ok(content) => content,
            Err(diagnostic) => {
                found.unreadable.push(format!("{of} cannot be read: {}", diagnostic.message));
                continue;
            }
        };
        let results = match read_scores_csv(&content) {
            Ok(results) => results,
            Err(reason) => {
                found.unreadable.push(format!("{of} cannot be read: {reason}"));
                continue;
            }
        };
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        for mut result in results {
            let profile = folder.strip_prefix(&format!("{}@", result.dataset)).map(str::to_owned);
            if !seen.insert((profile.clone(), result.dataset.clone(), result.extractor.clone())) {
                let what = format!("{}, {}", result.dataset, result.extractor);
                found.unreadable.push(format!("{of} repeats the figures of {what}, which another file has"));
                continue;
            }
            (result.documents, result.golden) = states.of_dataset(&result.dataset);
            by_profile.entry(profile).or_default().push(result);
        }
    }
    for (profile, results) in by_profile {
        let mark = profile.as_ref().map(|profile| format!("@{profile}")).unwrap_or_default();
        found.runs.push(RecordedRun {
            run: format!("git-{short}{mark}"),
            source: RunSource::Git,
            started: format!("{date:.3}"),
            commit: Some(commit.id.clone()),
            profile,
            results,
            ..RecordedRun::default()
        });
    }
}

/// The states of the documents and the golden files of datasets in a commit: the ids of their
/// objects. The configuration of that commit has their paths; a state is unknown if the commit
/// lacks that file, or what it names.
struct FileStates<'a> {
    commit: &'a str,
    config: &'a Path,
    datasets: Option<toml::Table>,
    known: BTreeMap<String, (Option<String>, Option<String>)>,
}

impl<'a> FileStates<'a> {
    fn of(commit: &'a str, config: &'a Path) -> Self {
        let home = config.parent().unwrap_or(Path::new(""));
        let content = config.file_name().and_then(|name| git::file_of(home, commit, Path::new(name)));
        let parsed = content.and_then(|content| String::from_utf8(content).ok()?.parse::<toml::Table>().ok());
        let datasets = parsed.and_then(|mut table| match table.remove("datasets") {
            Some(toml::Value::Table(datasets)) => Some(datasets),
            _ => None,
        });
        Self { commit, config, datasets, known: BTreeMap::new() }
    }

    /// Returns the state of the documents and that of the golden files.
    fn of_dataset(&mut self, dataset: &str) -> (Option<String>, Option<String>) {
        if let Some(known) = self.known.get(dataset) {
            return known.clone();
        }
        let home = self.config.parent().unwrap_or(Path::new(""));
        let state = |key: &str| {
            let path = self.datasets.as_ref()?.get(dataset)?.get(key)?.as_str()?;
            let object = format!("{}:./{}", self.commit, path.trim_end_matches('/'));
            let id = git::ask(home, &["rev-parse", "--verify", "--quiet", &object]).ok()?;
            Some(format!("git:{id}"))
        };
        let states = (state("documents"), state("golden"));
        self.known.insert(dataset.to_owned(), states.clone());
        states
    }
}
