//! The reply of a server, live or recorded.

use std::time::Duration;

use crate::document::Value;
use crate::secrets::Redactor;

/// The body of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// A JSON value.
    Json(Value),
    /// Any other text.
    Text(String),
}

impl Body {
    /// Parses a text as JSON, or keeps it as it is.
    pub fn read(text: String) -> Self {
        serde_json::from_str(&text).map_or(Self::Text(text), Self::Json)
    }
}

/// The parts of a reply that determine its meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HttpReply {
    /// The HTTP status code.
    pub status: u16,
    /// The header `Content-Type`, if present.
    pub content_type: Option<String>,
    /// The body.
    pub body: Body,
    /// The wait that the server asks for before the next request. It is not recorded, since it does
    /// not concern the answer.
    pub wait: Option<Duration>,
}

impl HttpReply {
    /// Replaces secrets in the body and the content type.
    pub fn redact(&mut self, redactor: &Redactor<'_>) {
        if let Some(found) = &mut self.content_type {
            *found = redactor.redact(found).into_owned();
        }
        match &mut self.body {
            Body::Json(value) => {
                redactor.redact_value(value);
            }
            Body::Text(text) => *text = redactor.redact(text).into_owned(),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        match &self.body {
            Body::Json(value) => value.to_string(),
            Body::Text(text) => text.clone(),
        }
    }

    /// Whether a retry may help: the status is that of a temporary condition, and the server does
    /// not say that the quota of the account is used up.
    pub fn is_passing(&self) -> bool {
        self.has_passing_status() && !self.is_out_of_quota()
    }

    /// Whether the status is that of a temporary condition.
    pub fn has_passing_status(&self) -> bool {
        is_passing_status(self.status)
    }

    /// Whether the quota of the account is used up, which OpenAI reports with status 429.
    pub fn is_out_of_quota(&self) -> bool {
        let Body::Json(value) = &self.body else { return false };
        let pointers = ["/error/code", "/error/type", "/code", "/type"];
        pointers.iter().any(|pointer| value.pointer(pointer).is_some_and(|word| word == "insufficient_quota"))
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Whether a status is that of a temporary condition: request timeout, conflict, too early, too
/// many requests, or an error of the server.
pub(super) fn is_passing_status(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..)
}
