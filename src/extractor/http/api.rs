//! What differs between services: what they are sent, and how they answer.

use crate::document::{Annotations, Document, Value};
use crate::extractor::Usage;

/// What an answer says.
pub(super) struct Read {
    /// The annotations, or why there are none, in a whole sentence.
    pub outcome: Result<Annotations, String>,
    /// What it took.
    pub usage: Option<Usage>,
    /// What a person should know of it although it was answered.
    pub notes: Vec<String>,
}

impl Read {
    /// An answer that took nothing that is known.
    pub fn only(outcome: Result<Annotations, String>) -> Self {
        Self { outcome, usage: None, notes: Vec::new() }
    }
}

/// A kind of service.
pub(super) trait Dialect: Send + Sync {
    /// Everything but the address that its output depends on.
    fn fingerprint(&self) -> serde_json::Value;

    /// The body for a document.
    ///
    /// # Errors
    /// Where the document lacks what the body needs.
    fn body(&self, document: &Document) -> Result<Value, String>;

    /// Where a server that refuses says why.
    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str>;

    /// Reads an answer to a document.
    fn read(&self, reply: &Value, document: &Document) -> Read;
}

/// The places where servers usually put a message.
pub(super) fn usual_message(reply: &Value) -> Option<&str> {
    let places = ["/error/message", "/error", "/message", "/detail"];
    places.iter().find_map(|place| reply.pointer(place)?.as_str())
}
