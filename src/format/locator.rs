//! Putting many faults in their places: every file is read once.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source_map::Place;
use super::{Entry, Source, decode, locate};
use crate::document::{Document, Step};
use crate::error::Diagnostic;

/// A file's text and where its lines begin.
struct File {
    text: String,
    lines: Vec<usize>,
}

/// Reads files as they are needed.
#[derive(Default)]
pub struct Locator {
    files: BTreeMap<PathBuf, Option<File>>,
}

impl Locator {
    /// Puts a fault at a value of a JSON object.
    pub fn in_json(&mut self, diagnostic: Diagnostic, source: &Source, path: &[Step]) -> Diagnostic {
        let Some(object) = self.object(source) else { return diagnostic.in_file(&source.file) };
        source.place(diagnostic, object, telling(object, path))
    }

    /// Puts a fault at a label of an entry, given the label's path in the model.
    pub fn in_entry(&mut self, diagnostic: Diagnostic, entry: &Entry, path: &[Step]) -> Diagnostic {
        let Some(places) = &entry.places else { return self.in_json(diagnostic, &entry.source, path) };
        match places.find(path) {
            Some(Place::Json(path)) => self.in_json(diagnostic, &entry.source, path),
            Some(Place::Bytes(bytes)) => {
                let diagnostic = diagnostic.in_file(&entry.source.file);
                match self.file(&entry.source.file) {
                    Some(file) => diagnostic.at_bytes(&file.text, bytes.clone()),
                    None => diagnostic,
                }
            }
            None if entry.source.line > 0 => diagnostic.in_file(&entry.source.file).at((entry.source.line, 1)),
            None => diagnostic.in_file(&entry.source.file),
        }
    }

    /// Puts a fault at a stretch of a document, which is a text file, or the value of `text` of a JSON object.
    pub fn in_text(
        &mut self,
        diagnostic: Diagnostic,
        source: &Source,
        document: &Document,
        range: (u32, u32),
    ) -> Diagnostic {
        if source.line > 0 || source.file.extension().is_none_or(|extension| extension != "txt") {
            return self.in_json(diagnostic, source, &[Step::Key("text".to_owned())]);
        }
        match document.bytes(range.0, range.1) {
            Some(bytes) => diagnostic.in_file(&source.file).at_bytes(document.text(), bytes),
            None => diagnostic.in_file(&source.file),
        }
    }

    /// Puts a fault at a value of a TOML file.
    pub fn in_toml(&mut self, diagnostic: Diagnostic, file: &Path, path: &[Step]) -> Diagnostic {
        let Some(found) = self.file(file) else { return diagnostic.in_file(file) };
        let root = DeTable::parse(&found.text);
        let bytes = root.ok().and_then(|root| descend(root.get_ref(), path));
        let diagnostic = diagnostic.in_file(file);
        match bytes {
            Some(bytes) => diagnostic.at_bytes(&found.text, bytes),
            None => diagnostic,
        }
    }

    fn object(&mut self, source: &Source) -> Option<&str> {
        let file = self.file(&source.file)?;
        let Some(line) = source.line.checked_sub(1) else { return Some(&file.text) };
        file.text[*file.lines.get(line)?..].lines().next()
    }

    fn file(&mut self, file: &Path) -> Option<&File> {
        if !self.files.contains_key(file) {
            let bytes = fs::read(file).ok();
            let text = bytes.as_deref().and_then(|bytes| decode(bytes).ok()).map(str::to_owned);
            let read = text.map(|text| {
                let lines =
                    [0].into_iter().chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
                File { text, lines }
            });
            self.files.insert(file.to_owned(), read);
        }
        self.files.get(file)?.as_ref()
    }
}

/// The bytes of the value at a path; of an object over several lines, of which one line would show but a brace, those of
/// the field that tells most.
fn telling(json: &str, path: &[Step]) -> Range<usize> {
    let whole = locate(json, path);
    if path.is_empty() || !json[whole.clone()].starts_with('{') || !json[whole.clone()].contains('\n') {
        return whole;
    }
    let field = |name: &str| locate(json, &[path, &[Step::Key(name.to_owned())]].concat());
    let fields = ["text", "label", "start"].map(field);
    fields.into_iter().find(|field| field.start > whole.start).unwrap_or(whole)
}

/// The bytes of the value at a path.
fn descend(root: &DeTable<'_>, path: &[Step]) -> Option<Range<usize>> {
    let (Step::Key(first), rest) = path.split_first()? else { return None };
    let mut value: &Spanned<DeValue<'_>> = root.get(first.as_str())?;
    for step in rest {
        value = match (step, value.get_ref()) {
            (Step::Key(name), DeValue::Table(table)) => table.get(name.as_str())?,
            (Step::Index(at), DeValue::Array(items)) => items.get(*at)?,
            _ => return None,
        };
    }
    Some(value.span())
}
