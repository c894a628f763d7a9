//! What the repository says.

use std::path::{Path, PathBuf};
use std::process::Command;

use karat::error::Diagnostic;
use tempfile::TempDir;

/// Asks git; its own words where it refuses.
pub(super) fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Diagnostic> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let answer = Command::new("git").args(arguments).current_dir(folder).output();
    let answer = answer.map_err(|error| Diagnostic::new(format!("cannot run git: {error}")))?;
    if !answer.status.success() {
        let words = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(Diagnostic::new(format!("git {} says: {words}", arguments.join(" "))));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// A folder that goes when it is dropped.
pub(super) fn temporary() -> Result<TempDir, Diagnostic> {
    tempfile::tempdir().map_err(|error| Diagnostic::new(format!("cannot make a temporary folder: {error}")))
}

/// A commit, checked out into a folder of its own until this is dropped.
pub(super) struct Worktree {
    home: PathBuf,
    folder: TempDir,
}

impl Worktree {
    pub fn of(home: &Path, commit: &str) -> Result<Self, Diagnostic> {
        let folder = temporary()?;
        let place = folder.path().join("tree");
        ask(home, &["worktree", "add", "--detach", &place.display().to_string(), commit])?;
        Ok(Self { home: home.to_owned(), folder })
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("tree")
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        // What is left behind is only a note in the repository, which `git worktree prune` takes
        // away.
        let _ = ask(&self.home, &["worktree", "remove", "--force", &self.path().display().to_string()]);
    }
}
