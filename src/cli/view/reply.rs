//! Replies of the server.

use serde_json::{Value, json};
use tiny_http::{Header, Request, Response};

/// A reply, with its status and content.
pub(super) struct Reply {
    status: u16,
    kind: &'static str,
    content: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn new(status: u16, kind: &'static str, content: impl Into<Vec<u8>>) -> Self {
        Self { status, kind, content: content.into(), headers: Vec::new() }
    }

    pub fn page(content: String) -> Self {
        Self::new(200, "text/html; charset=utf-8", content)
    }

    pub fn json(value: &Value) -> Self {
        Self::new(200, "application/json", value.to_string())
    }

    /// A reply that says why a request was not done.
    pub fn refused(status: u16, why: &str) -> Self {
        Self::new(status, "application/json", json!({"error": why}).to_string())
    }

    pub fn redirect(to: &str) -> Self {
        let mut reply = Self::new(303, "text/plain; charset=utf-8", "");
        reply.headers.push(("Location", to.to_owned()));
        reply
    }

    #[must_use]
    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.headers.push(("Set-Cookie", cookie.to_owned()));
        self
    }

    /// Sends the reply. A browser that went away needs none.
    pub fn send(self, request: Request) {
        let fixed = [
            ("Content-Type", self.kind),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ];
        let mut response = Response::from_data(self.content).with_status_code(self.status);
        let all = fixed.into_iter().map(|(name, value)| (name, value.to_owned())).chain(self.headers);
        for (name, value) in all {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        let _ = request.respond(response);
    }
}
