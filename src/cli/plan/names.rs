//! Names of datasets and systems that are given as files, without a configuration.

use std::path::Path;

/// Returns the name of a file without its folder and extension.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}
