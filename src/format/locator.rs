//! Locates many diagnostics in their files. Files are read when they are first needed, and once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source_map::{SourceLocation, SourceMap};
use super::{Entry, JsonIndex, Source, decode, has_extension, read_file};
use crate::document::{Document, Step};
use crate::error::Diagnostic;
use crate::positions::Positions;

/// The text of a file, and what is indexed of it.
struct SourceFile {
    text: String,
    positions: Positions,
    /// The indices of its JSON objects, by the number of the line; 0 for the whole file.
    objects: BTreeMap<usize, JsonIndex>,
}

/// Locates diagnostics, and caches the files that it reads.
#[derive(Default)]
pub struct Locator {
    files: BTreeMap<PathBuf, Option<SourceFile>>,
}

impl Locator {
    /// Locates a diagnostic at a value of a JSON object.
    pub fn in_json(&mut self, diagnostic: Diagnostic, source: &Source, path: &[Step]) -> Diagnostic {
        let Some((object, index)) = self.object(source) else { return diagnostic.in_file(&source.file) };
        let bytes = informative_range(object, index, path);
        source.place_by(diagnostic, (object, index), bytes)
    }

    /// Locates a diagnostic at an annotation of an entry, given its path in the annotations.
    pub fn in_entry(&mut self, diagnostic: Diagnostic, entry: &Entry, path: &[Step]) -> Diagnostic {
        match &entry.places {
            Some(places) => self.in_source_map(diagnostic, &entry.source, places, path),
            None => self.in_json(diagnostic, &entry.source, path),
        }
    }

    /// Locates a diagnostic at an annotation of a file in another format, given its path in the
    /// annotations.
    pub fn in_source_map(
        &mut self,
        diagnostic: Diagnostic,
        source: &Source,
        places: &SourceMap,
        path: &[Step],
    ) -> Diagnostic {
        match places.find(path) {
            Some(SourceLocation::Json(path)) => self.in_json(diagnostic, source, path),
            Some(SourceLocation::Bytes(bytes)) => {
                let diagnostic = diagnostic.in_file(&source.file);
                match self.file(&source.file) {
                    Some(file) => diagnostic.at_bytes_of(&file.text, &file.positions, bytes.clone()),
                    None => diagnostic,
                }
            }
            None if source.line > 0 => diagnostic.in_file(&source.file).at((source.line, 1)),
            None => diagnostic.in_file(&source.file),
        }
    }

    /// Returns the line of an annotation in its file, counted from 1, given its path in the
    /// annotations; `None` if the file cannot be read again. `places` is that of a file in another
    /// format than karat's own.
    pub fn line(&mut self, source: &Source, places: Option<&SourceMap>, path: &[Step]) -> Option<usize> {
        let in_object = Some(source.line).filter(|line| *line > 0);
        let path = match places.map(|places| places.find(path)) {
            None => path,
            Some(None) => return in_object,
            Some(Some(SourceLocation::Bytes(bytes))) => {
                return self.file(&source.file).map(|file| file.positions.line(bytes.start));
            }
            Some(Some(SourceLocation::Json(path))) => path,
        };
        if in_object.is_some() {
            return in_object;
        }
        let SourceFile { text, positions, objects } = self.file(&source.file)?;
        let index = objects.entry(0).or_insert_with(|| JsonIndex::new(text));
        Some(positions.line(index.locate(text, path).start))
    }

    /// Locates a diagnostic at a span of a document, which is a text file or the value of `text` in
    /// a JSON object.
    pub fn in_text(
        &mut self,
        diagnostic: Diagnostic,
        source: &Source,
        document: &Document,
        range: (u32, u32),
    ) -> Diagnostic {
        if source.line > 0 || !has_extension(&source.file, "txt") {
            return self.in_json(diagnostic, source, &[Step::Key("text".to_owned())]);
        }
        match document.bytes(range.0, range.1) {
            Some(bytes) => diagnostic.in_file(&source.file).at_bytes(document.text(), bytes),
            None => diagnostic.in_file(&source.file),
        }
    }

    /// Locates a diagnostic at a value of a TOML file.
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

    /// Returns the text of an object with its index.
    fn object(&mut self, source: &Source) -> Option<(&str, &mut JsonIndex)> {
        let SourceFile { text, positions, objects } = self.file(&source.file)?;
        let json = match source.line.checked_sub(1) {
            Some(line) => text[*positions.line_starts().get(line)?..].lines().next()?,
            None => text,
        };
        Some((json, objects.entry(source.line).or_insert_with(|| JsonIndex::new(json))))
    }

    fn file(&mut self, file: &Path) -> Option<&mut SourceFile> {
        if !self.files.contains_key(file) {
            let bytes = read_file(file).ok();
            let text = bytes.as_deref().and_then(|bytes| decode(bytes).ok()).map(str::to_owned);
            let read = text.map(|text| {
                let positions = Positions::new(&text);
                SourceFile { text, positions, objects: BTreeMap::new() }
            });
            self.files.insert(file.to_owned(), read);
        }
        self.files.get_mut(file)?.as_mut()
    }
}

/// Returns the byte range of the value at a path. For an object over several lines, returns that of
/// its most informative field, since the excerpt of its first line would be a brace.
fn informative_range(json: &str, index: &mut JsonIndex, path: &[Step]) -> Range<usize> {
    let whole = index.locate(json, path);
    if path.is_empty() || !json[whole.clone()].starts_with('{') || !json[whole.clone()].contains('\n') {
        return whole;
    }
    let fields = ["text", "label", "start"];
    let fields = fields.map(|name| index.locate(json, &[path, &[Step::Key(name.to_owned())]].concat()));
    fields.into_iter().find(|field| field.start > whole.start).unwrap_or(whole)
}

/// Returns the byte range of the value at a path.
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
