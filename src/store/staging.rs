//! Atomic file replacement: content is written to a temporary file in the same folder and then
//! renamed. Readers see either the old file or the complete new one, even after a crash. Several
//! files can be staged and committed together; the renames are not one transaction, but each takes
//! only an instant.
//!
//! A process that is killed leaves its temporary files. The next one removes them: each file is
//! locked as long as the process that writes it lives, so a file without a lock is left over.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Diagnostic, Error};

/// Files that are written under temporary names and renamed together by [`Staging::commit`].
/// Dropping the value removes them.
#[derive(Default)]
pub struct Staging {
    files: Vec<(NamedTempFile, PathBuf)>,
}

impl Staging {
    /// Checks, before any work is done, that files can be written in a folder. Creates the folder
    /// if it does not exist.
    ///
    /// # Errors
    /// Fails if the folder cannot be created or written to.
    pub fn open(folder: &Path) -> Result<(), Error> {
        let create = |folder: &Path| fs::create_dir_all(folder).and_then(|()| temporary_file(folder));
        create(folder).map(drop).map_err(|error| Error::from(unwritable(folder, &error)))
    }

    /// Removes the temporary files in a folder that killed processes left.
    pub fn remove_left_files(folder: &Path) {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let is_temporary =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX)) && path.is_file();
            // What cannot be opened, locked or removed costs space and nothing else.
            if is_temporary && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(&path);
            }
        }
    }

    /// Writes a file under a temporary name in the folder of its path.
    ///
    /// # Errors
    /// Fails if the file cannot be written; no existing file is then changed.
    pub fn add(&mut self, path: &Path, content: &[u8]) -> Result<(), Error> {
        self.write(path, |out| out.write_all(content))
    }

    /// Writes a file under a temporary name, with content that `write_content` produces in parts.
    ///
    /// # Errors
    /// Fails if the file cannot be written; no existing file is then changed.
    pub fn write(
        &mut self,
        path: &Path,
        write_content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        // A symbolic link is kept: its target is replaced.
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let path = resolved.as_path();
        let folder = path.parent().unwrap_or(Path::new("."));
        let write = || {
            fs::create_dir_all(folder)?;
            let file = temporary_file(folder)?;
            let mut out = BufWriter::with_capacity(1 << 16, file.as_file());
            write_content(&mut out)?;
            out.flush()?;
            drop(out);
            file.as_file().sync_data()?;
            Ok(file)
        };
        let file = write().map_err(|error: io::Error| Error::from(unwritable(path, &error)))?;
        self.files.push((file, path.to_owned()));
        Ok(())
    }

    /// Copies the file that was staged last to another path.
    ///
    /// # Errors
    /// Fails if the copy cannot be written.
    pub fn copy_last(&mut self, path: &Path) -> Result<(), Error> {
        let Some((last, _)) = self.files.last() else { return Ok(()) };
        let last = last.path().to_owned();
        self.write(path, |out| io::copy(&mut File::open(last)?, out).map(drop))
    }

    /// Renames all staged files to their paths.
    ///
    /// # Errors
    /// Fails if a file cannot be renamed; each path then has either its old file or its new one.
    pub fn commit(self) -> Result<(), Error> {
        for (file, path) in self.files {
            make_readable(&file, &path);
            file.persist(&path).map_err(|error| Error::from(unwritable(&path, &error.error)))?;
        }
        Ok(())
    }
}

/// The beginning of the names of temporary files.
const PREFIX: &str = ".karat-";

/// Creates a temporary file that is locked until it is closed.
fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?;
    // Without locks, a second run could remove the file while this one writes it.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Sets the permissions of a staged file: those of the file that it replaces, or else 0644.
/// Temporary files are created readable by their owner only.
fn make_readable(file: &NamedTempFile, path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let earlier = fs::metadata(path).map(|metadata| metadata.permissions());
        let wanted = earlier.unwrap_or_else(|_| fs::Permissions::from_mode(0o644));
        // Failing to set permissions loses no content, so the error is ignored.
        let _ = file.as_file().set_permissions(wanted);
    }
    #[cfg(not(unix))]
    let _ = (file, path);
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::io("write here", path, error).help("name another folder with --out, or make this folder writable")
}
