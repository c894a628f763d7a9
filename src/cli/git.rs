//! Runs git, to read the current commit, files of other commits, and commits checked out into
//! temporary worktrees.

use std::path::{Path, PathBuf};
use std::process::Command;

use karat::error::Diagnostic;
use tempfile::TempDir;

/// Runs git in a folder and returns its trimmed standard output. Fails with git's own message if
/// git cannot be run or refuses the command.
pub(super) fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Diagnostic> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let answer = Command::new("git").args(arguments).current_dir(folder).output();
    let answer = answer.map_err(|error| Diagnostic::new(format!("cannot run git: {error}")))?;
    if !answer.status.success() {
        let words = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(Diagnostic::new(format!("git {} failed: {words}", arguments.join(" "))));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Creates a temporary folder, which is deleted when the value is dropped.
pub(super) fn temporary() -> Result<TempDir, Diagnostic> {
    tempfile::tempdir().map_err(|error| Diagnostic::new(format!("cannot make a temporary folder: {error}")))
}

/// A commit that is checked out in a temporary worktree, which is removed when the value is
/// dropped.
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
        // A failure leaves at most an entry in the repository, which `git worktree prune` removes.
        let _ = ask(&self.home, &["worktree", "remove", "--force", &self.path().display().to_string()]);
    }
}
