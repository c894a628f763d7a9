//! The extension of a file, and its name without it. All code takes extensions from here, so that a
//! suffix of two parts, such as that of a compressed file, needs one change.

use std::path::Path;

/// Whether a file has an extension, in upper or lower case.
pub fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Returns the name of a file without its folder and extension, which is the id of the document in
/// a file of one document.
pub fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether two paths name the same file or folder.
pub fn same_file(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    one == other || canonical(one).is_some_and(|one| canonical(other) == Some(one))
}
