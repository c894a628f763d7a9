//! The files below the folder of a script.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::hash;
use crate::format::sha256;

/// Largest number of files that are hashed.
const MOST_FILES: usize = 5_000;
/// Largest total size of the files that are hashed, in bytes.
const MOST_BYTES: u64 = 64_000_000;

/// Folders of dependencies and of generated files. Their content follows from files that are
/// hashed, or from the lock file.
const GENERATED: [&str; 4] = ["__pycache__", "node_modules", "target", "site-packages"];

/// A folder of sources.
pub(super) struct SourceFolder<'a> {
    root: &'a Path,
    ignored: Vec<PathBuf>,
    extension: Option<&'a OsStr>,
}

/// The files below a folder.
pub(super) enum Extent {
    /// The files, in the order of their paths.
    Files(Vec<SourceFile>),
    /// There are more files than are hashed.
    TooLarge,
}

/// A file below the folder.
pub(super) struct SourceFile {
    pub path: PathBuf,
    /// Where a link points to that leaves the folder.
    link: Option<PathBuf>,
}

impl SourceFile {
    /// Returns the hash of the content. A link that leaves the folder is represented by where it
    /// points to.
    pub fn hash(&self) -> String {
        self.link.as_ref().map_or_else(|| hash(&self.path), |to| format!("link to {}", to.display()))
    }
}

impl<'a> SourceFolder<'a> {
    /// The files below `root`, a path without links, except those below the ignored paths. An
    /// ignored path that contains the script is not ignored. With an extension, only files that
    /// have it count.
    pub fn new(root: &'a Path, ignored: &[PathBuf], script: &Path, extension: Option<&'a OsStr>) -> Self {
        let script = script.canonicalize().unwrap_or_else(|_| script.to_owned());
        let ignored = ignored.iter().filter_map(|path| path.canonicalize().ok());
        let ignored = ignored.filter(|path| path.starts_with(root) && !script.starts_with(path));
        Self { root, ignored: ignored.collect(), extension }
    }

    /// Lists the files.
    pub fn extent(&self) -> Extent {
        let (mut files, mut bytes, mut open) = (Vec::new(), 0, vec![self.root.to_owned()]);
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let Ok(kind) = entry.file_type() else { continue };
                if self.ignored.contains(&path) {
                    continue;
                }
                if kind.is_dir() {
                    if !is_generated(&path) {
                        open.push(path);
                    }
                    continue;
                }
                let mut link = None;
                if kind.is_symlink() {
                    let to = path.canonicalize().ok();
                    if to.as_ref().is_none_or(|to| !to.starts_with(self.root)) {
                        link = fs::read_link(&path).ok();
                    } else if path.is_dir() {
                        // The folder itself is below the root.
                        continue;
                    }
                } else if !kind.is_file() {
                    continue;
                }
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let is_wanted =
                    self.extension.is_none_or(|extension| path.extension().unwrap_or_default() == extension);
                if !is_wanted || name.starts_with(".karat-") {
                    continue;
                }
                if link.is_none() {
                    bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
                }
                files.push(SourceFile { path, link });
                if files.len() > MOST_FILES || bytes > MOST_BYTES {
                    return Extent::TooLarge;
                }
            }
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Extent::Files(files)
    }
}

/// Whether a folder contains nothing that a person wrote for the program: hidden folders, folders
/// of dependencies, virtual environments, and folders of runs.
fn is_generated(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.')
        || GENERATED.contains(&name.as_ref())
        || ["pyvenv.cfg", "run.json", "journal.jsonl"].iter().any(|file| folder.join(file).is_file())
}

/// Returns the hash of the names and hashes in a folder that is named explicitly.
pub(super) fn hash_of_folder(folder: &Path) -> String {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    sha256(entries.iter().map(|entry| format!("{:?}\0{}\0", entry.file_name(), hash(entry))).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::{Extent, MOST_BYTES, MOST_FILES, SourceFolder};

    #[test]
    fn generated_files_and_data_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let all = [
            "main.py",
            "helper.py",
            ".env",
            "rules/words.txt",
            "rules/__pycache__/a.pyc",
            "node_modules/a/b.js",
            "target/debug/a",
            ".git/HEAD",
            "env/pyvenv.cfg",
            "env/lib/a.py",
            "r1/run.json",
            "r1/predictions/d.jsonl",
            "data/d.jsonl",
        ];
        for file in all {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), file).unwrap();
        }
        #[cfg(unix)]
        for (link, to) in [("loop", "."), ("out", "/"), ("inner.txt", "rules/words.txt")] {
            std::os::unix::fs::symlink(to, root.join(link)).unwrap();
        }
        let names = |ignored: &[PathBuf], extension: Option<&str>| -> Vec<String> {
            let extension = extension.map(AsRef::as_ref);
            let found = SourceFolder::new(&root, ignored, &root.join("main.py"), extension);
            let Extent::Files(files) = found.extent() else { panic!("it is small") };
            let links = ["out", "inner.txt"];
            let names = files.iter().map(|file| file.path.strip_prefix(&root).unwrap().display().to_string());
            names.filter(|name| !links.contains(&name.as_str())).collect()
        };
        let data = [root.join("data"), root.clone()];
        assert_eq!(names(&data, None), [".env", "helper.py", "main.py", "rules/words.txt"]);
        assert_eq!(names(&data, Some("py")), ["helper.py", "main.py"]);
        assert_eq!(names(&[], None).len(), 5);
    }

    #[test]
    fn large_folders_are_not_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let is_large = || {
            let found = SourceFolder::new(&root, &[], &root.join("a"), None).extent();
            matches!(found, Extent::TooLarge)
        };
        fs::File::create(root.join("a")).unwrap().set_len(MOST_BYTES).unwrap();
        assert!(!is_large());
        fs::write(root.join("b"), "1").unwrap();
        assert!(is_large());
        fs::remove_file(root.join("a")).unwrap();
        (1..MOST_FILES).for_each(|at| fs::write(root.join(format!("f{at}")), "").unwrap());
        assert!(!is_large());
        fs::write(root.join("a"), "").unwrap();
        assert!(is_large());
    }
}
