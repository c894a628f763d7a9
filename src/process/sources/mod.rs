//! The files that the output of a command depends on: its program, its script, the modules beside
//! the script, and the version of its interpreter.
//!
//! karat cannot know what a program reads. Code almost always lies below the folder of the script,
//! so by default every file there counts. A file too many costs a cache miss; a file too few would
//! serve the answers of code that is gone.

mod command;
mod folder;
mod interpreter;
mod pattern;

use std::path::{Path, PathBuf};

use command::Script;
use folder::{Extent, SourceFolder};
pub(crate) use pattern::matching_files;

use crate::format::sha256_of_file;

/// A command with everything that decides which files it depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceQuery<'a> {
    /// The program and its arguments.
    pub command: &'a [String],
    /// The working directory.
    pub folder: &'a Path,
    /// The folder that names of files are relative to, so that they are the same in every checkout.
    pub home: &'a Path,
    /// Files and folders that the command does not depend on, such as datasets and reports.
    pub ignored: &'a [PathBuf],
    /// Whether only files with the extension of the script count, rather than all files below its
    /// folder.
    pub is_code_only: bool,
}

/// The hashes of the files that a command depends on.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The hashes by file, and the version of the interpreter.
    pub parts: Vec<(String, String)>,
    /// The folder of the script, if it has too many files to be hashed.
    pub too_large: Option<PathBuf>,
}

impl SourceQuery<'_> {
    /// Hashes the program, the script, the files below the script's folder, and the version of the
    /// interpreter.
    pub fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        let program = self.command.first().and_then(|program| command::find_program(program, self.folder));
        if let Some(program) = &program {
            sources.parts.push(("program".to_owned(), hash(program)));
        }
        let interpreter = program.as_deref().and_then(interpreter::of_program);
        if let Some(version) = interpreter.as_ref().and_then(|known| known.version(self.folder)) {
            sources.parts.push(("interpreter".to_owned(), version));
        }
        let of_script = self.of_script();
        sources.parts.extend(of_script.parts);
        Sources { too_large: of_script.too_large, ..sources }
    }

    /// Hashes the script and the files below its folder, without the program.
    pub fn of_script(&self) -> Sources {
        let mut sources = Sources::default();
        let program = self.command.first().and_then(|program| command::find_program(program, self.folder));
        let Some(script) = Script::find(self, program.as_deref()) else { return sources };
        let named = |path: &Path| format!("file {}", shown(path, self.home));
        sources.parts.push((named(&script.file), hash(&script.file)));
        let extension = script.file.extension();
        let Some(root) = script.root.as_ref().filter(|_| !self.is_code_only || extension.is_some()) else {
            return sources;
        };
        let extension = extension.filter(|_| self.is_code_only);
        match SourceFolder::new(root, self.ignored, &script.file, extension).extent() {
            Extent::Files(files) => {
                let canonical = script.file.canonicalize().unwrap_or(script.file);
                for file in files.into_iter().filter(|file| file.path != canonical) {
                    sources.parts.push((named(&file.path), file.hash()));
                }
            }
            Extent::TooLarge => sources.too_large = Some(root.clone()),
        }
        sources
    }
}

/// Returns the hash of a file, or of the names and hashes in a folder. What cannot be read has a
/// hash of its own.
pub(crate) fn hash(path: &Path) -> String {
    if path.is_dir() {
        return folder::hash_of_folder(path);
    }
    sha256_of_file(path).unwrap_or_else(|_| "unreadable".to_owned())
}

/// Returns a path relative to a folder, if it is below it.
pub(crate) fn shown(path: &Path, home: &Path) -> String {
    let canonical = home.canonicalize();
    let below = path.strip_prefix(home).ok();
    let below = below.or_else(|| path.strip_prefix(canonical.as_ref().ok()?).ok());
    below.unwrap_or(path).display().to_string().replace('\\', "/")
}
