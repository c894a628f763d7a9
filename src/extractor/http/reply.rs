//! What a server answered, live or recorded.

use std::time::Duration;

use crate::document::Value;

/// The content of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// JSON.
    Json(Value),
    /// Anything else.
    Text(String),
}

impl Body {
    /// Reads a text.
    pub fn read(text: String) -> Self {
        serde_json::from_str(&text).map_or(Self::Text(text), Self::Json)
    }
}

/// An answer as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// The status code.
    pub status: u16,
    /// `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// The content.
    pub body: Body,
    /// How long the server wants to be left alone; not recorded, as it says nothing of the answer.
    pub retry_after: Option<Duration>,
}

impl Reply {
    /// Whether asking again may help.
    pub fn is_passing(&self) -> bool {
        self.status == 429 || self.status >= 500
    }

    /// Whether it says something of the key, and nothing of the document.
    pub fn is_about_the_key(&self) -> bool {
        matches!(self.status, 401 | 403)
    }

    /// Whether it is an answer to the request.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
