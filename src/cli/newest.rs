//! The newest run.

use std::fs;
use std::path::{Path, PathBuf};

use karat::corpus::Shard;
use karat::error::Fault;
use karat::store::JOURNAL;

/// The newest run in `.karat/runs`: their names begin with their times.
pub(super) fn run(home: &Path) -> Result<PathBuf, Fault> {
    let folder = home.join(".karat").join("runs");
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = entries.filter(|path| path.join("run.json").is_file()).max();
    newest.ok_or_else(|| Fault::new("there is no run yet").in_file(&folder).help("`karat run` makes one"))
}

/// The newest run that has a journal still, one that did not come to its end; of a shard, where one is asked for.
pub(super) fn unfinished(home: &Path, shard: Option<Shard>) -> Option<PathBuf> {
    let entries = fs::read_dir(home.join(".karat").join("runs")).into_iter().flatten().flatten();
    let end = shard.map_or(String::new(), |Shard { number, of }| format!("-{number}-of-{of}"));
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.join(JOURNAL).is_file() && name.ends_with(&end) && name.contains("-of-") == shard.is_some()
    };
    entries.map(|entry| entry.path()).filter(is_wanted).max()
}
