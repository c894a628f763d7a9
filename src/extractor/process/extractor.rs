//! The extractor that represents a program.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::fingerprint::{Fingerprint, HANDSHAKE};
use super::once;
use super::program::Program;
use super::settings::{Mode, ProcessSettings};
use super::worker::Worker;
use crate::document::{Annotations, Document, Layer};
use crate::extractor::threads::on_threads;
use crate::extractor::{ExtractError, Extractor, Next, Pipeline, Request, Response, Work};
use crate::format::sha256;
use crate::secrets::Secrets;

/// A program as an extractor.
pub struct Process {
    name: String,
    program: Program,
    fingerprint: OnceLock<Fingerprint>,
}

impl Process {
    /// Creates an extractor. `name` is its name in reports, and its answers and messages do not
    /// contain `secrets`. The program is not started yet.
    pub fn new(name: &str, settings: ProcessSettings, secrets: Arc<Secrets>) -> Self {
        Self { name: name.to_owned(), program: Program::new(settings, secrets), fingerprint: OnceLock::new() }
    }

    /// Collects the fingerprint when it is first asked for, after the handshake.
    fn current(&self) -> &Fingerprint {
        self.handshake();
        self.fingerprint.get_or_init(|| Fingerprint::new(&self.program.settings, self.program.handshake()))
    }

    /// Returns the parts of a fingerprint as they may be written to a file: values of variables are
    /// replaced by their hashes.
    fn shown(&self, fingerprint: &Fingerprint) -> Vec<(String, String)> {
        let variables = &self.program.settings.env;
        let parts = fingerprint.parts.iter().map(|(what, value)| {
            let is_value = what.strip_prefix("variable ").is_some_and(|name| variables.contains_key(name));
            let value = if is_value { sha256(value) } else { self.program.secrets.redact(value).into_owned() };
            (what.clone(), value)
        });
        parts.collect()
    }
}

impl Extractor for Process {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        self.current().hash()
    }

    fn fingerprint_parts(&self) -> Vec<(String, String)> {
        self.shown(self.current())
    }

    fn inputs(&self) -> Vec<(String, String)> {
        let parts = match self.fingerprint.get() {
            Some(known) => self.shown(known),
            None => self.shown(&Fingerprint::new(&self.program.settings, None)),
        };
        parts.into_iter().filter(|(what, _)| what != HANDSHAKE).collect()
    }

    fn cache_obstacle(&self) -> Option<String> {
        self.current().obstacle.clone()
    }

    fn handshake(&self) {
        let program = &self.program;
        let is_tried = program.handshake().is_some() || program.broken().is_some();
        if program.settings.mode == Mode::Once || is_tried {
            return;
        }
        match program.start() {
            Ok(session) => program.keep_waiting(session),
            Err(why) => program.give_up(why),
        }
    }

    fn layers(&self) -> &[Layer] {
        self.program.layers()
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        let one = SingleDocument {
            request: Mutex::new(Some(Request { document: Cow::Borrowed(document), repeat: 1, index: 0 })),
            outcome: Mutex::default(),
        };
        self.work(&one);
        let outcome = one.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.unwrap_or_else(|| Err(ExtractError::new("there was no answer")))
    }

    fn pipeline(&self) -> Option<&dyn Pipeline> {
        Some(self)
    }

    fn errors(&self) -> (Vec<String>, usize) {
        self.program.log.lines()
    }

    fn reported_version(&self) -> Option<String> {
        let known = self.program.handshake()?;
        Some(format!("{} {}", known.name, known.version).trim_end().to_owned())
    }
}

impl Pipeline for Process {
    fn work<'d>(&self, work: &dyn Work<'d>) {
        on_threads(self.program.settings.workers, || match self.program.settings.mode {
            Mode::Lines => Worker::new(&self.program, work).run(),
            Mode::Once => once::run(&self.program, work),
        });
    }
}

/// A single document as a work queue.
struct SingleDocument<'d> {
    request: Mutex<Option<Request<'d>>>,
    outcome: Mutex<Option<Result<Annotations, ExtractError>>>,
}

impl<'d> Work<'d> for SingleDocument<'d> {
    fn next(&self) -> Next<'d> {
        let request = self.request.lock().unwrap_or_else(PoisonError::into_inner).take();
        request.map_or(Next::Nothing, Next::Request)
    }

    fn done(&self, _: Request<'d>, response: Response) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(response.outcome);
    }
}
