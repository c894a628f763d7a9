//! Runs git, to read the current commit and branch, files of other commits, and commits checked out
//! into temporary worktrees.

use std::path::{Path, PathBuf};
use std::process::Command;

use karat::error::Diagnostic;
use tempfile::TempDir;

/// Runs git in a folder and returns its trimmed standard output. Fails with git's own message if
/// git cannot be run or refuses the command.
pub(super) fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Diagnostic> {
    Ok(String::from_utf8_lossy(&bytes(folder, arguments)?).trim().to_owned())
}

/// Runs git in a folder and returns its standard output. Fails like [`ask`].
fn bytes(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Diagnostic> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    // Without a terminal, a question for a password would wait forever.
    let answer = Command::new("git").args(arguments).current_dir(folder).env("GIT_TERMINAL_PROMPT", "0").output();
    let answer = answer.map_err(|error| Diagnostic::new(format!("cannot run git: {error}")))?;
    if !answer.status.success() {
        let words = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(Diagnostic::new(format!("git {} failed: {words}", arguments.join(" "))));
    }
    Ok(answer.stdout)
}

/// Returns the content of an object, such as `COMMIT:PATH`. Fails like [`ask`].
pub(super) fn object(folder: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    bytes(folder, &["cat-file", "blob", name])
}

/// Returns the branch that is checked out; `None` if it is a single commit, or no repository.
pub(super) fn branch(folder: &Path) -> Option<String> {
    ask(folder, &["symbolic-ref", "--short", "--quiet", "HEAD"]).ok().filter(|branch| !branch.is_empty())
}

/// Returns whether tracked files differ from the commit, other than those in the project's
/// `reports`, which every run writes; `None` if the folder is in no repository.
pub(super) fn is_changed(folder: &Path) -> Option<bool> {
    let arguments = ["status", "--porcelain", "--untracked-files=no", "--", ":(top)", ":(exclude)reports"];
    ask(folder, &arguments).ok().map(|changed| !changed.is_empty())
}

/// Returns the content of a file of a commit; `None` if the commit has no such file. The path is
/// relative to the folder.
pub(super) fn file_of(folder: &Path, commit: &str, path: &Path) -> Option<Vec<u8>> {
    // Paths in git have slashes on every system; `./` is the folder in which git runs.
    let path = path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    bytes(folder, &["show", &format!("{commit}:./{path}")]).ok()
}

/// Returns the paths of the files of a commit below a path, all relative to the folder.
pub(super) fn files_of(folder: &Path, commit: &str, below: &str) -> Result<Vec<PathBuf>, Diagnostic> {
    let listed = bytes(folder, &["ls-tree", "-r", "-z", "--name-only", commit, "--", below])?;
    let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    Ok(paths.map(|path| PathBuf::from(String::from_utf8_lossy(path).into_owned())).collect())
}

/// Returns the id of a commit. A shallow clone that lacks it fetches it alone from `origin`. Fails
/// if there is no such commit.
pub(super) fn commit(folder: &Path, reference: &str) -> Result<String, Diagnostic> {
    let id = |reference: &str| ask(folder, &["rev-parse", "--verify", &format!("{reference}^{{commit}}")]);
    let known = id(reference);
    let is_shallow = || ask(folder, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer == "true");
    if known.is_ok() || !is_shallow() {
        return known.map_err(|diagnostic| {
            diagnostic.help("name a branch, a tag or a commit; `git fetch origin` gets those of the remote")
        });
    }
    let name = reference.strip_prefix("origin/").unwrap_or(reference);
    let fetched = ask(folder, &["fetch", "--quiet", "--no-tags", "--depth=1", "--", "origin", name]);
    fetched.and_then(|_| id("FETCH_HEAD")).map_err(|diagnostic| {
        let message =
            format!("this shallow clone lacks {reference:?}, and it cannot be fetched: {}", diagnostic.message);
        Diagnostic::new(message).help(
            "clone with the history: `fetch-depth: 0` of actions/checkout, or `git fetch --unshallow` in this clone",
        )
    })
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
