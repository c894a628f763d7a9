//! Sends one HTTP request and reads its reply, under one deadline.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ureq::http::{HeaderName, HeaderValue, Request, Response, header};
use ureq::{Agent, Body as Stream, Error, Proxy};

use super::credentials::Credentials;
use super::decompress::decompressed;
use super::reply::{Body, HttpReply};
use super::retry_after::retry_after;
use super::{HttpUrl, Method, Service};
use crate::secrets::Redactor;

/// Maximum number of redirects.
const MOST_REDIRECTS: usize = 5;

/// Why a request got no reply.
#[derive(Debug)]
pub(super) enum Failure {
    /// The deadline passed.
    Slow,
    /// The connection failed, and a retry may help. The message is a whole sentence.
    Broken(String),
    /// A retry would not help. The message is a whole sentence.
    Final(String),
}

/// An HTTP client with its connection pool.
pub(super) struct Exchange {
    agent: Agent,
}

impl Exchange {
    pub fn new(service: &Service) -> Self {
        // No proxy for unencrypted requests, since it could read them.
        let proxy = if service.target.is_encrypted() { Proxy::try_from_env() } else { None };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy)
            .user_agent(concat!("karat/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .max_idle_connections_per_host(service.concurrency)
            .max_idle_connections(service.concurrency);
        Self { agent: config.build().new_agent() }
    }

    /// Sends a body, follows redirects and reads the reply, without the values that the redactor
    /// replaces.
    pub fn ask(
        &self,
        service: &Service,
        credentials: &Credentials,
        redactor: &Redactor<'_>,
        body: &str,
    ) -> Result<HttpReply, Failure> {
        let headers = credentials.headers().map_err(Failure::Final)?;
        let until = Instant::now() + service.timeout;
        let (mut target, mut body) = (service.target.clone(), Some(body));
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(service, &target, headers, body, until)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return read(service, redactor, response, until);
            }
            let location = text(&response, &header::LOCATION).ok_or_else(|| {
                Failure::Final(format!("the server answers {status} without an address to redirect to: fix the URL"))
            })?;
            target = target
                .redirected(&redactor.redact(&location))
                .map_err(|why| Failure::Final(format!("the server {why}")))?;
            if status == 303 {
                // 303 See Other: the document was accepted, and the answer is fetched from
                // elsewhere.
                body = None;
            }
        }
        Err(Failure::Final(format!("the server redirects more than {MOST_REDIRECTS} times: fix the URL")))
    }

    fn send(
        &self,
        service: &Service,
        target: &HttpUrl,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<&str>,
        until: Instant,
    ) -> Result<Response<Stream>, Failure> {
        let left = left(until)?;
        let failure = |error| failure(error, target);
        let method = match (body, service.method) {
            (None, _) => "GET",
            (Some(_), Method::Post) => "POST",
            (Some(_), Method::Put) => "PUT",
        };
        let mut builder = Request::builder().method(method).uri(target.uri());
        if body.is_some() {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(all) = builder.headers_mut() {
            for (name, value) in headers {
                all.insert(name.clone(), value.clone());
            }
        }
        let sent = match body {
            Some(body) => {
                let request = builder.body(body).map_err(|error| failure(error.into()))?;
                self.agent.run(self.agent.configure_request(request).timeout_global(Some(left)).build())
            }
            None => {
                let request = builder.body(()).map_err(|error| failure(error.into()))?;
                self.agent.run(self.agent.configure_request(request).timeout_global(Some(left)).build())
            }
        };
        sent.map_err(failure)
    }
}

fn left(until: Instant) -> Result<Duration, Failure> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(Failure::Slow) } else { Ok(left) }
}

fn text(response: &Response<Stream>, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn read(
    service: &Service,
    redactor: &Redactor<'_>,
    mut response: Response<Stream>,
    until: Instant,
) -> Result<HttpReply, Failure> {
    let status = response.status().as_u16();
    let content_type = text(&response, &header::CONTENT_TYPE);
    let date = text(&response, &header::DATE);
    let retry_after = text(&response, &header::RETRY_AFTER).and_then(|value| retry_after(&value, date.as_deref()));
    let mut bytes = Vec::new();
    let mut reader = response.body_mut().as_reader();
    let mut buffer = vec![0; 1 << 14];
    loop {
        // A server that sends a few bytes at a time must not prevent the deadline check.
        left(until)?;
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failure(error.into(), &service.target)),
        }
        if bytes.len() > service.max_output {
            let most = service.max_output;
            return Err(Failure::Final(format!(
                "the server answers with more than {most} bytes: `max_output` allows more"
            )));
        }
    }
    let encoding = text(&response, &header::CONTENT_ENCODING);
    let most = service.max_output.min(crate::limits::current().decompressed);
    let bytes = decompressed(bytes, encoding.as_deref(), most).map_err(Failure::Final)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Final(format!(
            "the server's answer ({status}) is not UTF-8: byte {at} is 0x{:02X}",
            error.as_bytes()[at]
        ))
    })?;
    let mut reply = HttpReply { status, content_type, body: Body::read(text), retry_after };
    reply.redact(redactor);
    Ok(reply)
}

/// Converts an error of the HTTP client to a message, which contains no header and no body.
fn failure(error: Error, target: &HttpUrl) -> Failure {
    let host = target.host();
    let broken = |why: &str| Failure::Broken(format!("the connection to `{host}` failed: {why}"));
    match error {
        Error::Timeout(_) => Failure::Slow,
        Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Failure::Slow,
        Error::Io(error) => broken(&bare(&error)),
        Error::HostNotFound => broken("there is no such host"),
        Error::ConnectionFailed => broken("it cannot be reached"),
        Error::Protocol(error) => broken(&format!("it does not speak HTTP/1.1 ({error})")),
        Error::BodyStalled => broken("the answer ended early"),
        Error::Tls(why) => Failure::Final(format!("`{host}` cannot be trusted: {why}")),
        Error::Rustls(error) => Failure::Final(format!("`{host}` cannot be trusted: {error}")),
        Error::LargeResponseHeader(..) => Failure::Final(format!("`{host}` answers with headers that are too large")),
        Error::ConnectProxyFailed(_) => broken("the proxy of the environment refuses it"),
        other => Failure::Final(format!("the request to `{host}` failed: {other}")),
    }
}

/// The operating system's message without Rust's suffix "(os error 2)".
fn bare(error: &io::Error) -> String {
    let text = error.to_string();
    text.rfind(" (os error").map_or(text.as_str(), |at| &text[..at]).to_owned()
}
