//! `karat convert`: converts annotations between file formats, and lists the annotations that the
//! target format cannot represent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use karat::corpus::{Misfits, load_checked, load_documents};
use karat::document::Document;
use karat::error::{Diagnostic, Error, Recovered};
use karat::format::{Entry, Files, Format, Losses, Output, file_names};
use karat::store::Staging;

use super::plan::ConvertPlan;
use super::{exit, notes, output, texts};

pub(super) fn execute(plan: &ConvertPlan<'_>) -> Result<u8, Error> {
    let Recovered { value: documents, mut diagnostics } =
        plan.documents.as_deref().map(load_documents).unwrap_or_default();
    let loaded = load_checked(&plan.input, plan.read_as.clone(), &documents);
    notes::of_reading([&plan.read_as.notes]);
    let mut entries = loaded.report_to(&mut diagnostics);
    if plan.documents.is_some() && diagnostics.is_empty() {
        diagnostics.extend(entries.values().filter(|entry| !documents.contains_key(&entry.id)).map(|entry| {
            let diagnostic = Diagnostic::new("no document has this id").in_file(&entry.source.file);
            diagnostic.of_document(&entry.id).help("ids join annotations and documents")
        }));
    }
    diagnostics.extend(entries.values().filter_map(|entry| unfit(entry, plan, &documents)));
    if plan.writes_folder {
        diagnostics.extend(unfit_as_names(&entries));
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    notes::misfits(&settle_misfits(plan, &mut entries, &documents));
    let outputs: Vec<Output> = entries.into_values().map(|entry| to_write(entry, &documents)).collect();
    let (fitted, mut losses) = plan.to.capabilities.fit(&outputs);
    if !texts::are_quoted() {
        losses.withhold_examples();
    }
    let losses = list(plan.to, &losses);
    if plan.refuses_losses && !losses.is_empty() {
        output::note_lines(&format!("error: {losses}nothing was written\n"));
        return Ok(exit::INPUT);
    }
    let files = (plan.to.write)(&fitted, plan.writes_folder);
    if plan.is_printed() {
        for (_, content) in &files {
            output::print_bytes(content)?;
        }
    } else {
        write(plan, &files)?;
    }
    if !losses.is_empty() {
        output::note_lines(&format!("warning: {losses}"));
    }
    let labels: usize = fitted.iter().map(|one| one.annotations.entities.as_ref().map_or(0, Vec::len)).sum();
    let (documents, entities) = (count(fitted.len(), "document", "documents"), count(labels, "entity", "entities"));
    let place = if plan.is_printed() { "standard output".to_owned() } else { plan.out.display().to_string() };
    output::note(&format!("wrote {documents} with {entities} to {place}\n"));
    Ok(exit::PASS)
}

/// Drops or keeps the labels whose stored text is not the document's, as the user wants.
fn settle_misfits(
    plan: &ConvertPlan<'_>,
    entries: &mut BTreeMap<String, Entry>,
    documents: &BTreeMap<String, Document>,
) -> Vec<Misfits> {
    let misfit = plan.read_as.misfit;
    let counts = entries.values_mut().map(|entry| {
        let own = || Some(Document::new(entry.id.as_str(), entry.text.as_deref()?));
        let document = documents.get(&entry.id).cloned().or_else(own);
        document.map_or(0, |document| misfit.settle(&mut entry.annotations, &document))
    });
    let misfits = Misfits { file: plan.input.clone(), count: counts.sum(), settled: misfit };
    if misfits.count > 0 { vec![misfits] } else { Vec::new() }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns why an entry cannot be written: it has an error, the target format needs a text that is
/// unknown, or its id is not usable as a name.
fn unfit(entry: &Entry, plan: &ConvertPlan<'_>, documents: &BTreeMap<String, Document>) -> Option<Diagnostic> {
    let diagnostic = |message: String| Diagnostic::new(message).in_file(&entry.source.file).of_document(&entry.id);
    if let Some(error) = entry.error.as_ref().or(entry.status.as_ref().filter(|status| *status != "ok")) {
        let diagnostic = diagnostic(format!("the document was not answered: {error}"));
        return Some(diagnostic.help("only karat's own format represents this: remove the line"));
    }
    if plan.to.capabilities.text && entry.text.is_none() && !documents.contains_key(&entry.id) {
        let diagnostic = diagnostic(format!("{} needs the document's text, which is not known", plan.to.name));
        return Some(diagnostic.help("name the documents with --documents"));
    }
    let id = &entry.id;
    let is_name = !id.contains(['/', '\\']) && !id.starts_with('.');
    let is_plain = !id.contains(char::is_control) && id.trim() == id;
    (!is_plain || (plan.ids_are_names && !is_name)).then(|| {
        diagnostic("the id cannot be written there".to_owned()).help("ids become names of files, or words of a line")
    })
}

/// Returns diagnostics for ids that cannot be the names of files on Windows, and for those that are
/// the name of one file on Windows or macOS.
fn unfit_as_names(entries: &BTreeMap<String, Entry>) -> Vec<Diagnostic> {
    let diagnostic = |id: &str, message: String| {
        let diagnostic = Diagnostic::new(message).in_file(&entries[id].source.file).of_document(id);
        diagnostic.help("ids become names of files: rename the document, or write a format with one file")
    };
    let reserved = entries.keys().filter_map(|id| Some((id, file_names::unportable(id)?)));
    let mut diagnostics: Vec<Diagnostic> = reserved
        .map(|(id, reason)| diagnostic(id, format!("the id cannot be the name of a file everywhere: {reason}")))
        .collect();
    diagnostics.extend(
        file_names::colliding(entries.keys().map(String::as_str)).into_iter().map(|(first, second)| {
            diagnostic(second, format!("its file would be that of {first:?} on Windows or macOS"))
        }),
    );
    diagnostics
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
fn write(plan: &ConvertPlan<'_>, files: &Files) -> Result<(), Error> {
    let place = |below: &PathBuf| {
        if below.as_os_str().is_empty() { plan.out.clone() } else { plan.out.join(below) }
    };
    let is_input = |path: &Path| {
        let (path, input) = (path.canonicalize().ok(), plan.input.canonicalize().ok());
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
            diagnostics.push(Diagnostic::new("this is the input, which the output would overwrite").in_file(path));
        } else if !plan.overwrites {
            diagnostics
                .push(Diagnostic::new("this path already exists").in_file(path).help("overwrite it with --force"));
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
