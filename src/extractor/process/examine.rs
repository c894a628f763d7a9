//! The conformance test of `karat.extractor/1`, which `karat plugin check` runs on a program.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::protocol::reply;
use super::session::Session;
use super::settings::ProcessSettings;
use crate::corpus::read_reply;
use crate::document::{Annotations, Document};
use crate::secrets::Secrets;

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolCheck {
    /// What was checked.
    pub what: &'static str,
    /// Details of a success, or the error. The text continues a sentence that begins with "it".
    pub outcome: Result<String, String>,
}

/// Number of requests that are sent at once.
const AT_ONCE: usize = 16;
/// The sentence that a document of 1 MB repeats.
const SENTENCE: &str = "Ada Lovelace of London wrote to Charles Babbage on 3 May 1843. ";

type Check = fn(&mut Examination<'_>) -> Result<String, String>;

const CHECKS: [(&str, Check); 8] = [
    ("an empty text", |examination| examination.alone("")),
    ("two documents in a row", |examination| examination.in_a_row()),
    ("every Unicode plane", |examination| examination.planes()),
    ("a text of 1 MB", |examination| examination.alone(&SENTENCE.repeat((1 << 20) / SENTENCE.len() + 1))),
    ("16 requests at once", |examination| examination.ahead()),
    ("the same again", |examination| examination.again()),
    ("invalid requests", |examination| examination.nonsense()),
    ("deadlines", |examination| examination.deadlines()),
];

/// Starts a program and runs all checks on it. A program that crashes is restarted for the next
/// check.
pub fn examine(settings: &ProcessSettings) -> Vec<ProtocolCheck> {
    let begun = Instant::now();
    let secrets = Arc::new(Secrets::new(settings.variables()));
    let session = match Session::start(settings, &secrets) {
        Ok(session) => session,
        Err(why) => return vec![ProtocolCheck { what: "the handshake", outcome: Err(why) }],
    };
    let known = &session.handshake;
    let layers: Vec<String> = known.layers.iter().map(ToString::to_string).collect();
    let name = format!("{} {}", known.name, known.version);
    let hello = format!("{}: {} ({})", name.trim_end(), layers.join(", "), shown(begun.elapsed()));
    let mut findings = vec![ProtocolCheck { what: "the handshake", outcome: Ok(hello) }];
    let mut examination = Examination { settings, secrets, session: Some(session), slowest: Duration::ZERO, late: 0 };
    for (what, check) in CHECKS {
        let outcome = check(&mut examination).map_err(|why| examination.secrets.redact(&why).into_owned());
        if outcome.is_err() {
            // A late or surplus answer would be taken for the answer to the next request.
            examination.session = None;
        }
        findings.push(ProtocolCheck { what, outcome });
    }
    findings.push(ProtocolCheck { what: "the end", outcome: examination.end() });
    findings
}

struct Examination<'s> {
    settings: &'s ProcessSettings,
    secrets: Arc<Secrets>,
    session: Option<Session>,
    slowest: Duration,
    /// Number of answers that exceeded the time limit.
    late: usize,
}

impl Examination<'_> {
    fn session(&mut self) -> Result<&mut Session, String> {
        if self.session.is_none() {
            self.session = Some(Session::start(self.settings, &self.secrets)?);
        }
        self.session.as_mut().ok_or_else(|| "was not started".to_owned())
    }

    /// Sends texts at once. Returns their annotations and the total duration.
    fn ask(&mut self, texts: &[&str]) -> Result<(Vec<Annotations>, Duration), String> {
        let (timeout, begun) = (self.settings.timeout, Instant::now());
        let secrets = Arc::clone(&self.secrets);
        let session = self.session()?;
        let layers = session.handshake.layers.clone();
        let documents: Vec<Document> =
            texts.iter().enumerate().map(|(at, text)| Document::new(format!("check-{at}"), *text)).collect();
        let mut open: BTreeMap<u64, usize> =
            documents.iter().enumerate().map(|(at, document)| (session.ask(document, timeout), at)).collect();
        let mut found: Vec<Option<Annotations>> = vec![None; texts.len()];
        while !open.is_empty() {
            let Some(line) = session.line(Instant::now() + timeout)? else {
                self.late += 1;
                return Err(format!("did not answer within {} s", timeout.as_secs_f64()));
            };
            let reply = reply(&line, &secrets)?;
            let asked = reply.seq.and_then(|seq| open.remove(&seq));
            let at = asked.ok_or_else(|| format!("answered a request that was not sent: {:?}", reply.seq))?;
            let document = &documents[at];
            if let Some(message) = reply.error {
                return Err(format!("sent an error instead of an answer: {message}"));
            }
            if reply.id.as_deref() != Some(document.id()) {
                return Err(format!(
                    "answered to {:?} with the id {}",
                    document.id(),
                    crate::text::excerpt(&reply.id.unwrap_or_default())
                ));
            }
            let line = secrets.for_document(document).redact_message(&line);
            let annotations = read_reply(&line, None, document, &layers);
            found[at] = Some(annotations.map_err(|why| format!("sent invalid annotations: {why}"))?);
        }
        let took = begun.elapsed();
        self.slowest = self.slowest.max(took);
        let undeclared = found.iter().flatten().flat_map(Annotations::layers);
        let declared = &self.session()?.handshake.layers;
        if let Some(layer) = undeclared.into_iter().find(|layer| !declared.contains(layer)) {
            return Err(format!("filled the layer `{layer}`, which its `hello` does not name"));
        }
        Ok((found.into_iter().flatten().collect(), took))
    }

    fn alone(&mut self, text: &str) -> Result<String, String> {
        let (found, took) = self.ask(&[text])?;
        Ok(format!("{} in {}", counted(&found), shown(took)))
    }

    fn in_a_row(&mut self) -> Result<String, String> {
        let (one, _) = self.ask(&[SENTENCE])?;
        let (other, took) = self.ask(&["Nobody came to Oslo."])?;
        Ok(format!("{} and {} in {}", counted(&one), counted(&other), shown(took)))
    }

    /// Sends characters of all Unicode planes before names, whose offsets reveal the unit that the
    /// program counts in.
    fn planes(&mut self) -> Result<String, String> {
        let text: String = (0..17_u32)
            .map(|plane| {
                let of = [0x41, 0xE9, 0x4E00, 0xD7FF].map(|low| plane << 16 | low).map(char::from_u32);
                format!("{} Ada Lovelace, ", of.into_iter().flatten().collect::<String>())
            })
            .collect();
        self.alone(&text)
    }

    fn ahead(&mut self) -> Result<String, String> {
        let texts: Vec<String> = (0..AT_ONCE).map(|at| SENTENCE.repeat(at)).collect();
        let (found, took) = self.ask(&texts.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(format!("{} in {}", counted(&found), shown(took)))
    }

    fn again(&mut self) -> Result<String, String> {
        let (one, _) = self.ask(&[SENTENCE])?;
        let (other, _) = self.ask(&[SENTENCE])?;
        if one != other {
            return Err(
                "answered differently: set `repeats` in karat.toml, or make the program deterministic".to_owned()
            );
        }
        Ok("the same answer".to_owned())
    }

    /// Sends invalid requests. The program must answer each with an error and continue.
    fn nonsense(&mut self) -> Result<String, String> {
        let requests = [
            json!({"type": "karat-does-not-say-this", "seq": 1_000_001}).to_string(),
            json!({"type": "extract", "seq": 1_000_002, "id": "without a text"}).to_string(),
            "this is not JSON".to_owned(),
        ];
        for request in requests {
            let until = Instant::now() + self.settings.timeout;
            let session = self.session()?;
            session.send(format!("{request}\n"));
            let line = session.line(until).map_err(|why| format!("{why}, to {request}"))?;
            let line = line.ok_or_else(|| format!("sent nothing in reply to {request}"))?;
            let reply = reply(&line, &self.secrets)?;
            let asked =
                serde_json::from_str::<serde_json::Value>(&request).ok().and_then(|value| value["seq"].as_u64());
            if reply.error.is_none() || (reply.seq != asked && reply.seq.is_some()) {
                return Err(format!("did not answer with an error to {request}"));
            }
        }
        self.ask(&[SENTENCE]).map_err(|why| format!("{why}, after invalid requests"))?;
        Ok("errors, and the program continues".to_owned())
    }

    fn deadlines(&mut self) -> Result<String, String> {
        if self.late > 0 {
            return Err(format!("exceeded the timeout of {} s", self.settings.timeout.as_secs_f64()));
        }
        Ok(format!("the slowest answer took {}", shown(self.slowest)))
    }

    fn end(&mut self) -> Result<String, String> {
        self.session()?;
        let begun = Instant::now();
        match self.session.take().map(Session::close) {
            Some(true) => Ok(format!("exited by itself in {}", shown(begun.elapsed()))),
            _ => Err("did not exit with success within 5 s of the end of its input".to_owned()),
        }
    }
}

fn counted(found: &[Annotations]) -> String {
    let count = |annotations: &Annotations| {
        annotations.entities.iter().flatten().count()
            + annotations.relations.iter().flatten().count()
            + annotations.events.iter().flatten().count()
            + annotations.coreference.iter().flatten().count()
            + annotations.records.iter().flatten().map(|(_, records)| records.len()).sum::<usize>()
            + annotations.key_points.iter().flatten().count()
            + annotations.key_sentences.iter().flatten().count()
            + annotations.summaries.iter().flatten().count()
            + annotations.keyphrases.iter().flatten().count()
    };
    let items: usize = found.iter().map(count).sum();
    format!("{items} {}", if items == 1 { "item" } else { "items" })
}

fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", 1e3 * time.as_secs_f64())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
