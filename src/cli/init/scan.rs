//! What a folder contains: which paths may be documents, golden files or predictions. Names decide
//! first (`docs`, `gold`, `pred`); what their names leave open is decided by reading the files with
//! karat's own readers.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use karat::corpus::{load_documents, load_golden};
use karat::error::Diagnostic;
use karat::format::{FORMATS, Notes, has_extension, stem};

/// What a path is for, as far as its name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Documents,
    Golden,
    Predictions,
}

/// The words of names that show what a file or folder is for.
const WORDS: [(Role, &[&str]); 3] = [
    (Role::Documents, &["docs", "doc", "documents", "document", "texts", "text", "articles", "inputs", "sources"]),
    (
        Role::Golden,
        &[
            "gold",
            "golden",
            "labels",
            "labelled",
            "labeled",
            "annotations",
            "annotated",
            "ref",
            "refs",
            "references",
            "targets",
            "truth",
        ],
    ),
    (
        Role::Predictions,
        &[
            "pred",
            "preds",
            "predicted",
            "prediction",
            "predictions",
            "output",
            "outputs",
            "answers",
            "systems",
            "hyp",
            "hyps",
            "hypotheses",
            "candidates",
        ],
    ),
];

/// Folders that hold programs and reports rather than data.
const SKIPPED: [&str; 6] = ["node_modules", "target", "venv", "__pycache__", "reports", "passes"];

/// Files that are texts, but not documents.
const NOT_DOCUMENTS: [&str; 5] = ["readme", "license", "licence", "requirements", "changelog"];

/// How deep folders are looked into.
const DEPTH: usize = 3;

/// How many files whose names say nothing are read to see what they are.
const MOST_READ: usize = 200;

impl Role {
    /// Returns the role that the last part of a path names. The last word that names one counts:
    /// `gold_labels_pred.jsonl` is a file of predictions.
    fn of(path: &Path) -> Option<Self> {
        let name = stem(path).to_lowercase();
        let words = name.split(|char: char| !char.is_alphanumeric());
        words.rev().find_map(|word| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(role, _)| *role))
    }
}

/// The paths that were found, relative to the folder. Each list is in order of path.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The folders and files of documents, those with a fitting name first.
    pub documents: Vec<PathBuf>,
    /// The files or folders of labels whose names say that they are golden.
    pub golden: Vec<PathBuf>,
    /// The files or folders whose names say that they are predictions.
    pub predictions: Vec<PathBuf>,
    /// Files or folders of labels whose names say neither.
    pub unnamed: Vec<PathBuf>,
    /// The `.txt` files whose names say that they are golden, and those of predictions. They may
    /// have one text a line.
    pub texts: [Vec<PathBuf>; 2],
    /// The files that could not be read, with the reason.
    pub unread: Vec<Diagnostic>,
    /// The number of files that were found.
    pub files: usize,
    /// The number of files whose names say nothing. Up to [`MOST_READ`] of them were read.
    undecided: usize,
}

impl Scan {
    /// Looks through a folder. Folders and files that cannot be listed are left out.
    pub fn of(folder: &Path) -> Self {
        let mut scan = Self::default();
        scan.folder(folder, Path::new(""), None, 0);
        let (named, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut scan.documents).into_iter().partition(|path| Role::of(path) == Some(Role::Documents));
        scan.documents = [named, others].concat();
        scan
    }

    /// Returns how many files were left out, since too many have names that say nothing.
    pub fn left_out(&self) -> usize {
        self.undecided.saturating_sub(MOST_READ)
    }

    fn folder(&mut self, home: &Path, path: &Path, inherited: Option<Role>, depth: usize) {
        let (files, folders) = entries(&at(home, path));
        let files: Vec<PathBuf> = files.into_iter().map(|name| path.join(name)).collect();
        let readable: Vec<PathBuf> = files.iter().filter(|file| is_readable(file)).cloned().collect();
        self.files += files.len();
        for file in files.iter().filter(|file| has_extension(file, "txt")) {
            match Role::of(file) {
                Some(Role::Golden) => self.texts[0].push(file.clone()),
                Some(Role::Predictions) => self.texts[1].push(file.clone()),
                Some(Role::Documents) | None => {}
            }
        }
        let role = if depth == 0 { None } else { Role::of(path).or(inherited) };
        match role {
            Some(role) if !readable.is_empty() => self.named_folder(home, path, role, &readable),
            _ => {
                self.unnamed_folder(home, path, &readable);
                if depth < DEPTH {
                    folders.iter().for_each(|name| self.folder(home, &path.join(name), role, depth + 1));
                }
            }
        }
    }

    fn named_folder(&mut self, home: &Path, path: &Path, role: Role, files: &[PathBuf]) {
        match role {
            Role::Documents => match load_documents(&at(home, path)).into_result() {
                Ok(_) => self.documents.push(path.to_owned()),
                Err(diagnostics) => self.unread.extend(diagnostics.into_iter().take(1)),
            },
            Role::Golden => {
                match several_golden(home, path, files) {
                    Some(files) => self.golden.extend(files),
                    None => self.golden.push(path.to_owned()),
                }
                self.texts_beside(home, path, files);
            }
            // Several files of many documents each are those of several systems. The name of a
            // single file says more than that of its folder.
            Role::Predictions => match load_golden(&at(home, path), &Notes::default(), None) {
                Err(_) if files.len() > 1 => self.predictions.extend(files.iter().cloned()),
                _ => match files {
                    [file] if !has_extension(file, "json") && !is_of_folder(file) => {
                        self.predictions.push(file.clone());
                    }
                    _ => self.predictions.push(path.to_owned()),
                },
            },
        }
    }

    /// Looks at the files of a folder whose name says nothing.
    fn unnamed_folder(&mut self, home: &Path, path: &Path, files: &[PathBuf]) {
        self.texts_beside(home, path, files);
        let (one_each, others): (Vec<_>, Vec<_>) =
            files.iter().filter(|file| !has_extension(file, "txt")).partition(|file| is_of_folder(file));
        if let Some(first) = one_each.first() {
            self.labels(home, path, Role::of(first));
        }
        // Without a name that says more, several .json files are one document each.
        let (json, mut single): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|file| has_extension(file, "json") && Role::of(file).is_none());
        let is_one =
            json.len() > 1 && one_each.is_empty() && load_golden(&at(home, path), &Notes::default(), None).is_ok();
        if is_one {
            self.labels(home, path, None);
        } else {
            single.extend(json);
        }
        single.sort();
        for file in single {
            self.file(home, file);
        }
    }

    /// Adds a folder as one of documents if it contains .txt files.
    fn texts_beside(&mut self, home: &Path, path: &Path, files: &[PathBuf]) {
        let is_document = |file: &&PathBuf| {
            let name = stem(file).to_lowercase();
            has_extension(file, "txt")
                && Role::of(file).is_none_or(|role| role == Role::Documents)
                && !NOT_DOCUMENTS.iter().any(|other| name.starts_with(other))
        };
        if files.iter().any(|file| is_document(&file)) && load_documents(&at(home, path)).diagnostics.is_empty() {
            self.documents.push(path.to_owned());
        }
    }

    fn file(&mut self, home: &Path, file: &Path) {
        match Role::of(file) {
            Some(Role::Documents) if has_extension(file, "jsonl") => {
                match load_documents(&at(home, file)).into_result() {
                    Ok(_) => self.documents.push(file.to_owned()),
                    Err(diagnostics) => self.unread.extend(diagnostics.into_iter().take(1)),
                }
            }
            Some(Role::Documents) | None => self.labels(home, file, None),
            role => self.labels(home, file, role),
        }
    }

    /// Reads a file or folder of labels whose name does not show its role.
    fn labels(&mut self, home: &Path, path: &Path, role: Option<Role>) {
        match role {
            Some(Role::Golden) => return self.golden.push(path.to_owned()),
            Some(Role::Predictions) => return self.predictions.push(path.to_owned()),
            Some(Role::Documents) | None => {}
        }
        self.undecided += 1;
        if self.undecided > MOST_READ {
            return;
        }
        match load_golden(&at(home, path), &Notes::default(), None) {
            Ok(labelled) if labelled.values().any(|reference| !reference.gold.layers().is_empty()) => {
                self.unnamed.push(path.to_owned());
            }
            Ok(labelled) if !labelled.is_empty() && load_documents(&at(home, path)).diagnostics.is_empty() => {
                self.documents.push(path.to_owned());
            }
            Ok(_) => {}
            Err(diagnostics) => self.unread.extend(diagnostics.into_iter().take(1)),
        }
    }
}

/// Returns the ASCII words of all parts of a path, which may be keys of karat.toml, without the
/// extension and without those that show what a file or folder is for.
pub(super) fn plain_words(path: &Path) -> Vec<String> {
    let path = path.with_file_name(stem(path)).to_string_lossy().to_lowercase();
    let words = path.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_role = |word: &str| WORDS.iter().any(|(_, words)| words.contains(&word));
    words.filter(|word| !is_role(word)).map(str::to_owned).collect()
}

/// Returns the files of a folder whose labels are not of one dataset: they do not fit together, but
/// each of them alone can be read.
fn several_golden(home: &Path, path: &Path, files: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let files: Vec<PathBuf> =
        files.iter().filter(|file| !is_of_folder(file) && !has_extension(file, "txt")).cloned().collect();
    let is_read = |path: &Path| load_golden(&at(home, path), &Notes::default(), None).is_ok();
    (files.len() > 1 && !is_read(path) && files.iter().all(|file| is_read(file))).then_some(files)
}

/// Returns a path in a folder. Both are empty for the current folder.
pub(super) fn at(folder: &Path, path: &Path) -> PathBuf {
    match (folder.as_os_str().is_empty(), path.as_os_str().is_empty()) {
        (true, true) => PathBuf::from("."),
        (false, true) => folder.to_owned(),
        _ => folder.join(path),
    }
}

/// Returns the names of the files and of the folders in a folder, each in order of name, without
/// hidden ones and those that hold programs.
fn entries(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_skipped =
            name.to_string_lossy().starts_with('.') || SKIPPED.iter().any(|other| name == OsStr::new(other));
        match fs::metadata(entry.path()) {
            Ok(found) if found.is_file() && !is_skipped => files.push(name.into()),
            // A link to a folder could lead back to this one.
            Ok(found) if found.is_dir() && !is_skipped && !entry.path().is_symlink() => folders.push(name.into()),
            _ => {}
        }
    }
    files.sort();
    folders.sort();
    (files, folders)
}

/// Whether karat has a reader for files with this extension. Without the feature `parquet`, the
/// reader of Parquet files only says that it is needed.
fn is_readable(file: &Path) -> bool {
    has_extension(file, "txt")
        || has_extension(file, "parquet")
        || FORMATS.iter().any(|format| format.has_extension(file))
}

/// Whether files with this extension are always one for each document.
fn is_of_folder(file: &Path) -> bool {
    let mut formats = FORMATS.iter().filter(|format| format.has_extension(file)).peekable();
    formats.peek().is_some() && formats.all(|format| format.folder)
}
