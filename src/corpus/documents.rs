//! Loads documents from a folder of `.txt` files (the id is the file stem) and `.jsonl` files, or
//! from a single `.jsonl` file.
//!
//! A leading byte order mark is removed and line ends are kept, so that offsets agree with those of
//! other tools. An empty file is a document. Hidden files, folders and files with other extensions
//! are ignored.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::error::{Diagnostic, Recovered};
use crate::format::{Digest, Source, decode, document_to_line, has_extension, mistaken, read_file, read_lines, stem};
use crate::limits::long_text;

/// Loads documents by id, with the diagnostics of those that cannot be read.
pub fn load_documents(path: &Path) -> Recovered<BTreeMap<String, Document>> {
    let Recovered { value: (documents, _), diagnostics } = load_documents_with_sources(path);
    Recovered { value: documents, diagnostics }
}

/// Documents by id, and their sources by id.
pub(super) type SourcedDocuments = (BTreeMap<String, Document>, BTreeMap<String, Source>);

/// Loads documents and their sources by id, with the diagnostics of those that cannot be read.
pub(super) fn load_documents_with_sources(path: &Path) -> Recovered<SourcedDocuments> {
    let mut loading = DocumentLoader::default();
    match files(path, &["txt", "jsonl"]) {
        Ok(files) if files.is_empty() => {
            let diagnostic = Diagnostic::new("there are no documents in this folder").in_file(path);
            loading
                .diagnostics
                .push(diagnostic.help("put .txt files (the id is the file's name) or a .jsonl file there"));
        }
        Ok(files) => files.iter().for_each(|file| loading.file(file)),
        Err(diagnostic) => loading.diagnostics.push(diagnostic),
    }
    let sourced = loading.documents.into_iter().map(|(id, (document, source))| ((id.clone(), document), (id, source)));
    Recovered { value: sourced.unzip(), diagnostics: loading.diagnostics }
}

/// Returns the files of a folder that have one of the extensions, sorted by name. If the path is a
/// file, returns it whatever its extension is.
pub(super) fn files(path: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Diagnostic> {
    let describe = |error: &std::io::Error| Diagnostic::io("read this", path, error).help("is the path right?");
    if !fs::metadata(path).map_err(|error| describe(&error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| describe(&error))? {
        let file = entry.map_err(|error| describe(&error))?.path();
        let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || !extensions.iter().any(|extension| has_extension(&file, extension)) {
            continue;
        }
        // A broken link is an error rather than ignored, since the document is meant to exist.
        if fs::metadata(&file).map_err(|error| Diagnostic::io("read this", &file, &error))?.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Default)]
struct DocumentLoader {
    documents: BTreeMap<String, (Document, Source)>,
    diagnostics: Vec<Diagnostic>,
}

impl DocumentLoader {
    fn file(&mut self, file: &Path) {
        let bytes = match read_file(file) {
            Ok(bytes) => bytes,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic.in_file(file)),
        };
        if has_extension(file, "txt") {
            return self.add(Document::new(stem(file), text), Source { file: file.to_owned(), line: 0 });
        }
        if let Some(diagnostic) = mistaken::text(file, text, true) {
            return self.diagnostics.push(diagnostic);
        }
        for entry in read_lines(file, text) {
            match entry {
                Err(diagnostic) => self.diagnostics.push(diagnostic),
                Ok(entry) => {
                    let Some(text) = entry.text else {
                        let diagnostic =
                            Diagnostic::new("the line has no `text`").in_file(file).at((entry.source.line, 1));
                        self.diagnostics
                            .push(diagnostic.of_document(entry.id).help("a document needs `id` and `text`"));
                        continue;
                    };
                    self.add(Document::with_meta(entry.id, text, entry.meta), entry.source);
                }
            }
        }
    }

    fn add(&mut self, document: Document, source: Source) {
        if let Some(diagnostic) = long_text("the document", document.text()) {
            let diagnostic = diagnostic.in_file(source.file).at((source.line.max(1), 1));
            return self.diagnostics.push(diagnostic.of_document(document.id()));
        }
        if let Some((_, first)) = self.documents.get(document.id()) {
            let message = format!("duplicate id {:?}: {first} and {source} both have it", document.id());
            return self.diagnostics.push(Diagnostic::new(message).in_file(source.file).help("rename one of the two"));
        }
        self.documents.insert(document.id().to_owned(), (document, source));
    }
}

/// Adds a document to a digest: its id, its text and its metadata.
pub fn add_document(digest: &mut Digest, id: &str, document: Option<&Document>) {
    for part in [id, "\0", document.map_or("", Document::text), "\0"] {
        digest.add(part);
    }
    // Most documents have no metadata; their hash is that of earlier versions of karat.
    if let Some(document) = document.filter(|document| !document.meta().is_empty()) {
        digest.add(document_to_line(document));
    }
}
