//! Folders inside a folder of annotations: brat and other tools keep collections in folders of
//! folders, with a file for each document.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Diagnostic;
use crate::format::has_extension;

/// The folder of annotation passes inside a folder of golden files, which is no part of these.
const PASSES: &str = "passes";
/// The depth at which folders are refused, so that links in a circle end.
const DEPTH: usize = 32;

/// Returns the files below a folder that have one of the extensions, sorted by path. Hidden files
/// and folders are ignored, and so are annotation passes.
pub(super) fn files_below(path: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut files = Vec::new();
    collect(path, extensions, DEPTH, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(path: &Path, extensions: &[&str], depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    if depth == 0 {
        let diagnostic = Diagnostic::new(format!("folders are nested more than {DEPTH} deep")).in_file(path);
        return Err(diagnostic.help("is one of them a link to a folder above it?"));
    }
    let describe = |error: &std::io::Error| Diagnostic::io("read this", path, error);
    for entry in fs::read_dir(path).map_err(|error| describe(&error))? {
        let entry = entry.map_err(|error| describe(&error))?.path();
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        let metadata = fs::metadata(&entry);
        if metadata.as_ref().is_ok_and(fs::Metadata::is_dir) {
            if name != PASSES {
                collect(&entry, extensions, depth - 1, files)?;
            }
        } else if extensions.iter().any(|extension| has_extension(&entry, extension)) {
            metadata.map_err(|error| Diagnostic::io("read this", &entry, &error))?;
            files.push(entry);
        }
    }
    Ok(())
}

/// Returns the id of a document in a file below a folder: the id, after the names of the folders
/// between, as in `news/2024/a`.
pub(super) fn nested_id(path: &Path, file: &Path, id: &str) -> String {
    let between = file.parent().and_then(|parent| parent.strip_prefix(path).ok());
    let folders = between.into_iter().flat_map(Path::components);
    let names: Vec<String> = folders.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    names.iter().map(String::as_str).chain([id]).collect::<Vec<_>>().join("/")
}
