//! The formats that karat reads and writes. To add one: a file, and a line in [`FORMATS`].

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

/// A file that is to be read.
pub struct Input<'a> {
    /// The file, as the user named it.
    pub file: &'a Path,
    /// Its content.
    pub text: &'a str,
    /// The content of the file beside it, for formats that keep the text there.
    pub companion: Option<&'a str>,
    /// Documents that are known already, by id: formats without offsets are aligned with their texts.
    pub documents: &'a dyn Fn(&str) -> Option<&'a Document>,
    /// Of token files, the column of the tags.
    pub column: Column,
}

/// What a file's format is told by.
pub struct Look<'a> {
    /// The file.
    pub file: &'a Path,
    /// Its first kilobytes.
    pub head: &'a str,
    keys: Vec<(String, &'a str)>,
}

impl<'a> Look<'a> {
    /// The text from the value of a key on, in the first JSON object of the file.
    pub fn key(&self, name: &str) -> Option<&'a str> {
        self.keys.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// Whether the first JSON object has a key.
    pub fn has(&self, name: &str) -> bool {
        self.key(name).is_some()
    }

    /// Whether a key stands anywhere in the first kilobytes: a file's first object may have no labels.
    pub fn mentions(&self, name: &str) -> bool {
        let quoted = format!("\"{name}\"");
        self.head.match_indices(&quoted).any(|(at, _)| self.head[at + quoted.len()..].trim_start().starts_with(':'))
    }

    /// Whether a key has a list of lists.
    pub fn has_lists(&self, name: &str) -> bool {
        let list = self.key(name).and_then(|value| value.strip_prefix('['));
        list.is_some_and(|list| list.trim_start().starts_with(['[', ']']))
    }

    /// Whether a key has a list of objects with a key.
    pub fn has_objects(&self, name: &str, key: &str) -> bool {
        self.key(name).is_some_and(|value| first_keys(value).iter().any(|(found, _)| found == key))
    }
}

/// A document that is to be written.
#[derive(Clone)]
pub struct Output {
    /// Its text, where it is known.
    pub document: Document,
    /// Whether the text is known.
    pub has_text: bool,
    /// Its labels.
    pub annotations: Annotations,
}

/// Files below the output's path; an empty path is the output itself.
pub type Files = Vec<(PathBuf, String)>;

/// A format of annotations.
pub struct Format {
    /// The name after `--from` and `--to`.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// How its files are named in a folder.
    pub extensions: &'static [&'static str],
    /// The extension of the file beside each that holds the text.
    pub companion: Option<&'static str>,
    /// Whether it is always a folder of files, one a document.
    pub folder: bool,
    /// Whether a document without labels leaves no trace.
    pub omits_empty: bool,
    /// Whether the first kilobytes of a file are of this format and of no other that it can be told from.
    pub looks_like: fn(&Look<'_>) -> bool,
    /// Every document of a file, or what is wrong with it.
    pub read: fn(&Input<'_>) -> Vec<Result<Entry, Diagnostic>>,
    /// What it can say.
    pub capabilities: Capabilities,
    /// Documents that hold nothing but what it can say, as files. The flag asks for a folder of files.
    pub write: fn(&[Output], bool) -> Files,
}

/// Every format.
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

/// The most of a file that is looked at to tell its format.
const HEAD: usize = 8 * 1024;

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name).finish()
    }
}

impl Format {
    /// The format of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    /// The formats that a file may be of, by its first kilobytes.
    pub fn candidates(file: &Path, text: &str) -> Vec<&'static Self> {
        let look = Look { file, head: &text[..text.floor_char_boundary(HEAD)], keys: first_keys(text) };
        FORMATS.iter().copied().filter(|format| (format.looks_like)(&look)).collect()
    }

    /// The format of a file, told by its content.
    ///
    /// # Errors
    /// Where it may be of several, or of none.
    pub fn detect(file: &Path, text: &str) -> Result<&'static Self, Diagnostic> {
        let candidates = Self::candidates(file, text);
        match candidates[..] {
            [format] => Ok(format),
            // Broken or empty JSON is most likely karat's own; the reader says what is wrong with it.
            [] if is_json(file) => Ok(&karat_format::FORMAT),
            [] => Err(Diagnostic::new("this looks like none of the formats that karat reads")
                .in_file(file)
                .help(format!("name it with `--from`: {}", names(FORMATS)))),
            _ => Err(Diagnostic::new(format!("this may be {}", names(&candidates).replace(", ", " or ")))
                .in_file(file)
                .help("say which with `--from`")),
        }
    }

    /// A fault where a file is clearly of another format than this one.
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
