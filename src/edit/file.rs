//! Changes golden annotations in a file, in the format that it has.

use super::change::GoldChange;
use super::json::change_object;
use super::offsets::Offsets;
use super::verify::{decoded, refused, verify_in};
use super::{brat, label_studio, tokens};
use crate::document::{Annotations, Document};
use crate::error::Diagnostic;
use crate::format::tokens::TokenOptions;
use crate::format::{
    Entry, Export, FieldMap, Format, GivenBasis, Input, MapOptions, Mapping, Notes, Purpose, Source, is_compressed,
    is_parquet, stem,
};

/// A golden file, and how it is read.
#[derive(Clone)]
pub struct GoldFile<'f> {
    /// The content of the file.
    pub bytes: &'f [u8],
    /// The path of the file, and the line of the document if the reader gave one.
    pub source: &'f Source,
    /// The format that the user named; `None` if it is detected.
    pub format: Option<&'static Format>,
    /// How token files are read.
    pub tokens: TokenOptions<'f>,
    /// The parts of an annotation tool's export that are read.
    pub export: Export,
    /// What the user says that offsets count.
    pub given: GivenBasis,
}

impl<'f> GoldFile<'f> {
    /// Creates a file that is read as it is detected.
    pub fn new(bytes: &'f [u8], source: &'f Source) -> Self {
        Self {
            bytes,
            source,
            format: None,
            tokens: TokenOptions::default(),
            export: Export::default(),
            given: GivenBasis::default(),
        }
    }

    /// Reads all entries of the file with other content.
    fn read(&self, format: &Format, content: Content<'_>, document: &Document) -> Result<Vec<Entry>, Diagnostic> {
        let documents = |id: &str| (id == document.id()).then_some(document);
        let input = Input {
            file: &self.source.file,
            text: content.text,
            bytes: content.bytes,
            companion: format.companion.map(|_| document.text()),
            documents: &documents,
            tokens: self.tokens,
            export: &Export { purpose: Purpose::Gold, ..self.export.clone() },
            notes: &Notes::default(),
            labels: &[],
            offset_unit: self.given.unit,
        };
        (format.read)(&input).into_iter().collect()
    }

    /// Returns the annotations of an entry with offsets in code points of the document's text.
    fn annotations(&self, entry: &Entry, document: &Document) -> Result<Annotations, Diagnostic> {
        let mut entry = Entry { given: self.given, ..entry.clone() };
        if let Some(tags) = &mut entry.annotations.tags {
            let is_joined = tags.joined() == document.text();
            if !is_joined && tags.place_in(document.text()).is_err() {
                return Err(Diagnostic::new("the tokens are not those of the document's text"));
            }
            entry.annotations.decode_tags();
        } else {
            entry.convert_offsets(Some(document)).map_err(|(diagnostic, _)| diagnostic)?;
        }
        Ok(entry.annotations)
    }

    /// Returns the index of the document's entry.
    fn entry_of(&self, entries: &[Entry], document: &Document) -> Option<usize> {
        let in_line = || (0..entries.len()).filter(|at| entries[*at].source.line == self.source.line);
        let only = |found: Vec<usize>| if let [at] = found[..] { Some(at) } else { None };
        let is_named = |at: &usize| {
            // In a folder, the name of a token file and the folders of a brat file precede the id.
            let rest = document.id().strip_suffix(entries[*at].id.as_str()).unwrap_or_default();
            let file = &self.source.file;
            rest.strip_suffix('.').is_some_and(|name| name == stem(file))
                || rest.strip_suffix('/').is_some_and(|name| file.parent().is_some_and(|folder| folder.ends_with(name)))
        };
        only(in_line().collect())
            .or_else(|| only(in_line().filter(|at| entries[*at].id == document.id()).collect()))
            .or_else(|| only(in_line().filter(is_named).collect()))
            .or_else(|| only(in_line().filter(|at| entries[*at].text.as_deref() == Some(document.text())).collect()))
    }
}

/// The content of a file.
#[derive(Clone, Copy)]
struct Content<'c> {
    bytes: &'c [u8],
    /// The content without a byte order mark.
    text: &'c str,
}

/// The document in a file of another format than karat's own.
pub(super) struct Target<'t> {
    /// The content of the file, without a byte order mark.
    pub text: &'t str,
    /// The document's entry, as the reader of the format returned it.
    pub entry: &'t Entry,
    /// The annotations of the entry, with offsets in code points.
    pub before: &'t Annotations,
    pub document: &'t Document,
    pub offsets: Offsets,
    pub file: &'t GoldFile<'t>,
}

/// Changes the golden annotations of a document in the content of its file, and returns the new
/// content. Everything else in the file stays as it is.
///
/// # Errors
/// Fails if the format of the file cannot hold the change or is not one that karat corrects, if the
/// change does not fit the annotations, and if the file would read differently than the change
/// says.
pub fn change_file(file: &GoldFile<'_>, document: &Document, change: &GoldChange) -> Result<Vec<u8>, Diagnostic> {
    let changed = change_content(file, document, change);
    changed.map_err(|diagnostic| {
        let file = diagnostic.file.clone().unwrap_or_else(|| file.source.file.clone());
        diagnostic.in_file(file).of_document(document.id())
    })
}

fn change_content(file: &GoldFile<'_>, document: &Document, change: &GoldChange) -> Result<Vec<u8>, Diagnostic> {
    if is_compressed(file.bytes) {
        let diagnostic = Diagnostic::new("karat does not correct compressed files");
        return Err(diagnostic.help("decompress the file, and correct the one that comes out"));
    }
    if is_parquet(file.bytes) {
        let diagnostic = Diagnostic::new("karat does not correct Parquet files");
        return Err(diagnostic.help("`karat convert` writes its documents to a .jsonl file, which karat corrects"));
    }
    let (format, text) = Format::of_file(&file.source.file, file.bytes, file.format)?;
    refuse_mapped(file, text)?;
    let mark = &file.bytes[..file.bytes.len() - text.len()];
    let changed = match format.name {
        "karat" => change_line(file, text, document, change)?,
        name => {
            let edit = match name {
                "brat" => brat::change,
                "label-studio" => label_studio::change,
                "conll" | "iob1" | "iob2" | "ioe1" | "ioe2" | "iobes" | "bilou" => tokens::change,
                _ => {
                    let diagnostic = Diagnostic::new(format!("karat does not correct files in the format {name}"));
                    return Err(diagnostic.help(CONVERT));
                }
            };
            refuse_kind(format, change)?;
            change_other(file, (format, text), document, change, edit)?
        }
    };
    Ok([mark, changed.as_bytes()].concat())
}

/// What helps if a format cannot hold a change.
const CONVERT: &str =
    "`karat convert FILE --to karat --out FILE.jsonl` writes karat's own format, which karat corrects";

/// Refuses a file whose fields are read under other names than karat's.
fn refuse_mapped(file: &GoldFile<'_>, text: &str) -> Result<(), Diagnostic> {
    if file.format.is_some() {
        return Ok(());
    }
    let map = FieldMap::default();
    let options = MapOptions { purpose: Purpose::Gold, map: &map, is_numbered: false, needs_text: false };
    match Mapping::of_file(&file.source.file, text, options) {
        Ok(Some(_)) => Err(Diagnostic::new("karat does not correct files with field names of their own").help(CONVERT)),
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Refuses a change that a format with labelled spans only cannot hold.
fn refuse_kind(format: &Format, change: &GoldChange) -> Result<(), Diagnostic> {
    let what = match change {
        GoldChange::AddEntity { .. }
        | GoldChange::SetLabel { .. }
        | GoldChange::SetSpan { .. }
        | GoldChange::Delete { .. } => None,
        GoldChange::AddAlternative { .. } => Some("alternatives of labels"),
        GoldChange::SetOptional { .. } => Some("optional labels"),
        GoldChange::Ignore { .. } => Some("ignored regions"),
        GoldChange::SetValue { .. } => Some("records"),
        GoldChange::SetReference { .. } => Some("reference summaries"),
        GoldChange::SetKeyPoint { .. } => Some("key points"),
    };
    if let Some(what) = what {
        let diagnostic = Diagnostic::new(format!("files in the format {} cannot hold {what}", format.name));
        return Err(diagnostic.help(CONVERT));
    }
    if let Some(label) = change.label() {
        let written = (format.capabilities.label)(label);
        if written != label {
            let message = format!("files in the format {} cannot hold the label {label:?}", format.name);
            return Err(Diagnostic::new(message).help(format!("it would be {written:?}")));
        }
    }
    Ok(())
}

/// Changes a document in karat's own format: the whole file, or the document's line.
fn change_line(
    file: &GoldFile<'_>,
    text: &str,
    document: &Document,
    change: &GoldChange,
) -> Result<String, Diagnostic> {
    let Some((head, line, tail)) = line_of(text, file.source.line) else { return Err(no_document()) };
    let changed = change_object(line, file.source, file.given, document, change)?;
    Ok([head, &changed, tail].concat())
}

/// Splits a text into a line by its number, counted from 1, and what is before and after it; 0 is
/// the whole text.
pub(super) fn line_of(text: &str, number: usize) -> Option<(&str, &str, &str)> {
    let Some(before) = number.checked_sub(1) else { return Some(("", text, "")) };
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let line = text[start..].lines().next()?;
    let end = start + line.len();
    Some((&text[..start], line, &text[end..]))
}

/// Changes a document in another format, and reads the result again.
fn change_other(
    file: &GoldFile<'_>,
    (format, text): (&Format, &str),
    document: &Document,
    change: &GoldChange,
    edit: fn(&Target<'_>, &GoldChange) -> Result<String, Diagnostic>,
) -> Result<String, Diagnostic> {
    let entries = file.read(format, Content { bytes: file.bytes, text }, document)?;
    let at = file.entry_of(&entries, document).ok_or_else(no_document)?;
    let entry = &entries[at];
    let before = file.annotations(entry, document)?;
    change.check(document)?;
    change.apply(&decoded(&before))?;
    let basis = Entry { given: file.given, ..entry.clone() }.basis();
    let offsets = Offsets::new(basis, document);
    let target = Target { text, entry, before: &before, document, offsets, file };
    let changed = edit(&target, change)?;
    let content = Content { bytes: changed.as_bytes(), text: &changed };
    let after = file.read(format, content, document).map_err(|_| refused())?;
    let is_same = |(one, other): (&Entry, &Entry)| {
        one.id == other.id
            && one.text == other.text
            && one.meta == other.meta
            && decoded(&one.annotations) == decoded(&other.annotations)
    };
    let mut others = entries.iter().zip(&after).enumerate().filter(|(number, _)| *number != at);
    if entries.len() != after.len() || !others.all(|(_, pair)| is_same(pair)) || after[at].id != entry.id {
        return Err(refused());
    }
    verify_in(&before, &file.annotations(&after[at], document)?, change, Some(document))?;
    Ok(changed)
}

fn no_document() -> Diagnostic {
    Diagnostic::new("the file does not contain the document").help("the file may have changed: load it again")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const TEXT: &str = "Ada met Bö";

    fn changed(name: &str, line: usize, bytes: &[u8], json: &str) -> Result<Vec<u8>, Diagnostic> {
        let source = Source { file: PathBuf::from(name), line };
        let change: GoldChange = serde_json::from_str(json).unwrap();
        change_file(&GoldFile::new(bytes, &source), &Document::new("a", TEXT), &change)
    }

    const SET: &str = r#"{"kind": "set_label", "of": {"start": 8, "end": 10, "label": "PER"}, "label": "ORG"}"#;

    #[test]
    fn only_the_line_of_the_document_changes() {
        let line = r#"{"id":"a", "entities": [{"start": 8, "end": 10, "label": "PER"}]} "#;
        let other = r#"{"id": "b", "note": 1e5, "entities": [{"start": 8,"end":10, "label": "PER"}]}"#;
        for (mark, line_break) in [("", "\n"), ("\u{feff}", "\r\n")] {
            let lines = |line: &str| format!("{mark}{other}{line_break}{line_break}{line}{line_break}{other}");
            let after = changed("a.jsonl", 3, lines(line).as_bytes(), SET).unwrap();
            assert_eq!(String::from_utf8(after).unwrap(), lines(&line.replace("PER", "ORG")));
            let whole = format!("{mark}{line}{line_break}");
            let after = changed("a.json", 0, whole.as_bytes(), SET).unwrap();
            assert_eq!(String::from_utf8(after).unwrap(), whole.replace("PER", "ORG"));
        }
        let missing = changed("a.jsonl", 9, other.as_bytes(), SET).unwrap_err();
        assert_eq!(missing.message, "the file does not contain the document");
    }

    #[test]
    fn files_that_karat_does_not_correct_are_refused_with_what_helps() {
        let spacy = r#"{"text": "Ada met Bö", "ents": [{"start": 8, "end": 10, "label": "PER"}]}"#;
        let mapped =
            r#"{"doc_id": "a", "document": "Ada met Bö", "spans": [{"begin": 8, "finish": 10, "type": "PER"}]}"#;
        for (name, bytes, message, help) in [
            ("a.json.gz", &[0x1F, 0x8B, 8, 0][..], "karat does not correct compressed files", "decompress"),
            ("a.parquet", b"PAR1....PAR1", "karat does not correct Parquet files", "karat convert"),
            ("a.jsonl", spacy.as_bytes(), "karat does not correct files in the format", "karat convert"),
        ] {
            let refused = changed(name, 0, bytes, SET).unwrap_err();
            assert!(refused.message.starts_with(message), "{refused}");
            assert!(refused.help.as_ref().unwrap().contains(help), "{refused}");
            assert_eq!((refused.file, refused.document.as_deref()), (Some(PathBuf::from(name)), Some("a")));
        }
        assert!(changed("a.jsonl", 1, mapped.as_bytes(), SET).is_err());
    }
}
