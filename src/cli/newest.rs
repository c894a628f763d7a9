//! The newest run.

use std::fs;
use std::path::{Path, PathBuf};

use karat::error::Fault;
use karat::store::JOURNAL;

/// The newest run in `.karat/runs`: their names begin with their times.
pub(super) fn run(home: &Path) -> Result<PathBuf, Fault> {
    let folder = home.join(".karat").join("runs");
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = entries.filter(|path| path.join("run.json").is_file()).max();
    newest.ok_or_else(|| Fault::new("there is no run yet").in_file(&folder).help("`karat run` makes one"))
}

/// The newest run that has a journal still, one that did not come to its end; of those whose names end in a mark, or in none.
pub(super) fn unfinished(home: &Path, mark: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(home.join(".karat").join("runs")).into_iter().flatten().flatten();
    // Time, hash and mark, each behind a dash.
    let mark_of = |name: &str| name.splitn(3, '-').nth(2).map(|mark| format!("-{mark}")).unwrap_or_default();
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.join(JOURNAL).is_file() && mark_of(&name) == mark
    };
    entries.map(|entry| entry.path()).filter(is_wanted).max()
}
