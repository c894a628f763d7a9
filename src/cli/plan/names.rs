//! Names of datasets and systems that are given as files, without a configuration.

use std::path::Path;

/// Returns the name of a file without its folder and extension.
pub(super) fn stem(path: &Path) -> String {
    let stem = karat::format::stem(path);
    if stem.is_empty() { path.display().to_string() } else { stem }
}

/// Returns the names of several files: those without folder and extension, or the whole paths where
/// these are equal.
pub(super) fn distinct(paths: &[&Path]) -> Vec<String> {
    let stems: Vec<String> = paths.iter().map(|path| stem(path)).collect();
    let is_unique = |stem: &String| stems.iter().filter(|other| *other == stem).count() == 1;
    let name =
        |(path, stem): (&&Path, &String)| if is_unique(stem) { stem.clone() } else { path.display().to_string() };
    paths.iter().zip(&stems).map(name).collect()
}
