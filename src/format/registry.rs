//! The registry of the formats of annotations that karat reads and writes. A format is a
//! [`Format`]: its name, detection, reader, writer and capabilities. To add one, write its module,
//! and add it to [`FORMATS`].

use std::fmt;
use std::path::{Path, PathBuf};

use super::capabilities::Capabilities;
use super::json::first_keys;
use super::tokens::{self, Column};
use super::{
    Entry, brat, conll2012, doccano, hipe, karat_format, label_studio, prodigy, spacy, spans_csv, web_annotation,
};
use crate::document::{Annotations, Document};
use crate::error::Diagnostic;

/// A file to be read.
pub struct Input<'a> {
    /// The path of the file, as the user gave it.
    pub file: &'a Path,
    /// The content of the file.
    pub text: &'a str,
    /// The content of the companion file, for formats that keep the text in a separate file.
    pub companion: Option<&'a str>,
    /// Returns the document with an id, if it is known: formats without offsets are aligned with
    /// its text.
    pub documents: &'a dyn Fn(&str) -> Option<&'a Document>,
    /// The column that contains the tags, for token files.
    pub column: Column,
}

/// The beginning of a file, from which its format is detected.
pub struct Look<'a> {
    /// The path of the file.
    pub file: &'a Path,
    /// The first 8 KiB of the file.
    pub head: &'a str,
    keys: Vec<(String, &'a str)>,
}

impl<'a> Look<'a> {
    /// Returns the text from the value of a key on, in the first JSON object of the file.
    pub fn key(&self, name: &str) -> Option<&'a str> {
        self.keys.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// Whether the first JSON object has a key.
    pub fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    /// Whether a key occurs anywhere in the first 8 KiB: the first object of a file may have no
    /// labels.
    pub fn mentions(&self, name: &str) -> bool {
        let quoted = format!("\"{name}\"");
        self.head.match_indices(&quoted).any(|(at, _)| self.head[at + quoted.len()..].trim_start().starts_with(':'))
    }

    /// Whether the value of a key is an array of arrays.
    pub fn has_lists(&self, name: &str) -> bool {
        let list = self.key(name).and_then(|value| value.strip_prefix('['));
        list.is_some_and(|list| list.trim_start().starts_with(['[', ']']))
    }

    /// Whether the value of a key is an array of objects that have another key.
    pub fn has_objects(&self, name: &str, key: &str) -> bool {
        self.key(name).is_some_and(|value| first_keys(value).iter().any(|(found, _)| found == key))
    }
}

/// A document to be written.
#[derive(Clone)]
pub struct Output {
    /// The document; its text is empty if unknown.
    pub document: Document,
    /// Whether the text is known.
    pub has_text: bool,
    /// Its annotations.
    pub annotations: Annotations,
}

/// Files to write, as paths relative to the output's path and contents. An empty path is the output
/// itself.
pub type Files = Vec<(PathBuf, String)>;

/// A format of annotations.
pub struct Format {
    /// The name for `--from` and `--to`.
    pub name: &'static str,
    /// A description in one line.
    pub about: &'static str,
    /// The extensions of its files in a folder.
    pub extensions: &'static [&'static str],
    /// The extension of the companion file that contains the text, if there is one.
    pub companion: Option<&'static str>,
    /// Whether it is always a folder with one file per document.
    pub folder: bool,
    /// Whether it omits documents without annotations.
    pub omits_empty: bool,
    /// Whether the beginning of a file is in this format, and in no other that can be distinguished
    /// from it.
    pub looks_like: fn(&Look<'_>) -> bool,
    /// Reads a file. Returns an entry or a diagnostic for each document.
    pub read: fn(&Input<'_>) -> Vec<Result<Entry, Diagnostic>>,
    /// What the format can represent.
    pub capabilities: Capabilities,
    /// Writes documents that contain only what the format can represent. The flag requests a folder
    /// of files.
    pub write: fn(&[Output], bool) -> Files,
}

/// All formats.
pub static FORMATS: &[&Format] = &[
    &karat_format::FORMAT,
    &brat::FORMAT,
    &doccano::FORMAT,
    &label_studio::FORMAT,
    &prodigy::FORMAT,
    &spacy::FORMAT,
    &web_annotation::FORMAT,
    &hipe::FORMAT,
    &spans_csv::FORMAT,
    &tokens::CONLL,
    &tokens::STRICT[0],
    &tokens::STRICT[1],
    &tokens::STRICT[2],
    &tokens::STRICT[3],
    &tokens::STRICT[4],
    &tokens::STRICT[5],
    &conll2012::FORMAT,
];

/// The number of bytes from which the format of a file is detected.
const HEAD: usize = 8 * 1024;

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name).finish()
    }
}

impl Format {
    /// Returns the format with a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    /// Returns the formats that match the beginning of a file.
    pub fn candidates(file: &Path, text: &str) -> Vec<&'static Self> {
        let look = Look { file, head: &text[..text.floor_char_boundary(HEAD)], keys: first_keys(text) };
        FORMATS.iter().copied().filter(|format| (format.looks_like)(&look)).collect()
    }

    /// Detects the format of a file from its content.
    ///
    /// # Errors
    /// Fails if several formats match, or none.
    pub fn detect(file: &Path, text: &str) -> Result<&'static Self, Diagnostic> {
        let candidates = Self::candidates(file, text);
        match candidates[..] {
            [format] => Ok(format),
            // Malformed or empty JSON is probably meant to be karat's format, whose reader reports
            // the error.
            [] if is_json(file) => Ok(&karat_format::FORMAT),
            [] => Err(Diagnostic::new("this is in none of the formats that karat reads")
                .in_file(file)
                .help(format!("name it with `--from`: {}", names(FORMATS)))),
            _ => Err(Diagnostic::new(format!("this may be {}", names(&candidates).replace(", ", " or ")))
                .in_file(file)
                .help("choose one with `--from`")),
        }
    }

    /// Returns a diagnostic if a file is clearly in another format.
    pub fn refuse_other(&self, file: &Path, text: &str) -> Option<Diagnostic> {
        let candidates = Self::candidates(file, text);
        if candidates.is_empty() || candidates.iter().any(|format| format.name == self.name) {
            return None;
        }
        let list = names(&candidates).replace(", ", " or ").replace('`', "");
        let diagnostic = Diagnostic::new(format!("this looks like {list}, not {}", self.name)).in_file(file);
        Some(diagnostic.help(format!("write `--from {}`", candidates[0].name)))
    }
}

fn names(formats: &[&Format]) -> String {
    formats.iter().map(|format| format!("`{}`", format.name)).collect::<Vec<_>>().join(", ")
}

fn is_json(file: &Path) -> bool {
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| matches!(extension.as_str(), "json" | "jsonl" | "ndjson"))
}
