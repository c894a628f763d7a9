//! Sends one HTTP request and reads its reply, under one deadline.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ureq::http::{HeaderName, HeaderValue, Request, Response, header};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::{Agent, Body as Stream, Error, ProxyProtocol};

use super::connector::{ProxyTlsError, ServerConnector};
use super::credentials::Credentials;
use super::decompress::decompressed;
use super::proxy::{proxy_for, proxy_host};
use super::reply::{Body, HttpReply};
use super::retry_after::requested_wait;
use super::tls::{tls_config, tls_error, tls_failure};
use super::{HttpUrl, Method, Service};
use crate::error::Diagnostic;
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
    peers: Peers,
}

/// Whom a connection is with, for messages.
struct Peers {
    /// Host and port of the server.
    server: String,
    /// Host and port of the proxy, without its password.
    proxy: Option<String>,
}

impl Exchange {
    /// Creates a client; `look_up` returns variables of the environment.
    ///
    /// # Errors
    /// Fails if certificates cannot be read, or if the environment names an invalid proxy.
    pub fn new(service: &Service, look_up: impl Fn(&str) -> Option<String>) -> Result<Self, Diagnostic> {
        let proxy = proxy_for(&service.target, look_up)?;
        let peers = Peers { server: service.target.host().to_owned(), proxy: proxy.as_ref().map(proxy_host) };
        let is_encrypted = service.target.is_encrypted()
            || proxy.as_ref().is_some_and(|proxy| proxy.protocol() == ProxyProtocol::Https);
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy)
            .user_agent(concat!("karat/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .max_idle_connections_per_host(service.concurrency)
            .max_idle_connections(service.concurrency);
        if is_encrypted || service.ca.is_some() {
            config = config.tls_config(tls_config(service.ca.as_deref())?);
        }
        let connector = ServerConnector::new(peers.proxy.is_some());
        Ok(Self { agent: Agent::with_parts(config.build(), connector, DefaultResolver::default()), peers })
    }

    /// The proxy as the end of a message about a missing answer; empty if there is none.
    pub fn through(&self) -> String {
        self.peers.proxy.as_ref().map(|proxy| format!(" through the proxy `{proxy}`")).unwrap_or_default()
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
        let (mut target, mut body) = (credentials.target().map_err(Failure::Final)?, Some(body));
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(service, &target, headers, body, until)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.read(service, redactor, response, until);
            }
            let location = text(&response, &header::LOCATION).ok_or_else(|| {
                Failure::Final(format!("the server answers {status} without an address to redirect to: fix the URL"))
            })?;
            // A redirect may repeat a key of the query, which no message may contain.
            let redirected = target.redirected(&location, &redactor.redact(&location));
            target = redirected.map_err(|why| Failure::Final(format!("the server {}", redactor.redact(&why))))?;
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
        let failure = |error| self.peers.failure(error);
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

    fn read(
        &self,
        service: &Service,
        redactor: &Redactor<'_>,
        mut response: Response<Stream>,
        until: Instant,
    ) -> Result<HttpReply, Failure> {
        let status = response.status().as_u16();
        let content_type = text(&response, &header::CONTENT_TYPE);
        let has_length = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
            .iter()
            .any(|name| response.headers().contains_key(name));
        let wait = requested_wait(response.headers(), status);
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
                Err(error) => return Err(self.peers.failure(error.into())),
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
        // The end of the connection is then the end of the reply, whether it is whole or not.
        if !has_length && is_cut_off(&text) {
            return Err(self.peers.failure(Error::BodyStalled));
        }
        let mut reply = HttpReply { status, content_type, body: Body::read(text), wait };
        reply.redact(redactor);
        Ok(reply)
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

impl Peers {
    /// Converts an error of the HTTP client to a message, which contains no header and no body.
    fn failure(&self, error: Error) -> Failure {
        let host = &self.server;
        let through = self.proxy.as_ref().map(|proxy| format!(" through the proxy `{proxy}`")).unwrap_or_default();
        let broken = |why: &str| Failure::Broken(format!("the connection to `{host}`{through} failed: {why}"));
        // A connection to the server itself is then made by the proxy, which answers if it fails.
        let unreachable = |why: &str| match &self.proxy {
            Some(proxy) => Failure::Broken(format!(
                "the connection to the proxy `{proxy}` failed: {why} (see HTTPS_PROXY and HTTP_PROXY, or \
                 name `{host}` in NO_PROXY)"
            )),
            None => broken(why),
        };
        let of_tls = |error: &rustls::Error| {
            tls_failure(error, &format!("`{host}`")).map_or_else(|| broken(&error.to_string()), Failure::Final)
        };
        match error {
            Error::Other(error) if error.is::<ProxyTlsError>() => {
                let proxy = format!("the proxy `{}`", self.proxy.as_deref().unwrap_or_default());
                let error = error.downcast_ref().map_or(&rustls::Error::DecryptError, |ProxyTlsError(error)| error);
                let broken = || Failure::Broken(format!("the connection to {proxy} failed: {error}"));
                tls_failure(error, &proxy).map_or_else(broken, Failure::Final)
            }
            Error::Timeout(_) => Failure::Slow,
            Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Failure::Slow,
            Error::Io(error) if tls_error(&error).is_some() => tls_error(&error).map_or_else(|| broken("TLS"), of_tls),
            Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::HostUnreachable
                        | io::ErrorKind::NetworkUnreachable
                ) =>
            {
                unreachable(&bare(&error))
            }
            Error::Io(error) => match bare(&error) {
                // No kind of error stands for a name that cannot be resolved.
                why if why.starts_with("failed to lookup address") => unreachable("there is no such host"),
                why => broken(&why),
            },
            Error::HostNotFound => unreachable("there is no such host"),
            Error::ConnectionFailed => unreachable("it cannot be reached"),
            Error::Protocol(error) => broken(&format!("it does not speak HTTP/1.1 ({error})")),
            Error::BodyStalled => broken("the answer ended early"),
            Error::Tls(why) => Failure::Final(format!("`{host}` cannot be trusted: {why}")),
            Error::Rustls(error) => of_tls(&error),
            Error::LargeResponseHeader(..) => {
                Failure::Final(format!("`{host}` answers with headers that are too large"))
            }
            Error::ConnectProxyFailed(why) => self.refused(&why),
            other => Failure::Final(format!("the request to `{host}`{through} failed: {other}")),
        }
    }

    /// A proxy that does not connect to the server. `why` contains its status, if it answered.
    fn refused(&self, why: &str) -> Failure {
        let (host, proxy) = (&self.server, self.proxy.as_deref().unwrap_or_default());
        let status: Option<u16> = why.split(|char: char| !char.is_ascii_digit()).find_map(|part| part.parse().ok());
        let advice = match status {
            Some(407) => "it requires a user and a password: `http://USER:PASSWORD@HOST:PORT` in HTTPS_PROXY",
            Some(status @ 400..500) if status != 408 && status != 429 => {
                "it may not allow tunnels (CONNECT) to this host or port"
            }
            _ => {
                let answer = status.map_or("with nothing".to_owned(), |status| format!("{status}"));
                return Failure::Broken(format!(
                    "the proxy `{proxy}` does not connect to `{host}`: it answers {answer}"
                ));
            }
        };
        let status = status.unwrap_or_default();
        Failure::Final(format!("the proxy `{proxy}` does not connect to `{host}`: it answers {status}; {advice}"))
    }
}

/// Whether a text is the beginning of a JSON value.
fn is_cut_off(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// The operating system's message without Rust's suffix "(os error 2)".
fn bare(error: &io::Error) -> String {
    let text = error.to_string();
    text.rfind(" (os error").map_or(text.as_str(), |at| &text[..at]).to_owned()
}
