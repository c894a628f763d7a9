//! The journal of a run: every answer is appended as soon as it arrives, so that `karat run
//! --resume` can continue an interrupted run without asking again.
//!
//! The first line is a header with everything that the answers depend on. A journal whose header
//! differs from that of the new run is refused, since its answers would be mixed with those of
//! other documents or extractors. The file is removed once the run is finished.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::answer_log::{AnswerLog, AnswerLogKind, KnownAnswers, read_answers};
use super::layout::RunLayout;
use super::manifest::documents_sha256;
use crate::error::{Diagnostic, Error};
use crate::runner::Plan;

const SCHEMA: &str = "karat.journal/2";

/// The first line of a journal: everything that the answers of a run depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    schema: String,
    /// The version of karat.
    karat: String,
    /// When the run began.
    pub started: String,
    /// SHA-256 over the ids and texts of each dataset, by the dataset's name.
    datasets: BTreeMap<String, String>,
    /// The extractors' fingerprints, by extractor and dataset.
    fingerprints: BTreeMap<String, BTreeMap<String, String>>,
    repeats: BTreeMap<String, usize>,
}

impl Header {
    /// The header of a plan that is about to be run.
    pub fn new(plan: &Plan, started: &str) -> Self {
        let datasets = plan.datasets.iter().map(|(dataset, _)| (dataset.name.clone(), documents_sha256(dataset)));
        let prints = plan.extractors.iter().map(|extractor| {
            let on = extractor.on.iter().map(|(dataset, built)| (dataset.clone(), built.fingerprint()));
            (extractor.name.clone(), on.collect())
        });
        Self {
            schema: SCHEMA.to_owned(),
            karat: env!("CARGO_PKG_VERSION").to_owned(),
            started: started.to_owned(),
            datasets: datasets.collect(),
            fingerprints: prints.collect(),
            repeats: plan.extractors.iter().map(|extractor| (extractor.name.clone(), extractor.repeats)).collect(),
        }
    }

    /// Replaces the hashes of the datasets by those of files of documents, for runs that stream
    /// documents instead of loading them.
    #[must_use]
    pub fn on_files(self, datasets: BTreeMap<String, String>) -> Self {
        Self { datasets, ..self }
    }

    /// Lists what differs from another header, as phrases for an error message.
    fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if (&self.schema, &self.karat) != (&other.schema, &other.karat) {
            differences.push("karat itself".to_owned());
        }
        if self.datasets != other.datasets {
            differences.push("the documents or the datasets selected".to_owned());
        }
        let names = self.fingerprints.keys().chain(other.fingerprints.keys());
        let mut names: Vec<&String> = names
            .filter(|name| {
                self.fingerprints.get(*name) != other.fingerprints.get(*name)
                    || self.repeats.get(*name) != other.repeats.get(*name)
            })
            .collect();
        names.dedup();
        differences.extend(names.into_iter().map(|name| format!("the extractor {name:?}")));
        differences
    }
}

/// Returns the header in the first line of a journal; `None` if it is damaged.
fn read_header(bytes: &[u8]) -> Option<Header> {
    let first = bytes.split(|byte| *byte == b'\n').find(|line| !line.is_empty())?;
    serde_json::from_slice(first).ok()
}

/// An open journal. Its file exists until the run is finished.
pub struct Journal {
    pub(super) log: AnswerLog,
    path: PathBuf,
    /// Where an earlier journal was moved to whose header is unreadable.
    set_aside: Option<PathBuf>,
}

impl Journal {
    /// Starts a new journal, replacing an existing one. A journal with answers whose header is
    /// unreadable is renamed rather than deleted, since karat cannot know what it is about.
    ///
    /// # Errors
    /// Fails if the journal cannot be written.
    pub fn begin(run: &RunLayout, header: &Header) -> Result<Self, Error> {
        let path = run.journal();
        let mut set_aside = None;
        if let Ok(bytes) = fs::read(&path) {
            let recreate = |error: std::io::Error| Diagnostic::io("recreate the journal", &path, &error);
            let has_answers = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() > 1;
            if has_answers && read_header(&bytes).is_none() {
                let mut names = (1..).map(|number| path.with_extension(format!("damaged-{number}.jsonl")));
                let free = names.find(|name| !name.exists()).expect("there are more numbers than files");
                fs::rename(&path, &free).map_err(recreate)?;
                set_aside = Some(free);
            } else {
                fs::remove_file(&path).map_err(recreate)?;
            }
        }
        let log = AnswerLog::open(AnswerLogKind::Journal, &path, KnownAnswers::default(), &header.started)?;
        log.file.add(header);
        Ok(Self { log, path, set_aside })
    }

    /// Reopens the journal of an interrupted run. Returns it with the header in its file, or `None`
    /// if there is no journal or its header is unreadable.
    ///
    /// # Errors
    /// Fails if the journal belongs to another run or cannot be reopened.
    pub fn resume(run: &RunLayout, header: &Header) -> Result<Option<(Self, Header)>, Error> {
        let path = run.journal();
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        let Some(first) = read_header(&bytes) else { return Ok(None) };
        let differences = first.differences(header);
        if !differences.is_empty() {
            let message = format!("the unfinished run is another one: {} changed since", differences.join(", "));
            return Err(Diagnostic::new(message).in_file(&path).help("run without --resume").into());
        }
        // The header is not an answer, so that `read_answers` ignores its line.
        let log = AnswerLog::open(
            AnswerLogKind::Journal,
            &path,
            read_answers(AnswerLogKind::Journal, &bytes),
            &header.started,
        )?;
        Ok(Some((Self { log, path, set_aside: None }, first)))
    }

    /// Where [`Journal::begin`] moved an earlier journal whose header is unreadable.
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Removes the journal of a finished run.
    ///
    /// # Errors
    /// Fails if the file cannot be removed.
    pub fn finish(self) -> Result<(), Error> {
        let Self { log, path, .. } = self;
        drop(log);
        fs::remove_file(&path).map_err(|error| Diagnostic::io("remove the journal", &path, &error).into())
    }
}
