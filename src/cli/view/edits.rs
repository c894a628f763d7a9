//! Corrections of golden files: written at once, only onto the file that was shown, and recorded.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use karat::edit::{GoldChange, GoldFile, LoggedEdit, change_file};
use karat::error::{Diagnostic, Error};
use karat::format::sha256;
use karat::store::Staging;
use serde::Deserialize;
use serde_json::json;

use super::session::{Session, refusal};
use crate::cli::run_location;

/// A correction that a page asks for.
#[derive(Debug, Deserialize)]
pub(super) struct EditRequest {
    pub dataset: String,
    /// The id of the document.
    #[serde(default)]
    document: String,
    /// SHA-256 of the golden file as it was shown.
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default)]
    change: Option<GoldChange>,
    /// Why, in the reviewer's words.
    #[serde(default)]
    why: String,
}

/// A correction that can be undone.
pub(super) struct Undo {
    pub dataset: String,
    what: String,
    document: String,
    file: PathBuf,
    before: Vec<u8>,
    /// SHA-256 of the file after the correction: undoing must not lose a later one.
    after: String,
}

impl Session<'_> {
    /// Writes a correction to the golden file, and returns what was done in words.
    pub fn edit(&mut self, request: &EditRequest) -> Result<String, Error> {
        let EditRequest { dataset: name, document: id, change, why, .. } = request;
        let Some(change) = change else { return Err(Diagnostic::new("the request names no change").into()) };
        let dataset = self.dataset(name)?;
        if dataset.is_confidential {
            return Err(Diagnostic::new("the documents are confidential: their texts are not shown here").into());
        }
        if !self.plan.config.parsed.datasets[name].map.is_empty() {
            let diagnostic = Diagnostic::new("the golden files have fields of your own (`map` in karat.toml)");
            return Err(diagnostic.help("convert them by `karat convert`, and correct what comes out").into());
        }
        if let Some(why) = refusal(&dataset, id) {
            return Err(Diagnostic::new(why).of_document(id).into());
        }
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
        let what = format!("Saved {} in {}.", change.kind().replace('_', " "), file.display());
        let undo = Undo {
            dataset: name.clone(),
            what: what.clone(),
            document: id.clone(),
            file: file.clone(),
            before,
            after: sha256(&after),
        };
        self.undo.push(undo);
        self.log(name, &logged.to_line())?;
        Ok(what)
    }

    /// Takes back the last correction of a dataset.
    pub fn undo_last(&mut self, dataset: &str) -> Result<String, Error> {
        let Some(at) = self.undo.iter().rposition(|undo| undo.dataset == dataset) else {
            return Err(Diagnostic::new("there is nothing to undo").into());
        };
        let Undo { file, before, after, document, what, .. } = &self.undo[at];
        if sha256(&read(file)?) != *after {
            return Err(changed(file));
        }
        write(file, before)?;
        let line = format!("{}\n", json!({"document": document, "change": "undo", "what": what}));
        let said = format!("Undone in {}.", file.display());
        self.undo.remove(at);
        self.log(dataset, &line)?;
        Ok(said)
    }

    /// Appends a line to the log of a dataset's golden files.
    fn log(&self, dataset: &str, line: &str) -> Result<(), Error> {
        let golden = self.plan.config.golden(dataset);
        let folder = if golden.is_dir() {
            golden.join("edits")
        } else {
            let name = golden.file_name().unwrap_or_default().to_string_lossy();
            golden.with_file_name(format!("{name}.edits"))
        };
        let file = folder.join("log.jsonl");
        let append = || {
            fs::create_dir_all(&folder)?;
            let mut log = OpenOptions::new().create(true).append(true).open(&file)?;
            log.write_all(line.as_bytes())?;
            log.sync_data()
        };
        append().map_err(|error| {
            let diagnostic = Diagnostic::io("write to this log", &file, &error);
            diagnostic.help("the golden file is corrected; only its record is missing").into()
        })
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
