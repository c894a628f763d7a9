//! `karat convert`: converts annotations between file formats, and lists the annotations that the
//! target format cannot represent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use karat::corpus::{ReadAs, load_checked, load_documents};
use karat::document::Document;
use karat::error::{Diagnostic, Error};
use karat::format::tokens::{Column, TokenOptions};
use karat::format::{Entry, Files, Format, Losses, Notes, Output};
use karat::store::Staging;

use super::args::convert::{ConvertArgs, DenyLosses};
use super::{exit, notes, output};

pub(super) fn execute(args: &ConvertArgs) -> Result<u8, Error> {
    let (documents, mut diagnostics) = args.documents.as_deref().map(load_documents).unwrap_or_default();
    let read = Notes::default();
    let column = args.column.as_deref().map(Column::from).unwrap_or_default();
    let tokens = TokenOptions { column, notation: args.tags, ..TokenOptions::default() };
    let offset_unit = args.offset_unit.map(Into::into);
    let read_as = ReadAs { format: args.from, offset_unit, tokens, notes: Some(&read), ..ReadAs::default() };
    let (entries, wrong) = load_checked(&args.input, read_as, &documents);
    notes::on_reading(&read);
    diagnostics.extend(wrong);
    if args.documents.is_some() && diagnostics.is_empty() {
        diagnostics.extend(entries.values().filter(|entry| !documents.contains_key(&entry.id)).map(|entry| {
            let diagnostic = Diagnostic::new("there is no document with this id").in_file(&entry.source.file);
            diagnostic.of_document(&entry.id).help("ids join annotations and documents")
        }));
    }
    diagnostics.extend(entries.values().filter_map(|entry| unfit(entry, args, &documents)));
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let outputs: Vec<Output> = entries.into_values().map(|entry| to_write(entry, &documents)).collect();
    let (fitted, losses) = args.to.capabilities.fit(&outputs);
    let losses = list(args.to, &losses);
    if args.deny == Some(DenyLosses::Losses) && !losses.is_empty() {
        output::note(&format!("error: {losses}nothing was written\n"));
        return Ok(exit::INPUT);
    }
    let folder = args.to.folder || (args.to.name == "karat" && is_folder(&args.out));
    let files = (args.to.write)(&fitted, folder);
    write(args, &files)?;
    if !losses.is_empty() {
        output::note(&format!("warning: {losses}"));
    }
    let labels: usize = fitted.iter().map(|one| one.annotations.entities.as_ref().map_or(0, Vec::len)).sum();
    let (documents, entities) = (count(fitted.len(), "document", "documents"), count(labels, "entity", "entities"));
    output::note(&format!("wrote {documents} with {entities} to {}\n", args.out.display()));
    Ok(exit::PASS)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns whether a path is a folder, or does not exist and has no extension.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && path.extension().is_none())
}

/// Returns why an entry cannot be written: it has an error, the target format needs a text that is
/// unknown, or its id is not usable as a name.
fn unfit(entry: &Entry, args: &ConvertArgs, documents: &BTreeMap<String, Document>) -> Option<Diagnostic> {
    let diagnostic = |message: String| Diagnostic::new(message).in_file(&entry.source.file).of_document(&entry.id);
    if let Some(error) = entry.error.as_ref().or(entry.status.as_ref().filter(|status| *status != "ok")) {
        let diagnostic = diagnostic(format!("the document was not answered: {error}"));
        return Some(diagnostic.help("no format but karat's own says so: take the line out"));
    }
    if args.to.capabilities.text && entry.text.is_none() && !documents.contains_key(&entry.id) {
        let diagnostic = diagnostic(format!("{} needs the document's text, which is not known", args.to.name));
        return Some(diagnostic.help("name the documents with --documents"));
    }
    let id = &entry.id;
    let is_name = !id.contains(['/', '\\']) && !id.starts_with('.');
    let is_plain = !id.contains(char::is_control) && id.trim() == id;
    let in_files = args.to.folder || is_folder(&args.out);
    (!is_plain || (in_files && !is_name)).then(|| {
        diagnostic("the id cannot be written there".to_owned()).help("ids become names of files, or words of a line")
    })
}

fn to_write(entry: Entry, documents: &BTreeMap<String, Document>) -> Output {
    let known = documents.get(&entry.id);
    let has_text = known.is_some() || entry.text.is_some();
    let text = known.map(|document| document.text().to_owned()).or(entry.text).unwrap_or_default();
    let meta = if entry.meta.is_empty() { known.map(|known| known.meta().clone()) } else { Some(entry.meta) };
    let document = Document::with_meta(entry.id, text, meta.unwrap_or_default());
    // The output contains the entities that a token file's tags decode to, instead of the tags.
    let mut annotations = entry.annotations;
    annotations.decode_tags();
    annotations.tags = None;
    Output { document, has_text, annotations }
}

fn list(to: &Format, losses: &Losses) -> String {
    if losses.is_empty() { String::new() } else { format!("{} cannot carry\n{losses}", to.name) }
}

/// Writes all files under temporary names, then renames them. Fails if this would overwrite the
/// input, or any other file without `--force`.
fn write(args: &ConvertArgs, files: &Files) -> Result<(), Error> {
    let place = |below: &PathBuf| {
        if below.as_os_str().is_empty() { args.out.clone() } else { args.out.join(below) }
    };
    let is_input = |path: &Path| {
        let (path, input) = (path.canonicalize().ok(), args.input.canonicalize().ok());
        path.zip(input).is_some_and(|(path, input)| path.starts_with(input))
    };
    let mut diagnostics = Vec::new();
    for (below, content) in files {
        let path = place(below);
        // A file with the same content, such as a text beside brat's annotations, is no conflict.
        let is_same = fs::read(&path).is_ok_and(|found| found == *content);
        if !path.exists() || is_same {
            continue;
        }
        if is_input(&path) {
            diagnostics.push(Diagnostic::new("this is what is converted, and would be written over").in_file(path));
        } else if !args.force {
            diagnostics.push(Diagnostic::new("this is there already").in_file(path).help("write over it with --force"));
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let mut staging = Staging::default();
    for (below, content) in files {
        staging.add(&place(below), content)?;
    }
    staging.commit()
}
