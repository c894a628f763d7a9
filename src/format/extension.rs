//! The extension of a file, and its name without it. All code takes extensions from here, so that
//! the suffix of a compressed file (`gold.jsonl.gz`) is ignored everywhere.

use std::path::Path;

/// The extensions of compressed files, which are ignored: the extension before them counts.
const COMPRESSED: [&str; 2] = ["gz", "zst"];

/// Returns the name of a file without its folder and without the extension of a compressed file.
fn name(file: &Path) -> &Path {
    let is_compressed =
        |extension: &std::ffi::OsStr| COMPRESSED.iter().any(|known| extension.eq_ignore_ascii_case(known));
    match (file.extension(), file.file_stem()) {
        (Some(extension), Some(stem)) if is_compressed(extension) => Path::new(stem),
        _ => file,
    }
}

/// Whether a file has an extension, in upper or lower case. `a.jsonl.gz` has the extension `jsonl`.
pub fn has_extension(file: &Path, extension: &str) -> bool {
    name(file).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Whether a file has an extension, other than that of a compressed file.
pub fn has_any_extension(file: &Path) -> bool {
    name(file).extension().is_some()
}

/// Returns the name of a file without its folder and extension, which is the id of the document in
/// a file of one document.
pub fn stem(file: &Path) -> String {
    name(file).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether two paths name the same file or folder.
pub fn same_file(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    one == other || canonical(one).is_some_and(|one| canonical(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{has_extension, stem};

    #[test]
    fn the_extension_of_a_compressed_file_is_the_one_before() {
        let file = Path::new("folder/a.b.JSONL.gz");
        assert!(has_extension(file, "jsonl") && !has_extension(file, "gz"));
        assert_eq!(stem(file), "a.b");
        assert!(has_extension(Path::new("a.txt.zst"), "txt") && has_extension(Path::new("a.txt"), "txt"));
        assert_eq!(stem(Path::new("gz.zst")), "gz");
    }
}
