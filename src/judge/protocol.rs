//! The messages of the protocol `karat.judge/1`: JSON lines on the judge's standard input and
//! output.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::support::parse_support;
use crate::document::{Document, KeyPoint, Support};
use crate::secrets::Secrets;
use crate::text::{REPORTED, cut, excerpt};

/// Name of the protocol.
pub const PROTOCOL: &str = "karat.judge/1";

/// A message from karat to the judge.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum JudgeRequest<'a> {
    /// The handshake request.
    Hello { protocol: &'static str },
    /// Asks whether the summary supports a key point.
    Judge { seq: u64, id: &'a str, key_point: &'a Question, summary: &'a str, sentences: &'a [String], timeout_ms: u64 },
}

impl JudgeRequest<'_> {
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a request is plain data") + "\n"
    }
}

/// The part of a key point that a judge receives.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Question {
    pub id: String,
    text: String,
    weight: u32,
    aliases: Vec<String>,
    evidence: Vec<String>,
}

impl Question {
    /// Builds the question for the key point at an index. Evidence without a text gets it from the
    /// document, if there is one.
    pub fn new(index: usize, point: &KeyPoint, document: Option<&Document>) -> Self {
        let evidence = point.evidence.iter().filter_map(|span| {
            let covered = || document.and_then(|document| document.slice(span.start, span.end)).map(str::to_owned);
            span.text.clone().or_else(covered)
        });
        Self {
            id: point.name(index),
            text: point.text.clone(),
            weight: point.weight,
            aliases: point.aliases.clone(),
            evidence: evidence.collect(),
        }
    }
}

/// A message from the judge. Unknown fields are ignored.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum JudgeMessage {
    Hello {
        protocol: String,
        name: String,
        #[serde(default)]
        version: String,
    },
    Verdict {
        seq: u64,
        verdict: Value,
        #[serde(default)]
        sentence: Option<usize>,
    },
    Error {
        seq: u64,
        message: String,
    },
}

fn parse_message(line: &str, secrets: &Secrets) -> Result<JudgeMessage, String> {
    serde_json::from_str(line).map_err(|error| {
        let error = error.to_string();
        let bare = crate::plain_words::plain_words(&secrets.redact(&error));
        format!("sent a line that is not `{PROTOCOL}`: {bare}: {}", excerpt(&secrets.redact(line)))
    })
}

/// The judge's name and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JudgeIdentity {
    pub name: String,
    pub version: String,
}

/// Parses the handshake reply. Nothing that it returns contains a secret.
pub(super) fn hello(line: &str, secrets: &Secrets) -> Result<JudgeIdentity, String> {
    let excerpt = |text: &str| excerpt(&secrets.redact(text));
    let redacted = |text: String| secrets.redact(&text).into_owned();
    match parse_message(line, secrets)? {
        JudgeMessage::Hello { protocol, .. } if protocol != PROTOCOL => {
            Err(format!("speaks {}, and karat `{PROTOCOL}`", excerpt(&protocol)))
        }
        JudgeMessage::Hello { name, version, .. } => {
            // JudgeIdentity and version become part of signatures.
            let fits = |text: &str| !text.contains(|c: char| c == '|' || c.is_control());
            if name.trim().is_empty() || !fits(&name) || !fits(&version) {
                return Err("sent no name, or one that a signature cannot contain".to_owned());
            }
            Ok(JudgeIdentity { name: redacted(name), version: redacted(version) })
        }
        _ => Err(format!("did not send `hello`: {}", excerpt(line))),
    }
}

/// A verdict of the judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JudgeVerdict {
    pub support: Support,
    /// Index of the supporting sentence, from 0.
    pub sentence: Option<usize>,
}

/// Why a request has no verdict.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JudgeError {
    /// The judge reported an error. It can continue.
    Reported(String),
    /// The judge is unusable: it sent an invalid line, or none.
    Broken(String),
}

/// Parses the reply to request number `asked` about `sentences` sentences. No message that it
/// returns contains a secret.
pub(super) fn judged(line: &str, asked: u64, sentences: usize, secrets: &Secrets) -> Result<JudgeVerdict, JudgeError> {
    let broken = |message: String| JudgeError::Broken(secrets.redact(&message).into_owned());
    match parse_message(line, secrets).map_err(broken)? {
        JudgeMessage::Verdict { seq, .. } | JudgeMessage::Error { seq, .. } if seq != asked => {
            Err(broken(format!("answered request {seq} instead of {asked}")))
        }
        JudgeMessage::Verdict { verdict, sentence, .. } => {
            let support = parse_support(&verdict).map_err(|why| {
                // The message quotes the beginning of the verdict.
                let redacted = verdict.as_str().map(|text| Value::from(secrets.redact(text)));
                broken(redacted.and_then(|verdict| parse_support(&verdict).err()).unwrap_or(why))
            })?;
            match sentence.filter(|at| *at >= sentences) {
                Some(at) => Err(broken(format!("named the sentence {at}, but there are {sentences}, counted from 0"))),
                None => Ok(JudgeVerdict { support, sentence }),
            }
        }
        JudgeMessage::Error { message, .. } => {
            let message = secrets.redact(&message);
            Err(JudgeError::Reported(format!("could not judge: {}", cut(&message, REPORTED))))
        }
        JudgeMessage::Hello { .. } => Err(broken("sent `hello` again".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{JudgeError, JudgeIdentity, JudgeVerdict};
    use crate::document::Support;
    use crate::secrets::Secrets;

    fn hello(line: &str) -> Result<JudgeIdentity, String> {
        super::hello(line, &Secrets::default())
    }

    fn judged(line: &str, asked: u64, sentences: usize) -> Result<JudgeVerdict, JudgeError> {
        super::judged(line, asked, sentences, &Secrets::default())
    }

    #[test]
    fn a_greeting_names_the_judge() {
        let line = r#"{"type":"hello","protocol":"karat.judge/1","name":"mine","version":"2","more":1}"#;
        assert_eq!(hello(line), Ok(JudgeIdentity { name: "mine".to_owned(), version: "2".to_owned() }));
        let other = line.replace("judge/1", "judge/9");
        assert!(hello(&other).unwrap_err().contains("karat.judge/9"));
        assert!(hello("loading model ...").unwrap_err().contains("not `karat.judge/1`"));
        assert!(hello(&line.replace("mine", "a|b")).unwrap_err().contains("no name"));
    }

    #[test]
    fn verdicts_are_words_or_numbers() {
        let of = |verdict: &str| judged(&format!(r#"{{"type":"verdict","seq":3,"verdict":{verdict}}}"#), 3, 1);
        let plain = |support| Ok(JudgeVerdict { support, sentence: None });
        assert_eq!(of(r#""supported""#), plain(Support::Full));
        assert_eq!(of("0.5"), plain(Support::Partial));
        assert_eq!(of("0"), plain(Support::Not));
        assert!(matches!(of("0.7"), Err(JudgeError::Broken(message)) if message.contains("0.7")));
    }

    #[test]
    fn what_does_not_fit_the_request_is_broken() {
        let line = r#"{"type":"verdict","seq":3,"verdict":1,"sentence":2}"#;
        assert_eq!(judged(line, 3, 3), Ok(JudgeVerdict { support: Support::Full, sentence: Some(2) }));
        assert!(matches!(judged(line, 3, 2), Err(JudgeError::Broken(_))));
        assert!(matches!(judged(line, 4, 3), Err(JudgeError::Broken(_))));
        let sorry = r#"{"type":"error","seq":3,"message":"no quota"}"#;
        assert_eq!(judged(sorry, 3, 1), Err(JudgeError::Reported("could not judge: no quota".to_owned())));
    }
}
