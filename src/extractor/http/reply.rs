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
    /// The wait that the server asks for. It is not recorded, since it does not concern the answer.
    pub retry_after: Option<Duration>,
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

    /// Whether a retry may help: the status is 429 or a server error.
    pub fn is_passing(&self) -> bool {
        self.status == 429 || self.status >= 500
    }

    /// Whether the status concerns the key and not the document: 401 or 403.
    pub fn is_about_the_key(&self) -> bool {
        matches!(self.status, 401 | 403)
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
