//! The extractor that represents a program.

use std::borrow::Cow;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::fingerprint::{fingerprint, parts};
use super::once;
use super::protocol::Handshake;
use super::session::Session;
use super::settings::{Mode, ProcessSettings};
use super::worker::Worker;
use crate::document::{Annotations, Document, Layer};
use crate::extractor::{ExtractError, Extractor, Next, Pipeline, Request, Response, Work};

/// A program as an extractor.
pub struct Process {
    name: String,
    pub(super) settings: ProcessSettings,
    /// The parts of the fingerprint.
    parts: OnceLock<Vec<(String, String)>>,
    layers: OnceLock<Vec<Layer>>,
    handshake: OnceLock<Handshake>,
    /// Why the program cannot be started. Once it is set, no worker tries again.
    broken: Mutex<Option<String>>,
    /// The session of the handshake, until a worker takes it.
    waiting: Mutex<Option<Session>>,
    /// Number of running sessions.
    live: AtomicUsize,
}

impl Process {
    /// Creates an extractor. `name` is its name in reports. The program is not started yet.
    pub fn new(name: &str, settings: ProcessSettings) -> Self {
        let layers = OnceLock::new();
        if let Some(declared) = &settings.layers {
            let _ = layers.set(declared.iter().cloned().collect());
        }
        Self {
            name: name.to_owned(),
            settings,
            parts: OnceLock::new(),
            layers,
            handshake: OnceLock::new(),
            broken: Mutex::default(),
            waiting: Mutex::default(),
            live: AtomicUsize::new(0),
        }
    }

    /// Stores the handshake of a session.
    ///
    /// # Errors
    /// Fails if it differs from an earlier handshake of the same program. The message continues a
    /// sentence that begins with "it".
    pub(super) fn accept_handshake(&self, handshake: &Handshake) -> Result<(), String> {
        if self.handshake.get_or_init(|| handshake.clone()) != handshake {
            return Err("sent a different handshake after a restart".to_owned());
        }
        let _ = self.layers.set(handshake.layers.clone());
        Ok(())
    }

    /// Whether a handshake has succeeded.
    pub(super) fn is_known(&self) -> bool {
        self.handshake.get().is_some()
    }

    /// Why the program cannot be started, if a start has failed for good.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the session of the handshake, if no worker has taken it and the program still runs.
    pub(super) fn take_waiting(&self) -> Option<Session> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.and_then(|mut session| (!session.has_exited()).then_some(session))
    }

    /// The counter of running sessions.
    pub(super) fn live(&self) -> &AtomicUsize {
        &self.live
    }

    fn parts(&self) -> &[(String, String)] {
        self.handshake();
        self.parts.get_or_init(|| parts(&self.settings, self.handshake.get()))
    }

    /// Records that the program cannot be started, for all workers.
    pub(super) fn give_up(&self, why: String) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }
}

impl Extractor for Process {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        fingerprint(self.parts())
    }

    fn fingerprint_parts(&self) -> Vec<(String, String)> {
        self.parts().to_vec()
    }

    fn handshake(&self) {
        if self.settings.mode == Mode::Once || self.is_known() || self.broken().is_some() {
            return;
        }
        let started = Session::start(&self.settings);
        match started.and_then(|session| self.accept_handshake(&session.handshake).map(|()| session)) {
            Ok(session) => *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(session),
            Err(why) => self.give_up(why),
        }
    }

    fn layers(&self) -> &[Layer] {
        self.layers.get().map_or(&[], Vec::as_slice)
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

    fn reported_version(&self) -> Option<String> {
        self.handshake.get().map(|known| format!("{} {}", known.name, known.version).trim_end().to_owned())
    }
}

impl Pipeline for Process {
    fn work<'d>(&self, work: &dyn Work<'d>) {
        thread::scope(|scope| {
            for _ in 0..self.settings.workers {
                scope.spawn(|| match self.settings.mode {
                    Mode::Lines => Worker::new(self, work).run(),
                    Mode::Once => once::run(&self.settings, work),
                });
            }
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
