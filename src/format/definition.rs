//! What a format of annotations is: its name, detection, reader, writer and capabilities. A format
//! depends on this definition only; `lookup` depends on all formats.

use std::fmt;
use std::path::Path;

use super::capabilities::{Capabilities, SPANS};
use super::json::first_keys;
use super::output::{Files, Output};
use super::tokens::TokenOptions;
use super::{Entry, Export, Notes, OffsetUnit, has_extension, stem};
use crate::document::Document;
use crate::error::Diagnostic;

/// A file to be read.
pub struct Input<'a> {
    /// The path of the file, as the user gave it.
    pub file: &'a Path,
    /// The content of the file, without a byte order mark; empty if the format is binary.
    pub text: &'a str,
    /// The bytes of the file.
    pub bytes: &'a [u8],
    /// The content of the companion file, for formats that keep the text in a separate file.
    pub companion: Option<&'a str>,
    /// Returns the document with an id, if it is known: formats without offsets are aligned with
    /// its text.
    pub documents: &'a dyn Fn(&str) -> Option<&'a Document>,
    /// How token files are read.
    pub tokens: TokenOptions<'a>,
    /// The parts of the file that are read, for exports of annotation tools.
    pub export: &'a Export,
    /// Receives what the reader assumes and leaves out.
    pub notes: &'a Notes,
    /// The names of the classes that a file states as numbers, in order; empty if none were given.
    pub labels: &'a [String],
    /// The unit of offsets that was given for files that do not declare one.
    pub offset_unit: Option<OffsetUnit>,
}

impl Input<'_> {
    /// Makes a note on the file.
    pub fn note(&self, what: impl Into<String>, example: impl Into<String>) {
        self.notes.add(self.file, what, example);
    }

    /// Returns the name of the file without its extension: the id of the document in a file that
    /// contains one document and no id.
    pub fn stem(&self) -> String {
        stem(self.file)
    }
}

/// The beginning of a file, from which its format is detected.
pub struct Look<'a> {
    /// The path of the file.
    pub file: &'a Path,
    /// The first 8 KiB of the file, by which a binary format is recognised.
    pub bytes: &'a [u8],
    /// The first 8 KiB of the file as text; empty if the file is not UTF-8.
    pub head: &'a str,
    keys: Vec<(String, &'a str)>,
}

impl<'a> Look<'a> {
    pub(super) fn new(file: &'a Path, bytes: &'a [u8], text: Option<&'a str>) -> Self {
        let text = text.unwrap_or_default();
        let head = &text[..text.floor_char_boundary(HEAD)];
        Self { file, bytes: &bytes[..bytes.len().min(HEAD)], head, keys: first_keys(text) }
    }

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

/// A format of annotations.
///
/// A file contains any number of documents, and `read` gives each its id, which must differ from
/// that of every other document in the file and, in a folder, in the other files:
///
/// - the id that the file states;
/// - in a format with one document a file and no id, [`Input::stem`];
/// - in a format with many documents a file and no ids, the number of the document. The entry is
///   marked `is_numbered`, and takes the id of the known document with the same text.
pub struct Format {
    /// The name for `--from` and `--to`.
    pub name: &'static str,
    /// A description in one line.
    pub about: &'static str,
    /// The extensions of its files in a folder, in lower case and without a dot. Several formats
    /// may share one: the content decides between them. A file that is named directly may have any.
    /// A format does not take `txt`, which the documents beside annotations have.
    pub extensions: &'static [&'static str],
    /// The extension of the companion file that contains the text, if there is one.
    pub companion: Option<&'static str>,
    /// Whether it is always a folder with one file per document. In a folder, such files are read
    /// and tables beside them are not.
    pub folder: bool,
    /// Whether it omits documents without annotations.
    pub omits_empty: bool,
    /// Whether its files can contain the annotations of several annotators by name.
    pub has_annotators: bool,
    /// Whether the text of a document may be under any key, which [`Export::text_key`] names.
    pub has_text_key: bool,
    /// Whether its files are bytes rather than UTF-8 text: `looks_like` is given [`Look::bytes`],
    /// and `read` is given [`Input::bytes`]. A file that is in a binary format is in no text
    /// format.
    pub binary: bool,
    /// Whether `--column` chooses what is read of its files.
    pub chooses_column: bool,
    /// Whether `--tags` says how the tags of its files are written.
    pub chooses_tags: bool,
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

/// The number of bytes from which the format of a file is detected.
const HEAD: usize = 8 * 1024;

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name).finish()
    }
}

impl Format {
    /// What formats have unless they say otherwise: text with labelled spans. A format declares at
    /// least its name, description, extensions, `looks_like`, `read` and `write`.
    pub const DEFAULTS: Self = Self {
        name: "",
        about: "",
        extensions: &[],
        companion: None,
        folder: false,
        omits_empty: false,
        has_annotators: false,
        has_text_key: false,
        binary: false,
        chooses_column: false,
        chooses_tags: false,
        looks_like: |_| false,
        read: |_| Vec::new(),
        capabilities: SPANS,
        write: |_, _| Vec::new(),
    };

    /// Whether a file has one of the format's extensions.
    pub fn has_extension(&self, file: &Path) -> bool {
        self.extensions.iter().any(|extension| has_extension(file, extension))
    }

    /// Returns the extensions as messages list them: `.json or .jsonl`.
    pub fn extension_list(&self) -> String {
        self.extensions.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" or ")
    }
}
