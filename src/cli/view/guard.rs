//! Who may talk to the server: only a browser that was opened with the address that was printed.
//!
//! Other pages in the same browser can send requests to 127.0.0.1, too. So the address has a token
//! that is exchanged once for a cookie, the `Host` must be this server (against rebinding of
//! names), and a request that changes something must come from a page of this server.

use karat::error::Diagnostic;
use tiny_http::Request;

use super::random;
use super::reply::Reply;

/// The secrets of one server.
pub(super) struct Guard {
    origin: String,
    host: String,
    cookie: String,
    /// The token of the printed address, until it is used.
    token: Option<String>,
    session: String,
}

impl Guard {
    /// Creates the secrets of the server at a port.
    ///
    /// # Errors
    /// Fails if the system gives no random numbers.
    pub fn new(port: u16) -> Result<Self, Diagnostic> {
        let host = format!("127.0.0.1:{port}");
        Ok(Self {
            origin: format!("http://{host}"),
            host,
            // Cookies do not tell ports apart.
            cookie: format!("karat-{port}"),
            token: Some(random()?),
            session: random()?,
        })
    }

    /// Returns the address that works once.
    pub fn address(&self) -> String {
        format!("{}/?token={}", self.origin, self.token.as_deref().unwrap_or_default())
    }

    /// Returns the answer to a request that may not pass: a refusal, or the cookie for a token.
    pub fn stops(&mut self, request: &Request) -> Option<Reply> {
        if header(request, "host") != Some(self.host.as_str()) {
            return Some(Reply::refused(403, "this server answers to 127.0.0.1 only"));
        }
        let cookies = header(request, "cookie").unwrap_or_default();
        let expected = format!("{}={}", self.cookie, self.session);
        let is_known = cookies.split(';').any(|cookie| cookie.trim() == expected);
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        let token = query.strip_prefix("token=").filter(|_| path == "/");
        if token.is_some() && token == self.token.as_deref() {
            self.token = None;
            return Some(Reply::redirect("/").with_cookie(&format!("{expected}; HttpOnly; SameSite=Strict; Path=/")));
        }
        if !is_known {
            return Some(Reply::refused(
                403,
                "this address was used already, or is not complete: start `karat view` again",
            ));
        }
        let changes = !matches!(request.method(), tiny_http::Method::Get);
        if changes && header(request, "origin") != Some(self.origin.as_str()) {
            return Some(Reply::refused(403, "only pages of this server may change something"));
        }
        token.map(|_| Reply::redirect("/"))
    }
}

fn header<'r>(request: &'r Request, name: &'static str) -> Option<&'r str> {
    let mut found = request.headers().iter().filter(|header| header.field.equiv(name));
    // It is not clear which of two equal headers counts, so they count as none.
    let first = found.next()?;
    found.next().is_none().then(|| first.value.as_str())
}
