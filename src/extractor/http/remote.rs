//! The extractor that represents a service.

use std::borrow::Cow;
use std::env;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::api::{Omitted, ServiceAnswer, ServiceApi, validation_message};
use super::chat::Chat;
use super::client::Client;
use super::endpoint::Endpoint;
use super::refusal::{refusal, words};
use super::reply::{Body, HttpReply};
use super::{EndpointSettings, ModelSettings, Replay, Service};
use crate::document::{Annotations, Document, Layer, LayerSet, Value};
use crate::error::Diagnostic;
use crate::extractor::longest_text::check_length;
use crate::extractor::threads::on_threads;
use crate::extractor::{ExtractError, Extractor, Next, Pipeline, Response, Work};
use crate::format::sha256;
use crate::secrets::Secrets;

/// The environment variable that overrides `replay` of the configuration.
const REPLAY: &str = "KARAT_REPLAY";

/// The value of the environment variable that overrides `replay`; `None` if it is not set.
///
/// # Errors
/// Fails if the value is unknown.
fn replay_of_environment() -> Result<Option<Replay>, Diagnostic> {
    let Some(word) = env::var(REPLAY).ok().filter(|word| !word.is_empty()) else { return Ok(None) };
    let replay = Replay::named(&word).ok_or_else(|| {
        let diagnostic = Diagnostic::new(format!("the environment variable `{REPLAY}` is {word:?}"));
        diagnostic.help_with_nearest(&word, Replay::NAMES)
    })?;
    Ok(Some(replay))
}

/// Fails if the environment does not allow that a service is asked.
///
/// # Errors
/// Fails if the variable that overrides `replay` has the value `only`, or an unknown one.
pub fn check_live() -> Result<(), Diagnostic> {
    if replay_of_environment()? != Some(Replay::Only) {
        return Ok(());
    }
    let message = format!("the environment variable `{REPLAY}` is \"only\", and a check asks the service anew");
    Err(Diagnostic::new(message).help("unset the variable"))
}

/// A service as an extractor.
pub struct Remote {
    name: String,
    kind: &'static str,
    layers: Vec<Layer>,
    client: Client,
    api: Box<dyn ServiceApi>,
    /// Values that are removed from replies.
    secrets: Arc<Secrets>,
}

impl Remote {
    /// Creates an extractor of the kind `http`. `name` is its name in reports, and its
    /// answers and messages do not contain `secrets`.
    ///
    /// # Errors
    /// Fails if the value of `KARAT_REPLAY` is unknown.
    pub fn endpoint(name: &str, settings: EndpointSettings, secrets: Arc<Secrets>) -> Result<Self, Diagnostic> {
        let (service, layers) = (settings.service.clone(), settings.layers.clone());
        Self::new((name, "http"), service, &layers, Box::new(Endpoint::new(settings)), secrets)
    }

    /// Creates an extractor of the kind `openai`. `name` is its name in reports, and its
    /// answers and messages do not contain `secrets`.
    ///
    /// # Errors
    /// Fails if the value of `KARAT_REPLAY` is unknown, or if the prompt file cannot be read.
    pub fn model(name: &str, settings: ModelSettings, secrets: Arc<Secrets>) -> Result<Self, Diagnostic> {
        let (service, layers) = (settings.service.clone(), settings.layers.clone());
        Self::new((name, "openai"), service, &layers, Box::new(Chat::new(settings)?), secrets)
    }

    fn new(
        (name, kind): (&str, &'static str),
        service: Service,
        layers: &LayerSet,
        api: Box<dyn ServiceApi>,
        secrets: Arc<Secrets>,
    ) -> Result<Self, Diagnostic> {
        let client =
            Client::new(service, replay_of_environment()?, |name| env::var(name).ok()).map_err(|diagnostic| {
                Diagnostic { message: format!("[extractors.{name}] {}", diagnostic.message), ..diagnostic }
            })?;
        Ok(Self { name: name.to_owned(), kind, layers: layers.iter().cloned().collect(), client, api, secrets })
    }

    fn answer(&self, document: &Document, repeat: usize) -> Response {
        if let Err(error) = check_length(document, self.client.service.max_text) {
            return Response::plain(Err(error), None, 1);
        }
        let redactor = self.secrets.for_document(document);
        let mut omitted = self.recorded_without(document, repeat).unwrap_or_else(|| self.api.omitted());
        let asked = loop {
            let body = match self.api.body(document, &omitted) {
                Ok(body) => body,
                Err(why) => return Response::plain(Err(ExtractError::Failed(why)), None, 1),
            };
            let sent = match self.client.body_variables() {
                Ok(None) => None,
                Ok(Some(variables)) => Some(self.api.body_with(document, &omitted, variables)),
                Err(why) => Some(Err(why)),
            };
            let asked = self.client.ask(&body, sent, repeat, &redactor);
            match asked.outcome.as_ref().ok().and_then(|reply| self.api.refuses(reply, &omitted)) {
                // Each time it is without one more parameter.
                Some(more) => omitted = more,
                None => break asked,
            }
        };
        if asked.outcome.as_ref().is_ok_and(HttpReply::is_success) {
            self.api.answers_without(&omitted);
        }
        let (outcome, usage, mut notes, reply) = match asked.outcome {
            Err(error) => (Err(error), None, Vec::new(), None),
            Ok(reply) => {
                let ServiceAnswer { outcome, usage, notes } = match &reply.body {
                    body if !reply.is_success() => {
                        let message = if let Body::Json(value) = body { self.message(value) } else { None };
                        ServiceAnswer::only(Err(refusal(
                            &reply,
                            message.as_deref(),
                            &asked.effort,
                            &self.client.service,
                        )))
                    }
                    Body::Json(value) => self.api.read(value, document),
                    Body::Text(text) => self.api.read_text(text, document).unwrap_or_else(|| {
                        ServiceAnswer::only(Err(match words(&reply) {
                            Some(words) => format!("the server's answer is not JSON: {words}"),
                            None => "the server's answer is empty".to_owned(),
                        }))
                    }),
                };
                let kept = outcome.is_err().then(|| reply.text());
                let failed = |why: String| ExtractError::Failed(why + &asked.recorded.unwrap_or_default());
                (outcome.map_err(failed), usage, notes, kept)
            }
        };
        let left_out = |name: &&str| format!("the server refuses `{name}`, so that the request was sent without it");
        notes.extend(omitted.iter().map(left_out));
        Response { outcome, usage, took: asked.took, tries: asked.tries, notes, reply }
    }

    /// The parameters without which the request for a document is recorded; `None` if no answer to
    /// it is recorded. Of several, it is the largest set: a request without a parameter is only
    /// sent after the server has refused one with it.
    fn recorded_without(&self, document: &Document, repeat: usize) -> Option<Omitted> {
        self.client.service.cassettes.as_ref()?;
        let omittable: Vec<&'static str> = self.api.omittable().into_iter().collect();
        let subset = |bits: u32| -> Omitted {
            omittable.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, name)| *name).collect()
        };
        let mut subsets: Vec<Omitted> = (0..1 << omittable.len()).map(subset).collect();
        subsets.sort_by_key(Omitted::len);
        let is_recorded = |omitted: &Omitted| {
            self.api.body(document, omitted).is_ok_and(|body| self.client.has_recorded(&body, repeat))
        };
        subsets.into_iter().rfind(is_recorded)
    }

    /// The error message in the reply of a server that refuses a request.
    fn message<'v>(&self, reply: &'v Value) -> Option<Cow<'v, str>> {
        let message = self.api.message(reply).map(Cow::Borrowed);
        message.or_else(|| validation_message(reply).map(Cow::Owned))
    }
}

impl Remote {
    /// Everything that the output depends on, apart from keys.
    fn parts(&self) -> serde_json::Value {
        let service = &self.client.service;
        json!({
            "url": service.target.to_string(),
            "method": service.method.as_str(),
            // With `{env:NAME}` as written, so without keys.
            "headers": service.headers,
            "layers": self.layers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "asks": self.api.fingerprint(),
        })
    }
}

impl Extractor for Remote {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        format!("{}:{}", self.kind, sha256(self.parts().to_string()))
    }

    fn fingerprint_parts(&self) -> Vec<(String, String)> {
        let parts = self.parts();
        parts.as_object().into_iter().flatten().map(|(part, value)| (part.clone(), value.to_string())).collect()
    }

    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        self.answer(document, 1).outcome
    }

    fn extract_again(&self, document: &Document, repeat: usize) -> Result<Annotations, ExtractError> {
        self.answer(document, repeat).outcome
    }

    fn pipeline(&self) -> Option<&dyn Pipeline> {
        Some(self)
    }

    fn keeps_answers(&self) -> bool {
        self.client.service.cassettes.is_some()
    }
}

impl Pipeline for Remote {
    fn work<'d>(&self, work: &dyn Work<'d>) {
        let each = || {
            loop {
                match work.next() {
                    Next::Request(request) => {
                        let response = self.answer(&request.document, request.repeat);
                        work.done(request, response);
                    }
                    Next::Later => thread::sleep(Duration::from_millis(1)),
                    Next::Nothing => return,
                }
            }
        };
        on_threads(self.client.service.concurrency, each);
    }
}
