//! Recorded answers of a service: one file per request, named by the hash of the request.
//!
//! Replaying them makes a run reproducible, free of charge and independent of the network. The name
//! depends on method, URL, body and repeat, so a changed prompt is a new request.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Service;
use super::reply::{Body, HttpReply};
use crate::document::Value;
use crate::format::sha256;
use crate::secrets::Redactor;

/// Name of the file format.
const SCHEMA: &str = "karat.cassette/1";
const CONTENT_TYPE: &str = "content-type";

/// A folder of recorded answers.
pub(super) struct Cassettes {
    folder: PathBuf,
    /// Requests in progress. A second thread with the same request waits and then replays its
    /// answer.
    busy: Mutex<BTreeSet<String>>,
    freed: Condvar,
    /// Names of the cassettes that this run has recorded.
    fresh: Mutex<BTreeSet<String>>,
    /// The date that is written into new cassettes.
    today: fn() -> String,
}

/// A recorded answer.
#[derive(Debug, PartialEq)]
pub(super) struct RecordedAnswer {
    pub reply: HttpReply,
    /// When it was recorded, as the end of a sentence ("on 2026-11-29"); empty if it is not known.
    pub when: String,
}

/// The content of a cassette file.
#[derive(Debug, Serialize, Deserialize)]
struct Cassette {
    schema: String,
    /// The date of the request, in UTC. Cassettes of karat up to 0.1.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded: Option<String>,
    request: RecordedRequest,
    response: RecordedReply,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecordedRequest {
    method: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat: Option<usize>,
    body: Value,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecordedReply {
    status: u16,
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    json: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// Reads a present field as `Some`, so that an answer of `null` differs from no answer.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Exclusive access to one request. Dropping it releases the request.
pub(super) struct Claim<'c> {
    cassettes: &'c Cassettes,
    name: String,
}

impl Cassettes {
    /// The cassettes of a folder. `today` returns the date that is written into new ones.
    pub fn new(folder: PathBuf, today: fn() -> String) -> Self {
        Self { folder, busy: Mutex::default(), freed: Condvar::new(), fresh: Mutex::default(), today }
    }

    /// Waits until no other thread makes this request, and claims it.
    pub fn claim(&self, service: &Service, body: &str, repeat: usize) -> Claim<'_> {
        let repeat = if repeat > 1 { format!("\n{repeat}") } else { String::new() };
        let name = sha256(format!("{}\n{}\n{body}{repeat}", service.method.as_str(), service.target));
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_while(busy, |busy| busy.contains(&name));
        waited.unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        Claim { cassettes: self, name }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.cassettes.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
        self.cassettes.freed.notify_all();
    }
}

impl Claim<'_> {
    /// Path of the cassette file.
    pub fn path(&self) -> PathBuf {
        self.cassettes.folder.join(format!("{}.json", self.name))
    }

    /// Whether this run has recorded it.
    pub fn is_fresh(&self) -> bool {
        self.cassettes.fresh.lock().unwrap_or_else(PoisonError::into_inner).contains(&self.name)
    }

    /// Loads the recorded answer; `None` if there is no file.
    ///
    /// # Errors
    /// Fails with a whole sentence if the file exists and cannot be read.
    pub fn load(&self) -> Result<Option<RecordedAnswer>, String> {
        let path = self.path();
        let broken = |why: &str| format!("the cassette `{}` {why}: delete it to record it again", shown(&path));
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| broken("is no UTF-8"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken(&format!("cannot be read ({error})"))),
        };
        let (reply, date) = read(&text).map_err(|why| broken(&why))?;
        // The time of a file may be that of a copy, which is made after the recording.
        let when = date.map(|date| format!("on {date}")).or_else(|| {
            let changed = fs::metadata(&path).ok()?.modified().ok()?;
            Some(format!("on {} or before", day(Timestamp::try_from(changed).ok()?)))
        });
        Ok(Some(RecordedAnswer { reply, when: when.unwrap_or_default() }))
    }

    /// Records an answer, and returns it as a replay will return it.
    ///
    /// # Errors
    /// Fails with a whole sentence if the file cannot be written.
    pub fn store(
        &self,
        service: &Service,
        redactor: &Redactor<'_>,
        body: &str,
        repeat: usize,
        reply: &HttpReply,
    ) -> Result<HttpReply, String> {
        let path = self.path();
        let broken = |why: &str| format!("the cassette `{}` cannot be written: {why}", shown(&path));
        let mut asked = serde_json::from_str(body).unwrap_or_default();
        redactor.redact_value(&mut asked);
        let (json, text) = match &reply.body {
            Body::Json(value) => (Some(value.clone()), None),
            Body::Text(text) => (None, Some(text.clone())),
        };
        let headers = reply.content_type.iter().map(|found| (CONTENT_TYPE.to_owned(), found.clone())).collect();
        let cassette = Cassette {
            schema: SCHEMA.to_owned(),
            recorded: Some((self.cassettes.today)()),
            request: RecordedRequest {
                method: service.method.as_str().to_owned(),
                url: service.target.to_string(),
                repeat: (repeat > 1).then_some(repeat),
                body: asked,
            },
            response: RecordedReply { status: reply.status, headers, json, text },
        };
        let text = serde_json::to_string_pretty(&cassette).map_err(|error| broken(&error.to_string()))? + "\n";
        write(&self.cassettes.folder, &path, &text).map_err(|error| broken(&error.to_string()))?;
        self.cassettes.fresh.lock().unwrap_or_else(PoisonError::into_inner).insert(self.name.clone());
        read(&text).map(|(reply, _)| reply).map_err(|why| broken(&why))
    }
}

/// The current date, in UTC.
pub(super) fn today() -> String {
    day(Timestamp::now())
}

fn day(moment: Timestamp) -> String {
    let text = moment.to_string();
    text.split_once('T').map_or(text.clone(), |(date, _)| date.to_owned())
}

/// Reads the content of a cassette: the reply, and the date of the recording.
fn read(text: &str) -> Result<(HttpReply, Option<String>), String> {
    let cassette: Cassette = serde_json::from_str(text)
        .map_err(|error| format!("is not a `{SCHEMA}` ({})", crate::plain_words::plain_words(&error.to_string())))?;
    if cassette.schema != SCHEMA {
        return Err(format!("is not a `{SCHEMA}`: its schema is {}", crate::text::excerpt(&cassette.schema)));
    }
    // A date is part of messages, so that nothing else may stand there.
    if let Some(date) = &cassette.recorded
        && date.parse::<Date>().is_err()
    {
        return Err(format!("has no date in `recorded`: {}", crate::text::excerpt(date)));
    }
    let RecordedReply { status, headers, json, text } = cassette.response;
    let body = match (json, text) {
        (Some(value), None) => Body::Json(value),
        (None, Some(text)) => Body::Text(text),
        _ => return Err("has an answer without `json` or `text`, or with both".to_owned()),
    };
    let reply = HttpReply { status, content_type: headers.get(CONTENT_TYPE).cloned(), body, wait: None };
    Ok((reply, cassette.recorded))
}

/// Writes a file atomically, so that a crash leaves either the old or the new content.
fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".karat-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private (mode 600); cassettes are committed and shared.
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}

/// A path with the same separators on every platform.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::super::{HttpUrl, Service};
    use super::{Body, Cassettes, HttpReply};
    use crate::document::{Document, json};
    use crate::secrets::Secrets;

    fn today() -> String {
        "1852-11-27".to_owned()
    }

    #[test]
    fn an_answer_is_replayed_as_it_was_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::new(HttpUrl::new("http://localhost/a").unwrap());
        service.key_env = Some("KEY".to_owned());
        let secrets = Secrets::new([("KEY".to_owned(), "0123456789".to_owned())]);
        let redactor = secrets.for_document(&Document::new("d", "A text."));
        let cassettes = Cassettes::new(folder.path().join("deep/er"), today);
        let bodies = [Body::Json(json!({"a": [1, 0.1, null]})), Body::Json(json!(null)), Body::Text("<p>".to_owned())];
        for (at, body) in bodies.into_iter().enumerate() {
            let asked = format!("{{\"n\":{at},\"text\":\"0123456789\"}}");
            let claim = cassettes.claim(&service, &asked, 1);
            assert!(claim.load().unwrap().is_none() && !claim.is_fresh());
            let reply = HttpReply { status: 200, content_type: Some("x/y".to_owned()), body, wait: None };
            assert_eq!(claim.store(&service, &redactor, &asked, 1, &reply).unwrap(), reply);
            let recorded = claim.load().unwrap().unwrap();
            assert_eq!((recorded.reply, recorded.when.as_str()), (reply, "on 1852-11-27"));
            let older = std::fs::read_to_string(claim.path()).unwrap().replace("\"recorded\": \"1852-11-27\",", "");
            std::fs::write(claim.path(), older).unwrap();
            assert_eq!(claim.load().unwrap().unwrap().when, format!("on {} or before", super::today()));
            assert!(claim.is_fresh() && !std::fs::read_to_string(claim.path()).unwrap().contains("0123456789"));
        }
        assert_ne!(cassettes.claim(&service, "{}", 1).path(), cassettes.claim(&service, "{}", 2).path());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let service = Service::new(HttpUrl::new("http://localhost/a").unwrap());
        let cassettes = Cassettes::new(folder.path().to_owned(), today);
        let claim = cassettes.claim(&service, "{}", 1);
        for broken in [
            &b"{"[..],
            b"{}",
            b"\xFF",
            br#"{"schema":"karat.cassette/1","recorded":"soon","request":{"method":"","url":"","body":1},"response":{"status":1,"headers":{},"json":1}}"#,
            br#"{"schema":"x","request":{"method":"","url":"","body":1},"response":{"status":1,"headers":{}}}"#,
        ] {
            std::fs::write(claim.path(), broken).unwrap();
            let message = claim.load().unwrap_err();
            assert!(message.contains(&claim.name) && message.contains("delete it"), "{message}");
        }
    }
}
