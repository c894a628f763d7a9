//! Corrections of golden files: written at once, only onto the file that was shown, and recorded;
//! and verdicts on key points, in files of their own.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use karat::corpus::{Dataset, shown_path};
use karat::document::Support;
use karat::edit::{GoldChange, GoldFile, LoggedEdit, change_file};
use karat::error::{Diagnostic, Error};
use karat::format::sha256;
use karat::judge::{VerdictFile, set_verdict};
use karat::report::Report;
use karat::store::Staging;
use serde::Deserialize;
use serde_json::json;

use super::append::append_line;
use super::session::{Session, refusal};
use crate::cli::beside_golden::{beside_golden, log_of_corrections};
use crate::cli::run_location;

/// A correction that a page asks for.
#[derive(Debug, Deserialize)]
pub(super) struct EditRequest {
    pub dataset: String,
    /// The id of the document.
    document: String,
    /// SHA-256 of the golden file as it was shown.
    #[serde(default)]
    sha256: Option<String>,
    change: GoldChange,
    /// Why, in the reviewer's words.
    #[serde(default)]
    why: String,
}

/// What a page asks to undo: the correction that it shows as the last one.
#[derive(Debug, Deserialize)]
pub(super) struct UndoRequest {
    pub dataset: String,
    undo: Option<u64>,
}

/// A reviewer's verdict on a key point of an extractor's summary.
#[derive(Debug, Deserialize)]
pub(super) struct VerdictRequest {
    pub dataset: String,
    extractor: String,
    /// The id of the document.
    document: String,
    /// The name of the key point.
    point: String,
    /// The summary that was judged, as the page shows it.
    summary: String,
    /// The verdict; `null` takes it back.
    verdict: Option<String>,
}

/// The names of verdicts, by extractor, document and key point.
pub(super) type Verdicts = BTreeMap<String, BTreeMap<String, BTreeMap<String, &'static str>>>;

/// A correction that can be undone.
pub(super) struct Undo {
    /// Tells it from other corrections.
    pub id: u64,
    pub dataset: String,
    what: String,
    pub document: String,
    file: PathBuf,
    /// `None` if there was no file.
    before: Option<Vec<u8>>,
    /// Whether the log has it: not if it is a verdict, nor if the log could not be written.
    is_logged: bool,
    /// SHA-256 of the file after the correction: undoing must not lose a later one.
    after: String,
}

impl Session<'_> {
    /// Writes a correction to the golden file, and returns what was done in words.
    pub fn edit(&mut self, request: &EditRequest) -> Result<String, Error> {
        let EditRequest { dataset: name, document: id, change, why, .. } = request;
        let dataset = self.dataset(name)?;
        if !self.plan.config.parsed.datasets[name].map.is_empty() {
            let diagnostic = Diagnostic::new("the golden files have fields of your own (`map` in karat.toml)");
            return Err(diagnostic.help("convert them by `karat convert`, and correct what comes out").into());
        }
        refuse(&dataset, id)?;
        let reference = dataset.references.get(id);
        let (Some(source), Some(document)) = (dataset.sources.get(id), reference.and_then(|one| one.document.as_ref()))
        else {
            return Err(Diagnostic::new("its text or its golden file is not known").of_document(id).into());
        };
        let file = &source.source.file;
        let before = read(file)?;
        if request.sha256.as_deref() != Some(&sha256(&before)) {
            return Err(changed(file));
        }
        let after = change_file(&GoldFile::new(&before, &source.source), document, change)?;
        write(file, &after)?;
        let gold = reference.map(|one| &one.gold);
        let (old, new) = gold.map(|gold| change.old_and_new(gold)).unwrap_or_default();
        let when = self.plan.author.is_some().then(run_location::now);
        let logged = LoggedEdit {
            document: id,
            change,
            old: &old,
            new: &new,
            why,
            who: self.plan.author.as_deref(),
            when: when.as_deref(),
        };
        let what = format!("Saved {} in {}.", change.kind().replace('_', " "), self.shown_path(file));
        let undo = Undo {
            id: self.next_undo(),
            dataset: name.clone(),
            what: what.clone(),
            document: id.clone(),
            file: file.clone(),
            before: Some(before),
            is_logged: false,
            after: sha256(&after),
        };
        let at = self.undo.len();
        self.undo.push(undo);
        self.log(name, &logged.to_line())?;
        self.undo[at].is_logged = true;
        Ok(what)
    }

    /// Writes a reviewer's verdict beside the golden files, and returns what was done in words.
    /// Golden files and scores do not change by it.
    pub fn give_verdict(&mut self, request: &VerdictRequest) -> Result<String, Error> {
        let VerdictRequest { dataset: name, extractor, document: id, point, summary, verdict } = request;
        let dataset = self.dataset(name)?;
        refuse(&dataset, id)?;
        let verdict = verdict.as_deref().map(str::parse::<Support>).transpose();
        let verdict = verdict.map_err(|error| Diagnostic::new(error.to_string()))?;
        if !self.shows(extractor) {
            return Err(Diagnostic::new(format!("the report has no extractor {extractor:?}")).into());
        }
        let points = dataset.references.get(id).and_then(|one| one.gold.key_points.as_deref()).unwrap_or_default();
        let names = || points.iter().enumerate().map(|(at, one)| one.name(at));
        if names().filter(|name| name == point).count() != 1 {
            let diagnostic = Diagnostic::new(format!("not one key point has the name {point:?}")).of_document(id);
            return Err(diagnostic.help("reload the page; key points with equal ids need different ones").into());
        }
        let file = self.verdict_file(name, extractor);
        let before = if file.exists() { Some(read(&file)?) } else { None };
        let lines = String::from_utf8(before.clone().unwrap_or_default())
            .map_err(|_| Diagnostic::new("this file is not UTF-8").in_file(&file))?;
        let hash = sha256(summary.as_bytes());
        let verdict = verdict.map(|verdict| (verdict, hash.as_str()));
        let after = set_verdict(&lines, (id, point), verdict).map_err(|diagnostic| diagnostic.in_file(&file))?;
        if let Some(folder) = file.parent() {
            Staging::open(folder)?;
        }
        write(&file, after.as_bytes())?;
        let what = format!(
            "Saved the verdict in {file}; `karat score --hand-verdicts {file}` compares all of them.",
            file = self.shown_path(&file)
        );
        let number = self.next_undo();
        self.undo.push(Undo {
            id: number,
            dataset: name.clone(),
            what: what.clone(),
            document: id.clone(),
            file,
            before,
            is_logged: false,
            after: sha256(after.as_bytes()),
        });
        Ok(what)
    }

    /// The verdicts that reviewers gave on the summaries of a report. Verdicts on other summaries
    /// of the same extractors are left out; a file that cannot be read is an entry of `notices`.
    pub fn verdicts(&self, dataset: &Dataset, report: &Report, notices: &mut Vec<String>) -> Verdicts {
        let mut found = Verdicts::new();
        for extractor in &report.extractors {
            let file = self.verdict_file(&report.dataset, &extractor.name);
            if !file.exists() {
                continue;
            }
            let mut verdicts = match VerdictFile::load(&file, &dataset.references) {
                Ok(verdicts) => verdicts,
                Err(diagnostics) => {
                    let first = diagnostics.first().map(|one| {
                        let line = one.position.map_or_else(String::new, |(line, _)| format!("line {line}: "));
                        format!("{line}{}", one.message)
                    });
                    let file = self.shown_path(&file);
                    notices.push(format!("The verdicts in {file} are not shown: {}.", first.unwrap_or_default()));
                    continue;
                }
            };
            verdicts.retain_of(|id| Some(extractor.predicted.get(id)?.summaries.as_ref()?.first()?.as_str()));
            let words = verdicts.verdicts.into_iter().map(|(id, points)| {
                (id, points.into_iter().map(|(point, verdict)| (point, verdict.support.as_str())).collect())
            });
            found.insert(extractor.name.clone(), words.collect());
        }
        found
    }

    /// The file of the verdicts on the summaries of an extractor, beside the golden files.
    fn verdict_file(&self, dataset: &str, extractor: &str) -> PathBuf {
        beside_golden(self.plan.config.golden(dataset), "verdicts").join(format!("{extractor}.jsonl"))
    }

    /// A path as pages and logs show it: the log is committed, so that it must not contain folders
    /// of this machine.
    fn shown_path(&self, file: &Path) -> String {
        shown_path(file, self.plan.config.home())
    }

    /// A number that no correction of this server has.
    fn next_undo(&mut self) -> u64 {
        self.corrections += 1;
        self.corrections
    }

    /// Takes back the last correction of a dataset, which must be the one that the page names: in
    /// another tab, there may have been a later one.
    pub fn undo_last(&mut self, request: &UndoRequest) -> Result<String, Error> {
        let UndoRequest { dataset, undo: id } = request;
        let Some(at) = self.undo.iter().rposition(|undo| undo.dataset == *dataset) else {
            return Err(Diagnostic::new("there is nothing to undo").into());
        };
        if *id != Some(self.undo[at].id) {
            return Err(Diagnostic::new("something else was corrected since this page was shown: reload it").into());
        }
        let Undo { file, before, after, document, what, is_logged, .. } = &self.undo[at];
        if sha256(&read(file)?) != *after {
            return Err(changed(file));
        }
        match before {
            Some(before) => write(file, before)?,
            None => fs::remove_file(file).map_err(|error| Diagnostic::io("remove this", file, &error))?,
        }
        let mut line = json!({"document": document, "change": "undo", "what": what});
        if let Some(who) = &self.plan.author {
            line["who"] = json!(who);
            line["when"] = json!(run_location::now());
        }
        let line = format!("{line}\n");
        let said = format!("Undone in {}.", self.shown_path(file));
        // The line would take back an earlier correction if the log did not have this one.
        let is_logged = *is_logged;
        self.undo.remove(at);
        if is_logged {
            self.log(dataset, &line)?;
        }
        Ok(said)
    }

    /// Appends a line to the log of a dataset's golden files.
    fn log(&self, dataset: &str, line: &str) -> Result<(), Error> {
        let file = log_of_corrections(self.plan.config.golden(dataset));
        let append = || {
            file.parent().map_or(Ok(()), fs::create_dir_all)?;
            append_line(&mut OpenOptions::new().create(true).read(true).append(true).open(&file)?, line)
        };
        append().map_err(|error| {
            let diagnostic = Diagnostic::io("write to this log", &file, &error);
            diagnostic.help("the golden file is corrected; only its record is missing").into()
        })
    }
}

/// Refuses to change what belongs to a document.
fn refuse(dataset: &Dataset, id: &str) -> Result<(), Error> {
    if dataset.is_confidential {
        return Err(Diagnostic::new("the documents are confidential: their texts are not shown here").into());
    }
    match refusal(dataset, id) {
        Some(why) => Err(Diagnostic::new(why).of_document(id).into()),
        None => Ok(()),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error).into())
}

/// Replaces a file as a whole.
fn write(file: &Path, content: &[u8]) -> Result<(), Error> {
    let mut staging = Staging::default();
    staging.add(file, content)?;
    staging.commit()
}

fn changed(file: &Path) -> Error {
    let diagnostic = Diagnostic::new("this file changed on disk since it was shown: reload the page").in_file(file);
    diagnostic.into()
}
