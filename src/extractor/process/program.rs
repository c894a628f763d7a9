//! A program as all of its workers see it: its settings, its handshake, and whether it can be
//! started. Workers depend on this instead of on the extractor that starts them.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::protocol::Handshake;
use super::session::Session;
use super::settings::ProcessSettings;
use crate::document::Layer;
use crate::process::StderrLog;
use crate::secrets::Secrets;

/// A program and what is known about it.
pub(super) struct Program {
    pub settings: ProcessSettings,
    /// Values that no message may contain.
    pub secrets: Arc<Secrets>,
    layers: OnceLock<Vec<Layer>>,
    handshake: OnceLock<Handshake>,
    /// Why the program cannot be started. Once it is set, no worker tries again.
    broken: Mutex<Option<String>>,
    /// The session of the handshake, until a worker takes it.
    waiting: Mutex<Option<Session>>,
    /// Number of running sessions.
    pub live: AtomicUsize,
    /// The standard error of all its processes.
    pub log: StderrLog,
}

impl Program {
    /// Describes a program. The program is not started yet.
    pub fn new(settings: ProcessSettings, secrets: Arc<Secrets>) -> Self {
        let layers = OnceLock::new();
        if let Some(declared) = &settings.layers {
            let _ = layers.set(declared.iter().cloned().collect());
        }
        Self {
            settings,
            secrets,
            layers,
            handshake: OnceLock::new(),
            broken: Mutex::default(),
            waiting: Mutex::default(),
            live: AtomicUsize::new(0),
            log: StderrLog::default(),
        }
    }

    /// Returns the handshake, if one has succeeded.
    pub fn handshake(&self) -> Option<&Handshake> {
        self.handshake.get()
    }

    /// Returns the layers of the settings, else those of the handshake; none before it.
    pub fn layers(&self) -> &[Layer] {
        self.layers.get().map_or(&[], Vec::as_slice)
    }

    /// Returns why the program cannot be started, if a start has failed for good.
    pub fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Records that the program cannot be started, for all workers.
    pub fn give_up(&self, why: String) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// Starts a session and stores its handshake.
    ///
    /// # Errors
    /// Fails if the program cannot be started, or if its handshake differs from an earlier one. The
    /// message continues a sentence that begins with "it".
    pub fn start(&self) -> Result<Session, String> {
        let session = Session::start(&self.settings, &self.secrets, Some(&self.log))?;
        self.accept_handshake(&session.handshake)?;
        Ok(session)
    }

    fn accept_handshake(&self, handshake: &Handshake) -> Result<(), String> {
        if self.handshake.get_or_init(|| handshake.clone()) != handshake {
            return Err("sent a different handshake after a restart".to_owned());
        }
        let _ = self.layers.set(handshake.layers.clone());
        Ok(())
    }

    /// Keeps the session of the handshake for the first worker.
    pub fn keep_waiting(&self, session: Session) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    /// Takes the session of the handshake, if no worker has taken it and the program still runs.
    pub fn take_waiting(&self) -> Option<Session> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.and_then(|mut session| (!session.has_exited()).then_some(session))
    }
}
