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
            "-c",
            "core.quotePath=false",
            "log",
            "-c",
            "--diff-filter=d",
            "--name-only",
            "--format=%x01%H %cI",
            &tip,
            "--",
            &path.to_string_lossy(),
        ],
    )?;
    let commits: Vec<Commit> = listed.split('\u{1}').filter_map(commit_of).collect();
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

fn commit_of(text: &str) -> Option<Commit> {
    let mut lines = text.lines();
    let (id, date) = lines.next()?.split_once(' ')?;
    let is_scores = |path: &&str| path.rsplit('/').next() == Some(SCORES);
    let paths: Vec<String> = lines.filter(is_scores).map(str::to_owned).collect();
    (!paths.is_empty()).then(|| Commit { id: id.to_owned(), date: date.trim().to_owned(), paths })
}

/// Adds the runs of a commit, one for each profile.
fn read_commit(commit: &Commit, config: &Path, found: &mut GitReports) {
    let short = commit.id.get(..12).unwrap_or(&commit.id);
    let Ok(date) = commit.date.parse::<Timestamp>() else {
        found.unreadable.push(format!("the commit {short} has no readable date: {:?}", commit.date));
        return;
    };
    let mut golden = GoldenStates::of(&commit.id, config);
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
            result.golden = golden.of_dataset(&result.dataset);
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

/// The ids of the objects of golden files in a commit, by dataset. The configuration of that commit
/// says where they are.
struct GoldenStates<'a> {
    commit: &'a str,
    config: &'a Path,
    datasets: Option<toml::Table>,
    known: BTreeMap<String, Option<String>>,
}

impl<'a> GoldenStates<'a> {
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

    fn of_dataset(&mut self, dataset: &str) -> Option<String> {
        if let Some(known) = self.known.get(dataset) {
            return known.clone();
        }
        let home = self.config.parent().unwrap_or(Path::new(""));
        let golden = self.datasets.as_ref().and_then(|datasets| datasets.get(dataset)?.get("golden")?.as_str());
        let object = |golden: &str| {
            let golden = golden.trim_end_matches('/');
            git::ask(home, &["rev-parse", "--verify", "--quiet", &format!("{}:./{golden}", self.commit)]).ok()
        };
        let state = golden.and_then(object).map(|id| format!("git:{id}"));
        self.known.insert(dataset.to_owned(), state.clone());
        state
    }
}
