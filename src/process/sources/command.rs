//! Finds the program and the script of a command.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::SourceQuery;
use super::interpreter;

/// The script that a command runs.
pub(super) struct Script {
    pub file: PathBuf,
    /// The folder whose files the script may use; `None` if it is the script alone.
    pub root: Option<PathBuf>,
}

impl Script {
    /// Finds the script of a command: a Python module after `-m`, the first argument that is a
    /// file, a file that a longer argument mentions (`sh -c "python3 main.py"`), or the program
    /// itself if it is a script.
    pub fn find(query: &SourceQuery<'_>, program: Option<&Path>) -> Option<Self> {
        let arguments = query.command.get(1..).unwrap_or_default();
        for (at, argument) in arguments.iter().enumerate() {
            if argument == "-m" && program.is_some_and(interpreter::is_python) {
                return Self::of_module(query, program?, arguments.get(at + 1)?);
            }
            let file = query.folder.join(argument);
            if file.is_file() {
                return Some(Self::below_its_folder(file));
            }
        }
        let is_separator = |char: char| char.is_whitespace() || ";|&()<>\"'`=".contains(char);
        let words = arguments.iter().flat_map(|argument| argument.split(is_separator));
        let mut files = words.filter(|word| !word.is_empty()).map(|word| query.folder.join(word));
        if let Some(file) = files.find(|file| file.is_file() && file.starts_with(query.home)) {
            return Some(Self::below_its_folder(file));
        }
        program.filter(|program| has_shebang(program)).map(|program| Self::below_its_folder(program.to_owned()))
    }

    fn below_its_folder(file: PathBuf) -> Self {
        // Interpreters search the folder of the file itself for modules, not that of a link to it.
        let resolved = file.canonicalize().unwrap_or_else(|_| file.clone());
        Self { root: resolved.parent().map(Path::to_owned), file }
    }

    /// A module in the working directory may use all files below it. An installed package consists
    /// of its own folder.
    fn of_module(query: &SourceQuery<'_>, program: &Path, module: &str) -> Option<Self> {
        let below = query.folder.join(module.replace('.', "/"));
        let candidates = [below.with_extension("py"), below.join("__main__.py"), below.join("__init__.py")];
        if let Some(file) = candidates.into_iter().find(|file| file.is_file()) {
            return Some(Self { file, root: query.folder.canonicalize().ok() });
        }
        let origin = interpreter::origin_of_module(program, module, query.folder)?;
        let is_package = origin.file_name().is_some_and(|name| name == "__init__.py");
        let root = origin.parent().filter(|_| is_package).and_then(|folder| folder.canonicalize().ok());
        Some(Self { file: origin, root })
    }
}

/// Finds a program in `PATH`, like the operating system.
pub(super) fn find_program(program: &str, folder: &Path) -> Option<PathBuf> {
    if program.contains(['/', '\\']) {
        return Some(folder.join(program));
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn has_shebang(program: &Path) -> bool {
    let mut start = [0; 2];
    File::open(program).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"#!"
}
