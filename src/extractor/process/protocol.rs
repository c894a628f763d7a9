//! The messages of the protocol `karat.extractor/1`.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::Usage;
use crate::document::{Document, Layer, Value};
use crate::format::OffsetUnit;
use crate::secrets::Secrets;
use crate::text::excerpt;

/// Name of the protocol.
pub const PROTOCOL: &str = "karat.extractor/1";

/// A message from karat to the program.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum KaratMessage<'a> {
    Hello { protocol: &'static str },
    Extract { seq: u64, id: &'a str, text: &'a str, meta: &'a BTreeMap<String, Value>, timeout_ms: u64 },
}

/// The handshake request, with its line break.
pub(super) fn hello() -> String {
    line(&KaratMessage::Hello { protocol: PROTOCOL })
}

/// A request for a document, with its line break.
pub(super) fn request(seq: u64, document: &Document, timeout_ms: u64) -> String {
    line(&KaratMessage::Extract { seq, id: document.id(), text: document.text(), meta: document.meta(), timeout_ms })
}

fn line(message: &KaratMessage<'_>) -> String {
    serde_json::to_string(message).expect("a request is plain data") + "\n"
}

/// The content of a program's handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Name of the program.
    pub name: String,
    /// Version of the program; may be empty.
    pub version: String,
    /// The layers it fills.
    pub layers: Vec<Layer>,
    /// What its output depends on besides its files, as the program reports it.
    pub fingerprint: Option<String>,
    /// The longest text that it takes, in bytes.
    pub max_text: Option<usize>,
    /// The unit of offsets in its replies, unless a reply states another.
    pub offset_unit: Option<OffsetUnit>,
}

/// A program's reply to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The number of the request, if the reply contains it.
    pub seq: Option<u64>,
    /// The document's id, if the reply contains it.
    pub id: Option<String>,
    /// The error message of the program; `None` if the line contains annotations.
    pub error: Option<String>,
    /// Tokens and cost, if the program reports them.
    pub usage: Option<Usage>,
}

/// The fields of a handshake that are read. Others are ignored.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct HandshakeMessage {
    r#type: String,
    protocol: Option<String>,
    name: Option<String>,
    version: Option<String>,
    layers: Option<Vec<String>>,
    fingerprint: Option<String>,
    max_text: Option<Value>,
    offset_unit: Option<String>,
}

/// The fields of a reply that are read beside its layers. Others are ignored, whatever they are.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct ReplyMessage {
    r#type: String,
    seq: Option<u64>,
    id: Option<String>,
    message: Option<Value>,
    usage: Option<Usage>,
}

fn parse_message<T: DeserializeOwned>(line: &str, secrets: &Secrets) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        let error = error.to_string();
        let bare = crate::plain_words::plain_words(&secrets.redact(&error));
        let quoted = excerpt(&secrets.redact(line));
        // A log line or a progress bar, and not a faulty reply.
        let is_stray = !line.trim_start().starts_with('{');
        let advice = if is_stray { "; its stdout is for replies only: print everything else to stderr" } else { "" };
        format!("sent a line that is not `{PROTOCOL}`: {bare}: {quoted}{advice}")
    })
}

/// Parses the handshake reply. Nothing that it returns contains a secret.
pub(super) fn handshake(line: &str, secrets: &Secrets) -> Result<Handshake, String> {
    let message: HandshakeMessage = parse_message(line, secrets)?;
    let excerpt = |text: &str| excerpt(&secrets.redact(text));
    let redacted = |text: String| secrets.redact(&text).into_owned();
    if message.r#type != "hello" {
        return Err(format!("did not send `hello`: {}", excerpt(line)));
    }
    match message.protocol.as_deref() {
        Some(PROTOCOL) => {}
        other => return Err(format!("speaks {}, and karat `{PROTOCOL}`", excerpt(other.unwrap_or_default()))),
    }
    let Some(name) = message.name.filter(|name| !name.trim().is_empty()) else {
        return Err("sent no `name` in its `hello`".to_owned());
    };
    let mut layers = Vec::new();
    for layer in message.layers.ok_or("named no `layers` in its `hello`")? {
        layers.push(layer.parse::<Layer>().map_err(|error| redacted(format!("named an unknown layer: {error}")))?);
    }
    let offset_unit = match message.offset_unit {
        None => None,
        Some(unit) => Some(OffsetUnit::named(&unit).ok_or_else(|| {
            let known = OffsetUnit::ALL.map(OffsetUnit::as_str).join(", ");
            format!("named the unknown `offset_unit` {} in its `hello`: units are {known}", excerpt(&unit))
        })?),
    };
    let (name, version) = (redacted(name), redacted(message.version.unwrap_or_default()));
    let max_text = match message.max_text {
        None => None,
        Some(written) => Some(written.as_u64().and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| {
            format!(
                "named the `max_text` {} in its `hello`, which is not a number of bytes",
                excerpt(&written.to_string())
            )
        })?),
    };
    let fingerprint = message.fingerprint.map(redacted);
    Ok(Handshake { name, version, layers, fingerprint, max_text, offset_unit })
}

/// Parses the reply to a request. No message that it returns contains a secret.
pub(super) fn reply(line: &str, secrets: &Secrets) -> Result<Reply, String> {
    let message: ReplyMessage = parse_message(line, secrets)?;
    let error = match message.r#type.as_str() {
        "result" => None,
        "error" => Some(message.message.map_or_else(
            || "an error without a message".to_owned(),
            |message| {
                let text = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
                secrets.redact(&text).into_owned()
            },
        )),
        _ => {
            return Err(format!(
                "sent a line that is neither a result nor an error: {}",
                excerpt(&secrets.redact(line))
            ));
        }
    };
    Ok(Reply { seq: message.seq, id: message.id, error, usage: message.usage })
}

#[cfg(test)]
mod tests {
    use super::{Handshake, Reply};
    use crate::document::Layer;
    use crate::format::OffsetUnit;
    use crate::secrets::Secrets;

    fn handshake(line: &str) -> Result<Handshake, String> {
        super::handshake(line, &Secrets::default())
    }

    fn reply(line: &str) -> Result<Reply, String> {
        super::reply(line, &Secrets::default())
    }

    #[test]
    fn a_greeting_names_the_program_and_its_layers() {
        let line = r#"{"type":"hello","protocol":"karat.extractor/1","name":"mine","version":"1","layers":["entities"],"x":1}"#;
        let found = handshake(line).unwrap();
        assert_eq!(
            (found.name.as_str(), found.version.as_str(), &found.layers[..]),
            ("mine", "1", &[Layer::Entities][..])
        );
        for (old, new, why) in [
            ("extractor/1", "extractor/9", "extractor/9"),
            ("mine", " ", "no `name`"),
            ("entities", "entites", "entites"),
            ("\"layers\"", "\"lairs\"", "no `layers`"),
            ("hello", "result", "did not send `hello`"),
            ("\"x\":1", "\"offset_unit\":\"words\"", "units are code_point, byte, utf16"),
            ("\"x\":1", "\"max_text\":\"long\"", "max_text"),
        ] {
            assert!(handshake(&line.replace(old, new)).unwrap_err().contains(why), "{why}");
        }
        let more = line.replace("\"x\":1", "\"offset_unit\":\"utf16\",\"max_text\":1000");
        let found = handshake(&more).unwrap();
        assert_eq!((found.offset_unit, found.max_text), (Some(OffsetUnit::Utf16), Some(1000)));
        assert!(handshake("1").unwrap_err().contains("integer `1`, expected an object: \"1\""));
        assert!(handshake("loading model ...").unwrap_err().contains("\"loading model ...\""));
    }

    #[test]
    fn replies_are_results_or_errors() {
        let result =
            reply(r#"{"type":"result","seq":3,"id":"a","entities":[],"usage":{"tokens_in":2,"cost":0.5}}"#).unwrap();
        assert_eq!((result.seq, result.id.as_deref(), result.error), (Some(3), Some("a"), None));
        let odd = reply(
            r#"{"type":"result","seq":3,"id":"a","name":5,"layers":{},"message":["x"],"usage":{"tokens_in":2.0}}"#,
        );
        assert_eq!(odd.unwrap().usage.map(|usage| usage.tokens_in), Some(2));
        assert_eq!(result.usage.map(|usage| (usage.tokens_in, usage.tokens_out, usage.cost)), Some((2, 0, Some(0.5))));
        let error = reply(r#"{"type":"error","seq":3,"message":"no"}"#).unwrap();
        assert_eq!(error.error.as_deref(), Some("no"));
        assert!(reply(r#"{"type":"hello"}"#).unwrap_err().contains("neither"));
        assert!(reply("[1]").unwrap_err().contains("[1]"));
    }
}
