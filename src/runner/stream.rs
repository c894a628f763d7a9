//! Runs an extractor over a `.jsonl` file without loading it.
//!
//! Answers are written in the order of the documents. A bounded window of requests is in flight, so
//! memory does not grow with the number of documents, and an interrupted run can be resumed after
//! the last line that was written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::RunEvent;
use super::batch::checked;
use super::failed_replies::FailedReplies;
use super::protect::{protect, withhold};
use super::run::{Account, Watch, one_by_one};
use crate::corpus::Dataset;
use crate::document::Document;
use crate::error::{Diagnostic, Error};
use crate::extractor::{Extractor, Next, Request, Response, Work};
use crate::format::{answer_to_lines, read_line};
use crate::score::{Answer, Status};

/// Largest number of requests between the oldest open one and the newest.
const WINDOW: usize = 4096;
/// Largest number of unanswered documents and of notes that are kept.
const NAMED: usize = 1000;

/// Outcome of a streamed run.
#[derive(Debug, Clone, Default)]
pub struct Streamed {
    /// Number of documents by status.
    pub counts: BTreeMap<Status, usize>,
    /// The first 1000 documents that were not answered, each with its status and message.
    pub unanswered: BTreeMap<String, (Status, Option<String>)>,
    /// Totals of the run.
    pub account: Account,
    /// Whether every document was requested.
    pub is_whole: bool,
    /// Whether the run was resumed; of the earlier documents only the answers are known.
    pub is_resumed: bool,
}

impl Streamed {
    /// Counts the answer to a document.
    pub fn count(&mut self, id: &str, status: Status, message: Option<&str>) {
        *self.counts.entry(status).or_default() += 1;
        if status != Status::Ok && self.unanswered.len() < NAMED {
            self.unanswered.insert(id.to_owned(), (status, message.map(str::to_owned)));
        }
    }

    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.counts.values().sum()
    }
}

/// Requests every document of a `.jsonl` file after the first `done.0`, and appends one line for
/// each to `out` in the order of the file. `done.1` is the outcome of the earlier documents. If the
/// run is stopped, the missing lines are at the end and nowhere else.
///
/// # Errors
/// Fails if a line is not a document, or if a file cannot be read or written.
pub fn stream(
    extractor: &dyn Extractor,
    dataset: &Dataset,
    documents: &Path,
    out: File,
    done: (usize, Streamed),
    watch: Watch<'_>,
) -> Result<Streamed, Error> {
    let (already, mut earlier) = done;
    earlier.is_resumed = already > 0;
    let file = File::open(documents).map_err(|error| Diagnostic::io("read this", documents, &error))?;
    let state = StreamState {
        lines: BufReader::with_capacity(1 << 16, file),
        number: 0,
        passed: 0,
        issued: 0,
        written: 0,
        ready: BTreeMap::new(),
        out,
        diagnostic: None,
        is_read: false,
        streamed: earlier,
    };
    let stream =
        Stream { extractor, dataset, documents: documents.to_owned(), already, watch, state: Mutex::new(state) };
    let begun = Instant::now();
    match extractor.pipeline() {
        Some(pipeline) => pipeline.work(&stream),
        None => one_by_one(extractor, &stream),
    }
    let StreamState { mut streamed, diagnostic, is_read, ready, .. } =
        stream.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(diagnostic) = diagnostic {
        return Err(diagnostic.into());
    }
    streamed.is_whole = is_read && ready.is_empty();
    streamed.account.elapsed = begun.elapsed();
    streamed.account.reported_version = extractor.reported_version();
    Ok(streamed)
}

struct Stream<'s> {
    extractor: &'s dyn Extractor,
    dataset: &'s Dataset,
    documents: PathBuf,
    already: usize,
    watch: Watch<'s>,
    state: Mutex<StreamState>,
}

struct StreamState {
    lines: BufReader<File>,
    /// Number of lines read.
    number: usize,
    /// Number of documents read that were answered in an earlier run.
    passed: usize,
    /// Number of requests handed out.
    issued: usize,
    /// Number of answers written.
    written: usize,
    /// Answers that wait for an earlier one, by the index of the request.
    ready: BTreeMap<usize, Ready>,
    out: File,
    diagnostic: Option<Diagnostic>,
    is_read: bool,
    streamed: Streamed,
}

struct Ready {
    id: String,
    status: Status,
    message: Option<String>,
    line: String,
}

impl Stream<'_> {
    fn state(&self) -> MutexGuard<'_, StreamState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the next document; `None` at the end of the file.
    fn read(&self, state: &mut StreamState) -> Result<Option<Document>, Diagnostic> {
        loop {
            let mut line = String::new();
            let read = state.lines.read_line(&mut line);
            if read.map_err(|error| Diagnostic::io("read this", &self.documents, &error))? == 0 {
                return Ok(None);
            }
            state.number += 1;
            let text = line.strip_suffix('\n').unwrap_or(&line);
            let text = text.strip_prefix('\u{feff}').filter(|_| state.number == 1).unwrap_or(text);
            if text.trim().is_empty() {
                continue;
            }
            if state.passed < self.already {
                state.passed += 1;
                continue;
            }
            let entry = read_line(&self.documents, state.number, text)?;
            let Some(text) = entry.text else {
                let diagnostic =
                    Diagnostic::new("the line has no `text`").in_file(&self.documents).at((state.number, 1));
                return Err(diagnostic.of_document(entry.id).help("a document needs `id` and `text`"));
            };
            return Ok(Some(Document::with_meta(entry.id, text, entry.meta)));
        }
    }
}

impl<'d> Work<'d> for Stream<'d> {
    fn next(&self) -> Next<'d> {
        let mut state = self.state();
        if state.is_read || state.diagnostic.is_some() || self.watch.stop.load(Ordering::Relaxed) {
            return Next::Nothing;
        }
        if state.issued >= state.written + WINDOW {
            return Next::Later;
        }
        match self.read(&mut state) {
            Ok(Some(document)) => {
                let index = state.issued;
                state.issued += 1;
                Next::Request(Request { document: Cow::Owned(document), repeat: 1, index })
            }
            Ok(None) => {
                state.is_read = true;
                Next::Nothing
            }
            Err(diagnostic) => {
                state.diagnostic = Some(diagnostic);
                Next::Nothing
            }
        }
    }

    fn done(&self, request: Request<'d>, response: Response) {
        let Response { outcome, usage, took, tries, mut notes, reply } = response;
        let mut answer = match outcome {
            Ok(annotations) => checked(annotations, &request.document),
            Err(error) => Answer::without(error.status(), error.to_string()),
        };
        let reply = reply.filter(|_| answer.status != Status::Ok);
        let (is_confidential, dataset) = (self.dataset.is_confidential, self.dataset.name.as_str());
        let failed = self.watch.keep_failed.map(|folder| FailedReplies { folder, dataset, is_confidential });
        notes.extend(failed.and_then(|failed| failed.keep(&request, reply.as_deref(), self.watch.secrets)));
        protect(&mut answer, &mut notes, self.watch.secrets, &request.document);
        if self.dataset.is_confidential {
            withhold(&mut answer, &mut notes);
        }
        let id = request.document.id();
        let finished = RunEvent::Finished {
            extractor: self.extractor.name(),
            dataset: &self.dataset.name,
            document: id,
            status: answer.status,
            took: took.unwrap_or_default(),
            is_cached: false,
        };
        self.watch.observer.note(&finished);
        let line = answer_to_lines(id, &answer);
        let ready = Ready { id: id.to_owned(), status: answer.status, message: answer.message, line };
        let mut state = self.state();
        let account = &mut state.streamed.account;
        took.into_iter().for_each(|took| account.latencies.add(took));
        account.timed += u64::from(took.is_some());
        account.requested += u64::from(took.is_some());
        account.retried += tries.saturating_sub(1);
        if let Some(usage) = usage {
            account.usage.get_or_insert_default().add(usage);
        }
        if !notes.is_empty() && account.notes.len() < NAMED {
            account.notes.insert(id.to_owned(), notes);
        }
        state.ready.insert(request.index, ready);
        let mut lines = String::new();
        while let Some(ready) = {
            let next = state.written;
            state.ready.remove(&next)
        } {
            lines.push_str(&ready.line);
            state.streamed.count(&ready.id, ready.status, ready.message.as_deref());
            state.written += 1;
        }
        if let Err(error) = state.out.write_all(lines.as_bytes()) {
            state.diagnostic.get_or_insert_with(|| Diagnostic::new(format!("cannot write predictions: {error}")));
        }
    }
}
