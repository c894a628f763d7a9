//! The names in the project of the current folder, for shells that complete and for lists.
//!
//! Only the names of tables are read, since a shell waits for them: a karat.toml with errors in its
//! values still has names. Any error leaves a list empty; the command that is then run reports it.

use std::fs;
use std::path::Path;

use karat::config;
use karat::store::history::History;
use karat::store::{Project, RunLayout};

use super::Value;

pub(super) fn datasets() -> Vec<Value> {
    names("datasets", "documents")
}

pub(super) fn extractors() -> Vec<Value> {
    names("extractors", "kind")
}

pub(super) fn profiles() -> Vec<Value> {
    names("profiles", "datasets")
}

/// Returns `latest`, `previous` and the names of all runs, the newest first.
pub(super) fn runs() -> Vec<Value> {
    let folders = Project::new(Path::new("")).run_folders();
    let named = folders.iter().filter_map(|folder| Some((folder, folder.file_name()?.to_str()?)));
    let found: Vec<Value> = named
        .filter(|(_, name)| is_name(name))
        .map(|(folder, name)| {
            let is_finished = RunLayout::new(folder).manifest().is_file();
            Value::new(name, if is_finished { "a run" } else { "a run that is interrupted or in progress" })
        })
        .collect();
    let newest = [("latest", "the newest run"), ("previous", "the run before the newest one")];
    let newest = newest.into_iter().take(found.len()).map(|(name, about)| Value::new(name, about));
    newest.chain(found.iter().cloned()).collect()
}

/// Returns the runs, and `baseline` for the accepted baselines.
pub(super) fn runs_and_baseline() -> Vec<Value> {
    let mut runs = runs();
    if Path::new("golden/baselines").is_dir() {
        runs.insert(runs.len().min(2), Value::new("baseline", "the accepted baselines"));
    }
    runs
}

/// Returns `latest`, `previous` and the ids of all recorded runs, the newest first.
pub(super) fn recorded_runs() -> Vec<Value> {
    let history = History::open(&Project::new(Path::new("")).history());
    let ids = history.ok().flatten().and_then(|history| history.run_ids().ok()).unwrap_or_default();
    let newest = [("latest", "the newest recorded run"), ("previous", "the recorded run before the newest one")];
    let newest = newest.into_iter().take(ids.len()).map(|(name, about)| Value::new(name, about));
    newest.chain(ids.iter().filter(|id| is_name(id)).map(|id| Value::new(id.as_str(), "a recorded run"))).collect()
}

/// Returns the names of the tables of a section of karat.toml, each with the value of a key.
fn names(section: &str, key: &str) -> Vec<Value> {
    let Ok(text) = fs::read_to_string(config::FILE) else { return Vec::new() };
    let Ok(root) = text.parse::<toml::Table>() else { return Vec::new() };
    let tables = root.get(section).and_then(toml::Value::as_table).into_iter().flatten();
    let about = |table: &toml::Value| match table.get(key) {
        Some(toml::Value::String(text)) => text.clone(),
        Some(toml::Value::Array(items)) => items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    tables.filter(|(name, _)| is_name(name)).map(|(name, table)| Value::new(name, about(table))).collect()
}

/// Whether a shell can show a name as it is.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(char::is_control)
}
