//! The extractor that stands for a program.

use std::borrow::Cow;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::fingerprint::{fingerprint, parts};
use super::once;
use super::protocol::Introduction;
use super::session::Session;
use super::settings::{Mode, ProcessSettings};
use super::worker::Worker;
use crate::document::{Annotations, Document, Layer};
use crate::extractor::{ExtractError, Extractor, Next, Pipeline, Request, Response, Work};

/// A program as an extractor.
pub struct Process {
    name: String,
    pub(super) settings: ProcessSettings,
    /// What its output depends on.
    parts: OnceLock<Vec<(String, String)>>,
    layers: OnceLock<Vec<Layer>>,
    introduction: OnceLock<Introduction>,
    /// Why it cannot be started, once that is known: then nobody tries any more.
    broken: Mutex<Option<String>>,
    /// The one that introduced itself, until a worker takes it.
    waiting: Mutex<Option<Session>>,
    /// How many are running.
    live: AtomicUsize,
}

impl Process {
    /// A program under the name that it has in reports. It is not started yet.
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
            introduction: OnceLock::new(),
            broken: Mutex::default(),
            waiting: Mutex::default(),
            live: AtomicUsize::new(0),
        }
    }

    /// Takes note of how a program introduced itself.
    ///
    /// # Errors
    /// Where another of the same extractor did so in another way, in words that go on from "it".
    pub(super) fn meet(&self, introduction: &Introduction) -> Result<(), String> {
        if self.introduction.get_or_init(|| introduction.clone()) != introduction {
            return Err("introduced itself in another way when it was started anew".to_owned());
        }
        let _ = self.layers.set(introduction.layers.clone());
        Ok(())
    }

    /// Whether one was ever started and greeted.
    pub(super) fn is_known(&self) -> bool {
        self.introduction.get().is_some()
    }

    /// Why it cannot be started, if that is so.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one that introduced itself, if nobody has it yet and it is there still.
    pub(super) fn take_waiting(&self) -> Option<Session> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.and_then(|mut session| (!session.has_exited()).then_some(session))
    }

    /// Counts those that are running.
    pub(super) fn live(&self) -> &AtomicUsize {
        &self.live
    }

    fn parts(&self) -> &[(String, String)] {
        self.introduce();
        self.parts.get_or_init(|| parts(&self.settings, self.introduction.get()))
    }

    /// Gives it up.
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

    fn introduce(&self) {
        if self.settings.mode == Mode::Once || self.is_known() || self.broken().is_some() {
            return;
        }
        let started = Session::start(&self.settings);
        match started.and_then(|session| self.meet(&session.introduction).map(|()| session)) {
            Ok(session) => *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(session),
            Err(why) => self.give_up(why),
        }
    }

    fn layers(&self) -> &[Layer] {
        self.layers.get().map_or(&[], Vec::as_slice)
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        let one = One {
            request: Mutex::new(Some(Request { document: Cow::Borrowed(document), repeat: 1, place: 0 })),
            outcome: Mutex::default(),
        };
        self.work(&one);
        let outcome = one.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.unwrap_or_else(|| Err(ExtractError::new("there was no answer")))
    }

    fn pipeline(&self) -> Option<&dyn Pipeline> {
        Some(self)
    }

    fn introduction(&self) -> Option<String> {
        self.introduction.get().map(|known| format!("{} {}", known.name, known.version).trim_end().to_owned())
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

/// A single document as work.
struct One<'d> {
    request: Mutex<Option<Request<'d>>>,
    outcome: Mutex<Option<Result<Annotations, ExtractError>>>,
}

impl<'d> Work<'d> for One<'d> {
    fn next(&self) -> Next<'d> {
        let request = self.request.lock().unwrap_or_else(PoisonError::into_inner).take();
        request.map_or(Next::Nothing, Next::Request)
    }

    fn done(&self, _: Request<'d>, response: Response) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(response.outcome);
    }
}
