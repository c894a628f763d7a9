//! The registry of the formats of annotations that karat reads and writes. A format is a
//! [`Format`]: its name, detection, reader, writer and capabilities. [`FORMATS`] lists them all.

use std::fmt;
use std::path::{Path, PathBuf};

use super::capabilities::{Capabilities, SPANS};
use super::json::first_keys;
use super::tokens::{self, TokenOptions};
use super::{Entry, Export, FORMATS, Notes, OffsetUnit, conll2012, decode, formats, has_extension, stem};
use crate::document::{Annotations, Document};
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
    fn new(file: &'a Path, bytes: &'a [u8], text: Option<&'a str>) -> Self {
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
pub type Files = Vec<(PathBuf, Vec<u8>)>;

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
    /// Returns the format with a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    /// Returns karat's own format, `karat.document/1`.
    pub fn own() -> &'static Self {
        &formats::karat::FORMATS[0]
    }

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

    /// Returns the formats that match the beginning of a file.
    pub fn candidates(file: &Path, bytes: &[u8]) -> Vec<&'static Self> {
        matching(&FORMATS, file, bytes, decode(bytes).ok())
    }

    /// Detects the format of a text file from its content.
    ///
    /// # Errors
    /// Fails if several formats match, or none.
    pub fn detect(file: &Path, text: &str) -> Result<&'static Self, Diagnostic> {
        only(&matching(&FORMATS, file, text.as_bytes(), Some(text)), file)
    }

    /// Returns the format of a file and the file's text, which is empty for a binary format. The
    /// format is the named one, or is detected from content. Token files are also recognised by
    /// their extension, since other tables have columns, too.
    ///
    /// # Errors
    /// Fails if the file is clearly in another format than the named one, if several formats match
    /// or none, or if a file in a text format is not UTF-8.
    pub fn of_file<'a>(
        file: &Path,
        bytes: &'a [u8],
        named: Option<&'static Self>,
    ) -> Result<(&'static Self, &'a str), Diagnostic> {
        format_among(&FORMATS, file, bytes, named)
    }

    /// Returns a diagnostic if the formats that match a file do not include this one.
    fn refuse_other(&self, candidates: &[&Self], file: &Path) -> Option<Diagnostic> {
        if candidates.is_empty() || candidates.iter().any(|format| format.name == self.name) {
            return None;
        }
        let list = names(candidates).replace(", ", " or ").replace('`', "");
        let diagnostic = Diagnostic::new(format!("this looks like {list}, not {}", self.name)).in_file(file);
        Some(diagnostic.help(format!("write `--from {}`", candidates[0].name)))
    }
}

fn format_among<'a>(
    formats: &[&'static Format],
    file: &Path,
    bytes: &'a [u8],
    named: Option<&'static Format>,
) -> Result<(&'static Format, &'a str), Diagnostic> {
    let text = decode(bytes).map_err(|diagnostic| diagnostic.in_file(file));
    let candidates = matching(formats, file, bytes, text.as_ref().ok().copied());
    if let Some(diagnostic) = named.and_then(|named| named.refuse_other(&candidates, file)) {
        return Err(diagnostic);
    }
    match named {
        Some(format) if format.binary => Ok((format, "")),
        Some(format) => Ok((format, text?)),
        None if candidates.iter().any(|format| format.binary) => Ok((only(&candidates, file)?, "")),
        None => {
            let text = text?;
            let tokens = is_of_tokens(file, text, &candidates).then(|| Format::find("conll")).flatten();
            Ok((tokens.map_or_else(|| only(&candidates, file), Ok)?, text))
        }
    }
}

/// Returns the formats that match the beginning of a file. The text is that of the bytes, if they
/// are UTF-8.
fn matching(formats: &[&'static Format], file: &Path, bytes: &[u8], text: Option<&str>) -> Vec<&'static Format> {
    let look = &Look::new(file, bytes, text);
    let matches = |binary: bool| {
        formats.iter().copied().filter(move |format| format.binary == binary && (format.looks_like)(look))
    };
    let binary: Vec<&'static Format> = matches(true).collect();
    if !binary.is_empty() || text.is_none() { binary } else { matches(false).collect() }
}

/// Returns the format that matches a file, if it is the only one.
fn only(candidates: &[&'static Format], file: &Path) -> Result<&'static Format, Diagnostic> {
    match candidates {
        [format] => Ok(format),
        // Malformed or empty JSON is probably meant to be karat's format, whose reader reports
        // the error.
        [] if is_json(file) => Ok(Format::own()),
        [] => Err(Diagnostic::new("this is in none of the formats that karat reads")
            .in_file(file)
            .help(format!("name it with `--from`: {}", names(&FORMATS)))),
        _ => Err(Diagnostic::new(format!("this may be {}", names(candidates).replace(", ", " or ")))
            .in_file(file)
            .help("choose one with `--from`")),
    }
}

/// Whether a file is a token file: it has the extension of one and is in no other format with that
/// extension, or is in no other format and has columns of tokens and tags.
fn is_of_tokens(file: &Path, text: &str, candidates: &[&Format]) -> bool {
    let by_name = tokens::is_token_file(file) && !candidates.iter().any(|format| format.has_extension(file));
    let by_content = || !Format::own().has_extension(file) && candidates.is_empty() && tokens::looks_like(text);
    (by_name || by_content()) && !conll2012::looks_like(text)
}

fn names(formats: &[&Format]) -> String {
    formats.iter().map(|format| format!("`{}`", format.name)).collect::<Vec<_>>().join(", ")
}

fn is_json(file: &Path) -> bool {
    ["json", "jsonl", "ndjson"].iter().any(|extension| has_extension(file, extension))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FORMATS, Format, format_among};

    static ZIP: Format = Format {
        name: "zip",
        extensions: &["zip"],
        binary: true,
        looks_like: |look| look.bytes.starts_with(b"PK\x03\x04"),
        ..Format::DEFAULTS
    };

    /// Returns the name of the format of a file, or the message of the error.
    fn format(file: &str, bytes: &[u8], named: Option<&'static Format>) -> String {
        let formats: Vec<&'static Format> = FORMATS.iter().copied().chain([&ZIP]).collect();
        match format_among(&formats, Path::new(file), bytes, named) {
            Ok((format, text)) => format!("{} {text:?}", format.name),
            Err(diagnostic) => diagnostic.message,
        }
    }

    #[test]
    fn a_binary_format_is_detected_from_the_first_bytes() {
        assert_eq!(format("a.zip", b"PK\x03\x04\xFF", None), "zip \"\"");
        assert_eq!(format("a.jsonl", b"PK\x03\x04 is text", None), "zip \"\"");
        assert_eq!(format("a.zip", b"\xFF", Some(&ZIP)), "zip \"\"");
        assert_eq!(format("a.jsonl", b"PK\x03\x04", Some(Format::own())), "this looks like zip, not karat");
        assert_eq!(format("a.zip", b"{\"id\": \"a\"}", Some(&ZIP)), "this looks like karat, not zip");
    }

    #[test]
    fn a_text_format_reads_utf_8_only() {
        assert_eq!(format("a.jsonl", b"\xEF\xBB\xBF{\"id\": 1}", None), "karat \"{\\\"id\\\": 1}\"");
        assert_eq!(format("a.ann", b"T1\xFF", None), "invalid UTF-8: byte 2 is 0xFF");
        assert_eq!(format("a.ann", b"T1\xFF", Format::find("brat")), "invalid UTF-8: byte 2 is 0xFF");
    }

    #[test]
    fn the_extension_of_token_files_yields_to_formats_that_share_it() {
        assert_eq!(format("a.conll", b"Ada B-PER", None), "conll \"Ada B-PER\"");
        assert!(format("a.conll", b"#begin document (a); part 000\n", None).starts_with("conll2012 "));
        assert!(format("a.bio", b"#begin document (a); part 000\n", None).starts_with("conll2012 "));
    }
}
