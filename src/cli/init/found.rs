//! Decides which of the paths in a folder become the datasets and the predictions of karat.toml:
//! golden files that fit documents are a dataset, unless an earlier one has some of the documents.
//! What is left out or assumed is said in a note.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use karat::corpus::{Dataset, ReadAs, load_any_predictions, load_documents, load_golden_as};
use karat::document::{Document, LayerSet, Reference};
use karat::error::{Diagnostic, Error, Recovered};
use karat::format::{Notes, document_to_line};

use super::scan::{Scan, at, plain_words};

/// The name of the only dataset.
const ONLY: &str = "main";

/// The data of a folder.
pub(super) struct Found {
    /// The datasets, of which there is at least one.
    pub datasets: Vec<FoundDataset>,
    /// The predictions.
    pub predictions: Vec<FoundPredictions>,
    /// What was assumed and left out.
    pub notes: Vec<String>,
}

/// A dataset of a folder.
pub(super) struct FoundDataset {
    pub name: String,
    pub documents: Documents,
    pub golden: Golden,
}

/// A file or folder of predictions, and the name of the dataset that it has predictions for.
pub(super) struct FoundPredictions {
    pub path: PathBuf,
    pub dataset: String,
}

/// The documents of a dataset.
pub(super) enum Documents {
    /// A folder or file.
    Found(PathBuf),
    /// The name and the lines of a file that is written, since the texts are in the golden files or
    /// only some of the documents are labelled.
    Written { file: String, lines: String },
}

/// The golden files of a dataset.
pub(super) enum Golden {
    /// A folder or file with the layers that it contains, and the most frequent label of entities.
    Found { path: PathBuf, layers: LayerSet, label: Option<String> },
    /// No document is labelled. These are their ids.
    Skeletons(Vec<String>),
}

/// A dataset whose parts fit.
struct Fitting {
    texts: Texts,
    golden: PathBuf,
    references: BTreeMap<String, Reference>,
}

/// Where the texts of a dataset are.
enum Texts {
    /// In these documents, all of which are labelled.
    Documents(PathBuf),
    /// In the golden files, from which a file of documents is written.
    Golden,
    /// In these documents, of which only some are labelled, so that a copy of those is written.
    Some { documents: PathBuf, of: usize },
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
    let is_named = !scan.golden.is_empty();
    let fitting = fitting(folder, &scan, &choices, is_named, &mut notes);
    let Some(first) = fitting.first() else { return without_fit(folder, scan, &choices, notes).map(Some) };
    if !is_named {
        others.extend(choices.iter().filter(|path| **path != first.golden).cloned());
    }
    let used: BTreeSet<&Path> = fitting.iter().flat_map(Fitting::paths).collect();
    if let Texts::Documents(documents) = &first.texts {
        let unused = scan.documents.iter().filter(|path| !used.contains(path.as_path()));
        notes.extend(
            unused.map(|path| format!("{} is not used: {} fits the golden files", shown(path), shown(documents))),
        );
    }
    let golden: Vec<&Path> = fitting.iter().map(|fitting| fitting.golden.as_path()).collect();
    let names = names(&golden);
    if !scan.unread.is_empty() {
        notes.push(unreadable(&scan.unread));
    }
    let mut predictions = Vec::new();
    for (path, is_named) in
        scan.predictions.iter().map(|path| (path, true)).chain(others.iter().map(|path| (path, false)))
    {
        let answered = |fitting: &Fitting| {
            let read = load_any_predictions(&at(folder, path), &fitting.references);
            let is_clean = read.diagnostics.is_empty() && read.unknown_ids.is_empty();
            if is_named || is_clean { read.answers.len() } else { 0 }
        };
        let answered = fitting.iter().map(answered).zip(&names);
        // Of datasets of which equally many documents are answered, the first one counts.
        match answered.rev().max_by_key(|(answered, _)| *answered) {
            Some((1.., name)) => {
                predictions.push(FoundPredictions { path: path.clone(), dataset: name.clone() });
            }
            _ => notes.push(format!("{} is not used: it has no predictions for these documents", shown(path))),
        }
    }
    predictions.sort_by(|one, other| one.path.cmp(&other.path));
    let is_answered = |name: &String| predictions.iter().any(|found| found.dataset == *name);
    if !predictions.is_empty() {
        let unanswered = names.iter().filter(|name| !is_answered(name));
        notes.extend(unanswered.map(|name| format!("there are no predictions for the dataset {name}")));
    }
    let is_only = names.len() == 1;
    let dataset = |(fitting, name): (Fitting, String)| {
        let (layers, label) = (layers(&fitting.references), label(&fitting.references));
        let file = if is_only { "documents.jsonl".to_owned() } else { format!("documents-{name}.jsonl") };
        notes.extend(fitting.note(&file));
        let documents = match fitting.texts {
            Texts::Documents(path) => Documents::Found(path),
            Texts::Golden | Texts::Some { .. } => Documents::Written { file, lines: lines(&fitting.references) },
        };
        FoundDataset { name, documents, golden: Golden::Found { path: fitting.golden, layers, label } }
    };
    let datasets = fitting.into_iter().zip(names).map(dataset).collect();
    Ok(Some(Found { datasets, predictions, notes }))
}

/// Finds the documents of golden files: of all that are golden by their names (`is_named`), and
/// otherwise of the first that fit documents. Golden files of documents that an earlier dataset has
/// are left out, since they are another annotation of the same texts.
fn fitting(folder: &Path, scan: &Scan, choices: &[PathBuf], is_named: bool, notes: &mut Vec<String>) -> Vec<Fitting> {
    let (mut all, mut misfits): (Vec<Fitting>, Vec<&Path>) = (Vec::new(), Vec::new());
    for golden in choices {
        if !is_named && !all.is_empty() {
            break;
        }
        let found = fit(folder, scan, golden);
        match found.as_ref().map(|found| all.iter().find(|earlier| earlier.shares(found))) {
            Some(None) => all.extend(found),
            Some(Some(earlier)) => notes.push(format!(
                "{} is not used: {} is the first that fits its documents",
                shown(golden),
                shown(&earlier.golden)
            )),
            None => misfits.push(golden),
        }
    }
    if is_named && !all.is_empty() {
        notes.extend(misfits.iter().map(|golden| format!("{} is not used: no documents fit it", shown(golden))));
    }
    all
}

/// Names the datasets of golden files after the words of their paths that tell them apart.
fn names(golden: &[&Path]) -> Vec<String> {
    if golden.len() == 1 {
        return vec![ONLY.to_owned()];
    }
    let words: Vec<Vec<String>> = golden.iter().map(|path| plain_words(path)).collect();
    let mut taken = BTreeSet::new();
    let name = |own: &Vec<String>| {
        let telling = own.iter().filter(|word| !words.iter().all(|words| words.contains(word)));
        let base = telling.map(String::as_str).collect::<Vec<_>>().join("-");
        unique(if base.is_empty() { ONLY } else { &base }, &mut taken)
    };
    words.iter().map(name).collect()
}

/// Returns a name, with a number behind it if it is taken, and takes it.
pub(super) fn unique(base: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = base.to_owned();
    for number in 2.. {
        if taken.insert(name.clone()) {
            break;
        }
        name = format!("{base}-{number}");
    }
    name
}

impl Fitting {
    /// The paths that the dataset reads.
    fn paths(&self) -> impl Iterator<Item = &Path> {
        let documents = match &self.texts {
            Texts::Documents(documents) | Texts::Some { documents, .. } => Some(documents.as_path()),
            Texts::Golden => None,
        };
        documents.into_iter().chain([self.golden.as_path()])
    }

    /// Says why the file of documents is written; `None` if it is not.
    fn note(&self, file: &str) -> Option<String> {
        match &self.texts {
            Texts::Documents(_) => None,
            Texts::Golden => Some(format!("{file} has the texts that {} contains", shown(&self.golden))),
            Texts::Some { documents, of } => Some(format!(
                "{} of {of} documents are labelled: {file} has a copy of them; once all are, write `documents = {:?}` in \
                 karat.toml and delete it",
                self.references.len(),
                shown(documents)
            )),
        }
    }

    /// Whether both have a document with the same id and text.
    fn shares(&self, other: &Self) -> bool {
        other.references.iter().any(|(id, of_other)| {
            let own = self.references.get(id).and_then(|own| own.document.as_ref());
            own.zip(of_other.document.as_ref()).is_some_and(|(own, other)| own.text() == other.text())
        })
    }
}

/// Finds the documents of golden files: those with the same ids, else the texts that the golden
/// files contain, else those among the documents that are labelled.
fn fit(folder: &Path, scan: &Scan, golden: &Path) -> Option<Fitting> {
    let labels = at(folder, golden);
    let fitting = |texts, references| Fitting { texts, golden: golden.to_owned(), references };
    for documents in scan.documents.iter().map(PathBuf::as_path).chain([golden]) {
        if let Ok(dataset) = Dataset::load("", &at(folder, documents), &labels) {
            return Some(fitting(Texts::Documents(documents.to_owned()), dataset.references));
        }
    }
    if let Some(references) = read_with(&labels, &BTreeMap::new()) {
        return Some(fitting(Texts::Golden, references));
    }
    scan.documents.iter().find_map(|documents| {
        let texts = load_documents(&at(folder, documents)).into_result().ok()?;
        let references = read_with(&labels, &texts)?;
        Some(fitting(Texts::Some { documents: documents.clone(), of: texts.len() }, references))
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
    let of_only = |path| FoundPredictions { path, dataset: ONLY.to_owned() };
    let predictions = scan.predictions.into_iter().map(of_only).collect();
    Ok(Found { datasets: vec![FoundDataset { name: ONLY.to_owned(), documents, golden }], predictions, notes })
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
