//! Decides which of the paths in a folder become the dataset and the predictions of karat.toml: the
//! golden files are the first, in order of path, that fit documents. What is left out or assumed is
//! said in a note.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat::corpus::{Dataset, ReadAs, load_any_predictions, load_documents, load_golden_as};
use karat::document::{Document, LayerSet, Reference};
use karat::error::{Diagnostic, Error, Recovered};
use karat::format::{Notes, document_to_line};

use super::scan::{Scan, at};

/// The data of a folder.
pub(super) struct Found {
    pub documents: Documents,
    pub golden: Golden,
    /// The predictions for the documents.
    pub predictions: Vec<PathBuf>,
    /// What was assumed and left out.
    pub notes: Vec<String>,
}

/// The documents of the dataset.
pub(super) enum Documents {
    /// A folder or file.
    Found(PathBuf),
    /// The lines of a file that is written, since the texts are in the golden files or only some of
    /// the documents are labelled.
    Written(String),
}

/// The golden files of the dataset.
pub(super) enum Golden {
    /// A folder or file with the layers that it contains, and the most frequent label of entities.
    Found { path: PathBuf, layers: LayerSet, label: Option<String> },
    /// No document is labelled. These are their ids.
    Skeletons(Vec<String>),
}

/// A dataset whose parts fit.
struct Fitting {
    documents: Documents,
    golden: PathBuf,
    references: BTreeMap<String, Reference>,
}

/// Finds the data of a folder. Returns `None` if the folder is empty or does not exist. Fails if it
/// contains nothing that can be scored.
pub(super) fn find(folder: &Path) -> Result<Option<Found>, Error> {
    let scan = Scan::of(folder);
    if scan.files == 0 {
        return Ok(None);
    }
    let mut notes = Vec::new();
    if scan.left_out() > 0 {
        notes.push(format!("{} files whose names do not say what they are were not read", scan.left_out()));
    }
    let (mut choices, mut others) = (scan.golden.clone(), scan.unnamed.clone());
    if choices.is_empty() {
        choices = std::mem::take(&mut others);
        if let [first, second, ..] = &choices[..] {
            notes.push(format!(
                "{} and {} are both labelled, and their names do not say which is golden: the first in order of name is \
                 taken; swap them in karat.toml if that is wrong",
                shown(first),
                shown(second)
            ));
        }
    }
    let fitting = choices.iter().find_map(|golden| fit(folder, &scan, golden, &mut notes));
    let Some(fitting) = fitting else { return without_fit(folder, scan, &choices, notes).map(Some) };
    others.extend(choices.iter().filter(|path| **path != fitting.golden && !scan.golden.contains(path)).cloned());
    let unused = scan.golden.iter().filter(|path| **path != fitting.golden);
    notes.extend(unused.map(|path| {
        format!("{} is not used: {} is the first that fits documents", shown(path), shown(&fitting.golden))
    }));
    if let Documents::Found(documents) = &fitting.documents {
        let unused = scan.documents.iter().filter(|path| *path != documents && **path != fitting.golden);
        notes.extend(
            unused.map(|path| format!("{} is not used: {} fits the golden files", shown(path), shown(documents))),
        );
    }
    if !scan.unread.is_empty() {
        notes.push(unreadable(&scan.unread));
    }
    let mut predictions = Vec::new();
    for (path, is_named) in
        scan.predictions.iter().map(|path| (path, true)).chain(others.iter().map(|path| (path, false)))
    {
        let read = load_any_predictions(&at(folder, path), &fitting.references);
        let is_clean = read.diagnostics.is_empty() && read.unknown_ids.is_empty();
        if !read.answers.is_empty() && (is_named || is_clean) {
            predictions.push(path.clone());
        } else {
            notes.push(format!("{} is not used: it has no predictions for these documents", shown(path)));
        }
    }
    predictions.sort();
    let (layers, label) = (layers(&fitting.references), label(&fitting.references));
    let golden = Golden::Found { path: fitting.golden, layers, label };
    Ok(Some(Found { documents: fitting.documents, golden, predictions, notes }))
}

/// Finds the documents of golden files: those with the same ids, else the texts that the golden
/// files contain, else those among the documents that are labelled.
fn fit(folder: &Path, scan: &Scan, golden: &Path, notes: &mut Vec<String>) -> Option<Fitting> {
    let labels = at(folder, golden);
    for documents in scan.documents.iter().map(PathBuf::as_path).chain([golden]) {
        if let Ok(dataset) = Dataset::load("", &at(folder, documents), &labels) {
            let documents = Documents::Found(documents.to_owned());
            return Some(Fitting { documents, golden: golden.to_owned(), references: dataset.references });
        }
    }
    let nothing = BTreeMap::new();
    let with_own_texts = read_with(&labels, &nothing);
    if let Some(references) = with_own_texts {
        notes.push(format!("documents.jsonl has the texts that {} contains", shown(golden)));
        let documents = Documents::Written(lines(&references));
        return Some(Fitting { documents, golden: golden.to_owned(), references });
    }
    scan.documents.iter().find_map(|path| {
        let texts = load_documents(&at(folder, path)).into_result().ok()?;
        let references = read_with(&labels, &texts)?;
        notes.push(format!(
            "{} of {} documents are labelled: documents.jsonl has a copy of them; once all are, write `documents = {:?}` \
             in karat.toml and delete it",
            references.len(),
            texts.len(),
            shown(path)
        ));
        let documents = Documents::Written(lines(&references));
        Some(Fitting { documents, golden: golden.to_owned(), references })
    })
}

/// Reads golden files with documents. Returns `None` on any error, and if a text is unknown.
fn read_with(golden: &Path, documents: &BTreeMap<String, Document>) -> Option<BTreeMap<String, Reference>> {
    let Recovered { value: mut references, diagnostics } =
        load_golden_as(golden, ReadAs::noting(&Notes::default()), documents);
    let is_whole = diagnostics.is_empty() && references.values().all(|reference| reference.document.is_some());
    references.values_mut().for_each(|reference| reference.gold.decode_tags());
    (is_whole && !references.is_empty()).then_some(references)
}

/// Returns the data of a folder whose golden files fit no documents, or that has none. The run then
/// shows the errors in golden files.
fn without_fit(folder: &Path, scan: Scan, golden: &[PathBuf], mut notes: Vec<String>) -> Result<Found, Error> {
    let Some(documents) = scan.documents.first() else {
        return Err(nothing_usable(folder, &scan, golden).into());
    };
    let golden = match golden.first() {
        Some(path) => {
            notes.push(format!("{} does not fit {}; `karat run` shows why", shown(path), shown(documents)));
            Golden::Found { path: path.clone(), layers: LayerSet::new(), label: None }
        }
        None => {
            let texts = load_documents(&at(folder, documents)).value;
            Golden::Skeletons(texts.into_keys().collect())
        }
    };
    notes.extend(
        scan.documents[1..].iter().map(|path| format!("{} is not used: {} comes first", shown(path), shown(documents))),
    );
    let documents = Documents::Found(documents.clone());
    Ok(Found { documents, golden, predictions: scan.predictions, notes })
}

/// Says which files are not used because no reader understands them.
fn unreadable(diagnostics: &[Diagnostic]) -> String {
    let files = diagnostics.iter().filter_map(|diagnostic| diagnostic.file.as_deref());
    let shown: Vec<String> = files.take(3).map(|file| file.display().to_string()).collect();
    let more = diagnostics.len() - shown.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("not used, since they are neither documents nor labels that karat reads: {}{rest}", shown.join(", "))
}

fn nothing_usable(folder: &Path, scan: &Scan, golden: &[PathBuf]) -> Diagnostic {
    let shown_folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let found = match (golden, &scan.predictions[..]) {
        ([], []) => "this folder contains neither documents nor labels that karat reads".to_owned(),
        ([], [first, ..]) => format!("there are predictions ({}), but no documents and no golden files", shown(first)),
        ([first, ..], _) => format!("there are golden files ({}), but no texts of their documents", shown(first)),
    };
    let mut help =
        "karat init looks for documents (.txt files, or .jsonl lines with `id` and `text`), for golden files \
                    (in a folder or file named `gold`, `labels`, `annotations` or alike) and for predictions (`pred`, \
                    `predictions`, `output`), in any format that `karat score --help` names; `karat init --template \
                    entities` writes an example here"
            .to_owned();
    if let [[golden, ..], [prediction, ..]] = scan.texts.each_ref().map(Vec::as_slice) {
        help.push_str(&format!(
            "\nif {golden} and {prediction} have one text a line, `karat score --gold {golden} --pred {prediction}` \
             compares them without a configuration",
            golden = quoted(golden),
            prediction = quoted(prediction)
        ));
    }
    for diagnostic in scan.unread.iter().take(3) {
        let file = diagnostic.file.as_deref().unwrap_or(Path::new(""));
        help.push_str(&format!("\n{}: {}", file.display(), diagnostic.message));
    }
    Diagnostic::new(found).in_file(shown_folder).help(help)
}

/// Returns a path as a shell reads it.
fn quoted(path: &Path) -> String {
    let path = shown(path);
    shlex::try_quote(&path).map_or_else(|_| path.clone(), Cow::into_owned)
}

fn lines(references: &BTreeMap<String, Reference>) -> String {
    let documents = references.values().filter_map(|reference| reference.document.as_ref());
    documents.map(|document| format!("{}\n", document_to_line(document).trim_end())).collect()
}

fn layers(references: &BTreeMap<String, Reference>) -> LayerSet {
    references.values().flat_map(|reference| reference.gold.layers()).collect()
}

/// Returns the most frequent label of entities; of equally frequent ones, the first by name.
fn label(references: &BTreeMap<String, Reference>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entity in references.values().flat_map(|reference| reference.gold.entities.iter().flatten()) {
        *counts.entry(&entity.label).or_default() += 1;
    }
    let (label, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    Some(label.to_owned())
}

/// Returns a path as karat.toml has it; the folder itself is `.`.
pub(super) fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string().replace('\\', "/") }
}
