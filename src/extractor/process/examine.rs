//! The conformance test of `karat.extractor/1`, which `karat plugin check` runs on a program.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::fingerprint::offset_unit;
use super::protocol::reply;
use super::session::Session;
use super::settings::ProcessSettings;
use crate::corpus::read_reply;
use crate::document::{Annotations, Document};
use crate::extractor::conformance::{
    AGAIN, AT_ONCE, ConformanceCheck, DEADLINES, DIFFERENT, EMPTY, IN_A_ROW, LONG, OTHER, PLANES, SENTENCE, counted,
    long_text, shown, text_of_planes, texts_at_once,
};
use crate::secrets::Secrets;

type Check = fn(&mut Examination<'_>) -> Result<String, String>;

const CHECKS: [(&str, Check); 8] = [
    (EMPTY, |examination| examination.alone("")),
    (IN_A_ROW, |examination| examination.in_a_row()),
    (PLANES, |examination| examination.alone(&text_of_planes())),
    (LONG, |examination| examination.long()),
    (AT_ONCE, |examination| examination.ahead()),
    (AGAIN, |examination| examination.again()),
    ("invalid requests", |examination| examination.nonsense()),
    (DEADLINES, |examination| examination.deadlines()),
];

/// Starts a program and runs all checks on it. A program that crashes is restarted for the next
/// check.
pub fn examine(settings: &ProcessSettings) -> Vec<ConformanceCheck> {
    let begun = Instant::now();
    let secrets = Arc::new(Secrets::new(settings.variables()));
    let session = match Session::start(settings, &secrets, None) {
        Ok(session) => session,
        Err(why) => return vec![ConformanceCheck { what: "the handshake", outcome: Err(why) }],
    };
    let known = &session.handshake;
    let layers: Vec<String> = known.layers.iter().map(ToString::to_string).collect();
    let name = format!("{} {}", known.name, known.version);
    let hello = format!("{}: {} ({})", name.trim_end(), layers.join(", "), shown(begun.elapsed()));
    let mut findings = vec![ConformanceCheck { what: "the handshake", outcome: Ok(hello) }];
    let mut examination = Examination { settings, secrets, session: Some(session), slowest: Duration::ZERO, late: 0 };
    for (what, check) in CHECKS {
        let outcome = check(&mut examination).map_err(|why| examination.secrets.redact(&why).into_owned());
        if outcome.is_err() {
            // A late or surplus answer would be taken for the answer to the next request.
            examination.session = None;
        }
        findings.push(ConformanceCheck { what, outcome });
    }
    findings.push(ConformanceCheck { what: "the end", outcome: examination.end() });
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
            self.session = Some(Session::start(self.settings, &self.secrets, None)?);
        }
        self.session.as_mut().ok_or_else(|| "was not started".to_owned())
    }

    /// Sends texts at once. Returns their annotations and the total duration.
    fn ask(&mut self, texts: &[&str]) -> Result<(Vec<Annotations>, Duration), String> {
        let (timeout, begun) = (self.settings.timeout, Instant::now());
        let secrets = Arc::clone(&self.secrets);
        let settings = self.settings;
        let session = self.session()?;
        let unit = offset_unit(settings, Some(&session.handshake));
        let max_text = settings.max_text.or(session.handshake.max_text).unwrap_or(usize::MAX);
        let layers = session.handshake.layers.clone();
        let documents: Vec<Document> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| Document::new(format!("check-{at}"), &text[..text.floor_char_boundary(max_text)]))
            .collect();
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
            let annotations = read_reply(&line, unit, document, &layers);
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
        let (other, took) = self.ask(&[OTHER])?;
        Ok(format!("{} and {} in {}", counted(&one), counted(&other), shown(took)))
    }

    /// Sends a text of 1 MB, or the longest one that the program takes.
    fn long(&mut self) -> Result<String, String> {
        let max_text = self.settings.max_text.or(self.session()?.handshake.max_text);
        let text = long_text(max_text);
        let outcome = self.alone(&text)?;
        Ok(if max_text.is_some() { format!("{outcome}, for {} bytes (`max_text`)", text.len()) } else { outcome })
    }

    fn ahead(&mut self) -> Result<String, String> {
        let texts = texts_at_once();
        let (found, took) = self.ask(&texts.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(format!("{} in {}", counted(&found), shown(took)))
    }

    fn again(&mut self) -> Result<String, String> {
        let (one, _) = self.ask(&[SENTENCE])?;
        let (other, _) = self.ask(&[SENTENCE])?;
        if one != other {
            return Err(DIFFERENT.to_owned());
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
