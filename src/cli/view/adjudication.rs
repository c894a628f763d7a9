//! `karat view --passes`: the disagreements of two passes are decided one by one, and every
//! document whose disagreements are all decided becomes an adjudicated file.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use karat::adjudication::{Decision, JournalLine, PairedDocument, PassPair, Ruling, Rulings, golden_file};
use karat::agree::as_gold_and_system;
use karat::corpus::{DatasetInfo, ReadAs, load_annotators, load_documents, load_info};
use karat::document::{Annotator, Document, Entity, Reference};
use karat::error::{Diagnostic, Error};
use karat::format::{FORMATS, file_names, read_document, sha256, stem, to_line};
use karat::report::{ExtractorReport, Report, live_page};
use karat::score::{Settings, score};
use karat::store::Staging;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::adjudication_journal::AdjudicationJournal;
use super::parsed;
use super::reply::Reply;
use crate::cli::plan::AdjudicationPlan;
use crate::cli::{notes, output, run_location};

/// A decision that a page asks for.
#[derive(Debug, Deserialize)]
struct DecisionRequest {
    document: String,
    item: usize,
    decision: Decision,
    #[serde(default)]
    why: String,
    /// The decision that the page showed, if there was one.
    #[serde(default)]
    was: Option<Decision>,
}

/// The newest decision. A page that asks to take it back names it, since another page may have
/// decided something else since.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct NewestDecision {
    document: String,
    item: usize,
    decision: Decision,
}

/// A file that a page asks to replace.
#[derive(Debug, Deserialize)]
struct ReplaceRequest {
    document: String,
    /// SHA-256 of the file as it was shown.
    sha256: String,
}

/// The text of a document, as its adjudicated file has it.
struct FileText {
    /// The text, if it is known from the passes alone.
    own: Option<String>,
    sha256: Option<String>,
}

/// The files of golden formats in the folder of the adjudicated files, by the document that each is
/// named after.
type GoldenFiles = BTreeMap<String, PathBuf>;

/// The state of one server.
pub(super) struct AdjudicationSession<'p> {
    plan: &'p AdjudicationPlan,
    /// The names of the passes.
    names: [String; 2],
    report: Report,
    documents: BTreeMap<String, PairedDocument>,
    texts: BTreeMap<String, FileText>,
    rulings: Rulings,
    /// The journal; `None` if nothing is written.
    journal: Option<AdjudicationJournal>,
}

/// Where the adjudicated file of a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileState {
    /// Not all disagreements are decided.
    Open,
    /// The file has what was decided.
    Written,
    /// The file is missing, or has what this adjudication wrote before.
    Unwritten,
    /// A file that this adjudication did not write is there, with this SHA-256.
    Exists(String),
    /// Another file is there that has the golden labels of the document.
    Another(PathBuf),
}

impl<'p> AdjudicationSession<'p> {
    /// Loads and compares the passes, goes on with the decisions of the journal, and writes the
    /// files of the documents that are complete.
    pub fn open(plan: &'p AdjudicationPlan) -> Result<Self, Error> {
        let (annotators, info) = load(plan)?;
        let [first, second] = annotators;
        let names = [first.name.clone(), second.name.clone()];
        let mut documents = BTreeMap::new();
        let mut texts = BTreeMap::new();
        for (id, one) in &first.documents {
            let Some(other) = second.documents.get(id) else { continue };
            let hashes = [one, other].map(|side| hash(id, side));
            documents
                .insert(id.clone(), PairedDocument { pair: PassPair::new(&one.gold, &other.gold), sha256: hashes });
            texts.insert(id.clone(), file_text(one, other, plan.documents.is_some()));
        }
        let (references, system) = as_gold_and_system(&first, &second);
        let scores = score(&references, &system, &Settings::default());
        let name = plan.dataset.clone().unwrap_or_else(|| names.join(" and "));
        let mut report = Report { dataset: name, info, ..Report::of_references(&references) };
        report.add_gold(&references, BTreeMap::new());
        let mut extractor = ExtractorReport::new(&system, &report.documents, scores);
        extractor.predicted = system.answers.into_iter().map(|(id, answer)| (id, answer.annotations)).collect();
        report.extractors.push(extractor);

        let path = plan.out.join("edits").join("adjudication.jsonl");
        let (journal, (lines, unknown)) = if plan.is_read_only {
            (None, AdjudicationJournal::read(&path)?)
        } else {
            let (journal, content) = AdjudicationJournal::open(&path)?;
            (Some(journal), content)
        };
        let rulings = Rulings::replay(lines, &documents);
        let mut session = Self { plan, names, report, documents, texts, rulings, journal };
        session.note_start(&path, unknown);
        session.write_complete()?;
        Ok(session)
    }

    fn note_start(&self, path: &Path, unknown: usize) {
        let path = path.display();
        if unknown > 0 {
            output::note(&format!("note: lines of {path} that are not understood and decide nothing: {unknown}\n"));
        }
        let outdated: Vec<&str> = self.rulings.outdated().iter().map(String::as_str).collect();
        if !outdated.is_empty() {
            let what = "the passes changed since these were decided, and earlier decisions on them do not count";
            output::note(&format!("note: {what}: {}\n", listed(&outdated)));
        }
        let partial = self.documents.values().filter(|one| !one.pair.unilateral_layers().is_empty());
        let layers: BTreeSet<String> =
            partial.flat_map(|one| one.pair.unilateral_layers()).map(|layer| layer.to_string()).collect();
        if !layers.is_empty() {
            let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
            let what = "labelled by one pass only in some documents, and taken from it there";
            output::note(&format!("note: {what}: {}\n", listed(&layers)));
        }
        let all: usize = self.documents.values().map(|one| one.pair.disagreements().len()).sum();
        let open = self.documents.values().filter(|one| !one.pair.disagreements().is_empty()).count();
        let decided = self.rulings.count();
        let documents = self.documents.len();
        output::note(&format!("note: decided {decided} of {all} disagreements, in {open} of {documents} documents\n"));
    }

    /// Writes the files of all complete documents, and notes what was written and what is in the
    /// way.
    fn write_complete(&mut self) -> Result<(), Error> {
        let ids: Vec<String> = self.documents.keys().cloned().collect();
        let (mut written, mut in_the_way) = (0, Vec::new());
        let listed_files = OnceCell::new();
        for id in &ids {
            match self.file_state(id, &listed_files)? {
                FileState::Unwritten if self.journal.is_some() => {
                    self.write(id)?;
                    written += 1;
                }
                FileState::Exists(_) => in_the_way.push(self.file(id)),
                FileState::Another(file) => in_the_way.push(file),
                _ => {}
            }
        }
        let out = self.plan.out.display();
        if written > 0 {
            output::note(&format!("note: wrote the documents without an open disagreement to {out}: {written}\n"));
        }
        // Files that are in the way of documents which are still open are better known now.
        let open = ids.iter().filter(|id| self.rulings.complete(id, &self.documents[*id]).is_none());
        in_the_way.extend(open.filter_map(|id| {
            let bytes = fs::read(self.file(id)).ok()?;
            (self.rulings.written(id) != Some(&sha256(bytes))).then(|| self.file(id))
        }));
        if !in_the_way.is_empty() {
            let files: Vec<String> = in_the_way.iter().map(|file| file.display().to_string()).collect();
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            let what =
                "not written by this adjudication, which leaves them as they are unless you replace them in the page";
            output::note(&format!("note: {what} (--out FOLDER writes elsewhere): {}\n", listed(&files)));
        }
        Ok(())
    }

    /// Returns the page.
    pub fn page(&self) -> Result<Reply, Error> {
        let listed_files = OnceCell::new();
        let documents = self.documents.keys().map(|id| Ok((id.clone(), self.document(id, &listed_files)?)));
        let documents: serde_json::Map<String, Value> = documents.collect::<Result<_, Error>>()?;
        let live = json!({
            "dataset": self.report.dataset,
            // The passes themselves are not corrected.
            "readOnly": true,
            "refused": {},
            "files": {},
            "saved": null,
            "undo": null,
            "passes": {
                "a": self.names[0],
                "b": self.names[1],
                "out": self.plan.out.display().to_string(),
                "readOnly": self.journal.is_none(),
                "newest": self.newest(),
                "documents": documents,
            },
        });
        Ok(Reply::page(live_page(&self.report, &live)))
    }

    /// Does what a page asks for: `decide`, `undo` or `replace`.
    pub fn change(&mut self, action: &str, content: &str) -> Result<Reply, Error> {
        if self.journal.is_none() {
            let diagnostic = Diagnostic::new("nothing is decided: karat view was started with --read-only");
            return Err(diagnostic.into());
        }
        let (id, item) = match action {
            "undo" => {
                let request: NewestDecision = parsed(content)?;
                self.undo(&request)?;
                (request.document, Some(request.item))
            }
            "replace" => {
                let request: ReplaceRequest = parsed(content)?;
                self.replace(&request)?;
                (request.document, None)
            }
            _ => {
                let request: DecisionRequest = parsed(content)?;
                self.decide(&request)?;
                (request.document, Some(request.item))
            }
        };
        let document = self.document(&id, &OnceCell::new())?;
        Ok(Reply::json(&json!({"id": id, "item": item, "document": document, "newest": self.newest()})))
    }

    fn decide(&mut self, request: &DecisionRequest) -> Result<(), Error> {
        let DecisionRequest { document: id, item, decision, why, was } = request;
        let Some(document) = self.documents.get(id) else {
            return Err(Diagnostic::new("the passes do not have this document").of_document(id).into());
        };
        let disagreement = document.pair.disagreements().get(*item);
        if !disagreement.is_some_and(|one| one.permits(*decision)) {
            return Err(Diagnostic::new("there is no such disagreement, or no such decision on it")
                .of_document(id)
                .into());
        }
        if self.rulings.of(id, *item).map(|ruling| ruling.decision) != *was {
            let diagnostic = Diagnostic::new("this was decided elsewhere since it was shown: reload the page");
            return Err(diagnostic.of_document(id).into());
        }
        let ruling = Ruling { decision: *decision, why: why.clone() };
        // Deciding the same again for the same reason changes nothing, and is not recorded.
        if self.rulings.of(id, *item) != Some(&ruling) {
            let line = JournalLine::of_decision(id, document, *item, Some(&ruling));
            self.append(line)?;
            self.rulings.rule(id, *item, ruling);
        }
        self.write_if_complete(id)
    }

    /// Returns the newest decision, if there is one.
    fn newest(&self) -> Option<NewestDecision> {
        let (document, item) = self.rulings.last()?;
        let decision = self.rulings.of(document, item)?.decision;
        Some(NewestDecision { document: document.to_owned(), item, decision })
    }

    /// Takes the newest decision back, if it is the one that the page shows.
    fn undo(&mut self, request: &NewestDecision) -> Result<(), Error> {
        let Some(newest) = self.newest() else {
            return Err(Diagnostic::new("there is nothing to undo").into());
        };
        if newest != *request {
            let what = "another decision is the newest since this page was loaded: reload the page";
            return Err(Diagnostic::new(what).of_document(&newest.document).into());
        }
        let NewestDecision { document: id, item, .. } = newest;
        let line = JournalLine::of_decision(&id, &self.documents[&id], item, None);
        self.append(line)?;
        self.rulings.take_back(&id, item);
        self.write_if_complete(&id)
    }

    /// Writes the file of a document whose disagreements are all decided, unless another file is in
    /// the way.
    fn write_if_complete(&mut self, id: &str) -> Result<(), Error> {
        if self.file_state(id, &OnceCell::new())? == FileState::Unwritten { self.write(id) } else { Ok(()) }
    }

    /// Replaces a file that this adjudication did not write, if it is still as it was shown.
    fn replace(&mut self, request: &ReplaceRequest) -> Result<(), Error> {
        let ReplaceRequest { document: id, sha256: shown } = request;
        if !self.documents.contains_key(id) {
            return Err(Diagnostic::new("the passes do not have this document").of_document(id).into());
        }
        match self.file_state(id, &OnceCell::new())? {
            FileState::Exists(found) if found == *shown => self.write(id),
            FileState::Exists(_) => {
                let diagnostic = Diagnostic::new("this file changed on disk since it was shown: reload the page");
                Err(diagnostic.in_file(self.file(id)).into())
            }
            _ => Err(Diagnostic::new("there is no file to replace").of_document(id).into()),
        }
    }

    /// Appends a line to the journal, with who decided and when if that is recorded.
    fn append(&mut self, mut line: JournalLine) -> Result<(), Error> {
        line.who.clone_from(&self.plan.author);
        line.when = self.plan.author.is_some().then(run_location::now);
        match &mut self.journal {
            Some(journal) => journal.append(&line).map_err(Error::from),
            None => Ok(()),
        }
    }

    /// Returns what the page shows of a document: its disagreements, with what was decided, and its
    /// file.
    fn document(&self, id: &str, listed_files: &OnceCell<GoldenFiles>) -> Result<Value, Error> {
        let disagreements = self.documents[id].pair.disagreements().iter().enumerate();
        let items = disagreements.map(|(item, disagreement)| {
            let mut value = json!(disagreement);
            for side in ["a", "b"] {
                self.add_text(id, &mut value[side]);
            }
            value["ruling"] = json!(self.rulings.of(id, item));
            if matches!(disagreement.layer.as_str(), "relations" | "events") {
                let [a, b] = self.documents[id].pair.referred(item).map(|entities| self.in_words(id, entities));
                value["names"] = json!({"a": a, "b": b});
            }
            value
        });
        let items: Vec<Value> = items.collect();
        let (state, existing) = match self.file_state(id, listed_files)? {
            FileState::Open => ("open", None),
            FileState::Written => ("written", None),
            FileState::Unwritten => ("unwritten", None),
            FileState::Exists(sha256) => ("exists", Some(sha256)),
            FileState::Another(file) => ("another", Some(file.display().to_string())),
        };
        Ok(json!({
            "file": self.file(id).display().to_string(),
            "items": items,
            "state": state,
            "existing": existing,
            "wasWritten": self.rulings.written(id).is_some(),
            "dropped": self.content(id)?.map_or(0, |(_, dropped)| dropped),
        }))
    }

    /// Adds the text that an item covers, if it does not store it.
    fn add_text(&self, id: &str, item: &mut Value) {
        let offset = |name: &str| item[name].as_u64().and_then(|offset| u32::try_from(offset).ok());
        let Some((start, end)) = offset("start").zip(offset("end")).filter(|_| item["text"].is_null()) else { return };
        if let Some(text) = self.report.texts.get(id).and_then(|document| document.slice(start, end)) {
            item["text"] = json!(text);
        }
    }

    /// Returns the labels and texts of entities.
    fn in_words<'e>(&self, id: &str, entities: BTreeMap<&'e str, &Entity>) -> BTreeMap<&'e str, String> {
        let document = self.report.texts.get(id);
        let words = |entity: &Entity| {
            let slice = || document.and_then(|document| document.slice(entity.start, entity.end));
            let text = entity.text.as_deref().or_else(slice).unwrap_or_default();
            format!("{} {text}", entity.label).trim_end().to_owned()
        };
        entities.into_iter().map(|(id, entity)| (id, words(entity))).collect()
    }

    fn file(&self, id: &str) -> PathBuf {
        self.plan.out.join(format!("{id}.json"))
    }

    /// Returns the content of an adjudicated file, and the number of relations and arguments that
    /// it lacks; `None` while a disagreement is open.
    fn content(&self, id: &str) -> Result<Option<(String, usize)>, Error> {
        let document = &self.documents[id];
        let Some(decisions) = self.rulings.complete(id, document) else { return Ok(None) };
        let adjudicated = document.pair.adjudicate(&decisions);
        let FileText { own, sha256 } = &self.texts[id];
        let hash = sha256.as_deref().filter(|_| own.is_none());
        let content = golden_file(id, own.as_deref(), hash, &adjudicated.annotations);
        let read = read_document(&self.file(id), &content);
        if !read.is_ok_and(|entry| entry.annotations == adjudicated.annotations) {
            let diagnostic = Diagnostic::new("karat cannot write this adjudicated file: it would read differently");
            return Err(diagnostic.of_document(id).help("the journal has the decisions; please report this").into());
        }
        Ok(Some((content, adjudicated.dropped)))
    }

    /// Returns where the file of a document stands. The folder is listed if `listed_files` is empty
    /// and a file is missing: once for all documents, since it may contain a file for each.
    fn file_state(&self, id: &str, listed_files: &OnceCell<GoldenFiles>) -> Result<FileState, Error> {
        let Some((content, _)) = self.content(id)? else { return Ok(FileState::Open) };
        let file = self.file(id);
        match fs::read(&file) {
            Ok(bytes) if bytes == content.as_bytes() => Ok(FileState::Written),
            Ok(bytes) => {
                let found = sha256(bytes);
                let is_own = self.rulings.written(id) == Some(&found);
                Ok(if is_own { FileState::Unwritten } else { FileState::Exists(found) })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let another = listed_files.get_or_init(|| golden_files(&self.plan.out)).get(id);
                let another = another.filter(|path| **path != file).cloned();
                Ok(another.map_or(FileState::Unwritten, FileState::Another))
            }
            Err(error) => Err(Diagnostic::io("read this", &file, &error).into()),
        }
    }

    /// Writes the adjudicated file of a document, whatever is there.
    fn write(&mut self, id: &str) -> Result<(), Error> {
        let Some((content, _)) = self.content(id)? else { return Ok(()) };
        let file = self.file(id);
        let mut staging = Staging::default();
        staging.add(&file, content.as_bytes())?;
        staging.commit()?;
        let hash = sha256(&content);
        self.rulings.add_written(id, &hash);
        self.append(JournalLine::of_file(id, &format!("{id}.json"), &hash))
    }
}

/// Loads the documents that both passes have and that may be shown, and the metadata of their
/// dataset.
fn load(plan: &AdjudicationPlan) -> Result<([Annotator; 2], DatasetInfo), Error> {
    let documents = plan.documents.as_deref().map(|path| load_documents(path).into_result());
    let documents = documents.transpose().map_err(Error::Input)?;
    let read_as = ReadAs::default();
    let annotators = load_annotators(&plan.passes, documents.as_ref(), &read_as);
    notes::of_reading([&read_as.notes]);
    let annotators: [Annotator; 2] = annotators?.try_into().expect("two passes were named");
    let infos = plan.metadata.iter().map(|file| load_info(file)).collect::<Result<Vec<DatasetInfo>, _>>()?;
    let unknown = plan.metadata.iter().zip(&infos).flat_map(|(file, info)| {
        info.unknown_split_seals().into_iter().map(move |diagnostic| diagnostic.in_file(file))
    });
    let unknown: Vec<Diagnostic> = unknown.collect();
    if !unknown.is_empty() {
        return Err(Error::Input(unknown));
    }
    let annotators = infos.iter().fold(annotators, without_sealed);
    let info = infos.into_iter().next().unwrap_or_default();
    let [first, second] = &annotators;
    for (one, other) in [(first, second), (second, first)] {
        let lacking: Vec<&str> =
            other.documents.keys().filter(|id| !one.documents.contains_key(*id)).map(String::as_str).collect();
        if !lacking.is_empty() {
            let what = format!("{} lacks documents, which are not adjudicated", one.name);
            output::note(&format!("note: {what}: {}\n", listed(&lacking)));
        }
    }
    let shared: Vec<&String> = first.documents.keys().filter(|id| second.documents.contains_key(*id)).collect();
    if shared.is_empty() {
        let diagnostic = Diagnostic::new("the passes have no document in common that may be adjudicated");
        return Err(Error::NothingSelected(diagnostic.help("documents are paired by their ids")));
    }
    let unfit: Vec<Diagnostic> = shared.into_iter().filter_map(|id| unfit_as_name(id)).collect();
    if unfit.is_empty() { Ok((annotators, info)) } else { Err(Error::Input(unfit)) }
}

/// Leaves the documents of sealed splits out, with a note.
fn without_sealed(mut annotators: [Annotator; 2], info: &DatasetInfo) -> [Annotator; 2] {
    let ids: BTreeSet<&String> = annotators.iter().flat_map(|annotator| annotator.documents.keys()).collect();
    let mut sealed: BTreeMap<&str, usize> = BTreeMap::new();
    ids.into_iter().filter_map(|id| info.sealed_split(id)).for_each(|split| *sealed.entry(split).or_default() += 1);
    for (split, count) in sealed {
        output::note(&format!("note: left out, since their split {split:?} is sealed: {count} of its documents\n"));
    }
    for annotator in &mut annotators {
        annotator.documents.retain(|id, _| info.sealed_split(id).is_none());
    }
    annotators
}

/// Returns why an id cannot be the name of a file.
fn unfit_as_name(id: &str) -> Option<Diagnostic> {
    let reason = file_names::unfit(id)?;
    let diagnostic = Diagnostic::new(format!("the id cannot be the name of a file everywhere: {reason}"));
    Some(diagnostic.of_document(id).help("adjudicated files are named after their documents: rename it"))
}

/// Returns the SHA-256 of what a pass has in a document, and of the text.
fn hash(id: &str, side: &Reference) -> String {
    let text = side.document.as_ref().map(Document::text).unwrap_or_default();
    sha256(format!("{}{text}", to_line(id, &side.gold)))
}

/// Returns the text that an adjudicated file has: none if there are documents beside it.
fn file_text(one: &Reference, other: &Reference, has_documents: bool) -> FileText {
    let text = one.document.as_ref().or(other.document.as_ref()).map(Document::text);
    let declared = one.text_sha256.as_ref().or(other.text_sha256.as_ref()).cloned();
    FileText { own: text.filter(|_| !has_documents).map(str::to_owned), sha256: text.map(sha256).or(declared) }
}

/// Lists the files of golden formats in a folder. If several are named after one document, the
/// first by name counts.
fn golden_files(folder: &Path) -> GoldenFiles {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let is_golden = |path: &PathBuf| FORMATS.iter().any(|format| format.has_extension(path)) && path.is_file();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_golden).collect();
    files.sort_unstable();
    let mut listed = GoldenFiles::new();
    for file in files {
        listed.entry(stem(&file)).or_insert(file);
    }
    listed
}

/// Lists at most five names.
fn listed(names: &[&str]) -> String {
    let first = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{first} and {} more", names.len() - 5) } else { first }
}
