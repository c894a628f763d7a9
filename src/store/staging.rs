//! Writing beside and renaming: a file is either the old one or the whole new one.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Diagnostic, Error};

/// Files that appear together at the end, or not at all.
#[derive(Default)]
pub struct Staging {
    files: Vec<(NamedTempFile, PathBuf)>,
}

impl Staging {
    /// Makes sure, before any work is done, that files can be written in a folder. Creates it where it is not there.
    ///
    /// # Errors
    /// Where it cannot be created or written to.
    pub fn open(folder: &Path) -> Result<(), Error> {
        let create = |folder: &Path| fs::create_dir_all(folder).and_then(|()| NamedTempFile::new_in(folder));
        create(folder).map(drop).map_err(|error| Error::from(unwritable(folder, &error)))
    }

    /// Writes a file under a temporary name beside its own.
    ///
    /// # Errors
    /// Where it cannot be written; nothing has then been written over.
    pub fn add(&mut self, path: &Path, content: &[u8]) -> Result<(), Error> {
        self.write(path, |out| out.write_all(content))
    }

    /// Writes a file like [`Self::add`], piece by piece.
    ///
    /// # Errors
    /// Fails if it cannot be written; nothing has then been written over.
    pub fn write(
        &mut self,
        path: &Path,
        write_content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        // A link stays a link: what it leads to is written.
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let path = resolved.as_path();
        let folder = path.parent().unwrap_or(Path::new("."));
        let write = || {
            fs::create_dir_all(folder)?;
            let file = tempfile::Builder::new().prefix(".karat-").tempfile_in(folder)?;
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

    /// Copies the file that was written last to a further place.
    ///
    /// # Errors
    /// Fails if it cannot be written there.
    pub fn copy_last(&mut self, path: &Path) -> Result<(), Error> {
        let Some((last, _)) = self.files.last() else { return Ok(()) };
        let last = last.path().to_owned();
        self.write(path, |out| io::copy(&mut fs::File::open(last)?, out).map(drop))
    }

    /// Puts all files in their places.
    ///
    /// # Errors
    /// Where one cannot be renamed; each place then holds its old file or its new one.
    pub fn commit(self) -> Result<(), Error> {
        for (file, path) in self.files {
            make_readable(&file, &path);
            file.persist(&path).map_err(|error| Error::from(unwritable(&path, &error.error)))?;
        }
        Ok(())
    }
}

/// Temporary files are private; reports are not, and a file that is written anew keeps its permissions.
fn make_readable(file: &NamedTempFile, path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let earlier = fs::metadata(path).map(|metadata| metadata.permissions());
        let wanted = earlier.unwrap_or_else(|_| fs::Permissions::from_mode(0o644));
        // A file that stays private is a nuisance, not a loss.
        let _ = file.as_file().set_permissions(wanted);
    }
    #[cfg(not(unix))]
    let _ = (file, path);
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::io("write here", path, error).help("name another folder with --out, or make this one writable")
}
