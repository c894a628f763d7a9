//! The lock of a run folder: two runs in one folder would mix their files.
//!
//! The operating system releases the lock when the process ends, however it ends, so that a killed
//! run does not block the next one. The file itself is removed with the lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::layout::RunLayout;
use crate::error::Diagnostic;

/// The lock of a run folder, held until the value is dropped.
#[derive(Debug)]
pub struct RunLock {
    path: PathBuf,
    _file: File,
}

impl RunLock {
    /// Locks an existing run folder.
    ///
    /// # Errors
    /// Fails if another process holds the lock, or if the lock file cannot be created.
    pub fn acquire(run: &RunLayout) -> Result<Self, Diagnostic> {
        let path = run.lock();
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            let file = file.map_err(|error| Diagnostic::io("lock this run folder", &path, &error))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Self { path, _file: file }),
                // The previous owner removed the file between its opening and its locking.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let diagnostic = Diagnostic::new("another run is in progress in this folder").in_file(run.folder());
                    return Err(diagnostic.help("wait for it to end, or name another folder with --out"));
                }
                // Some network file systems have no locks; a run is possible there all the same.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self { path, _file: file });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(Diagnostic::io("lock this run folder", &path, &error));
                }
            }
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // If the file cannot be removed, an empty file without a lock remains, which blocks no run.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether an open file is still the one at a path.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let inode = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(open), Ok(found)) if inode(&open) == inode(&found))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::RunLock;
    use crate::store::RunLayout;

    #[test]
    fn a_folder_is_locked_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunLayout::new(folder.path());
        let lock = RunLock::acquire(&run).unwrap();
        assert!(RunLock::acquire(&run).unwrap_err().to_string().contains("another run is in progress"));
        drop(lock);
        assert!(!run.lock().exists());
        // The file that a killed run left has no lock, and blocks no run.
        std::fs::write(run.lock(), "").unwrap();
        drop(RunLock::acquire(&run).unwrap());
        assert!(!run.lock().exists());
    }
}
