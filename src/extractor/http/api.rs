//! The interface to one kind of service: how a request is built and how an answer is read.

use crate::document::{Annotations, Document, Value};
use crate::extractor::Usage;

/// The content of an answer.
pub(super) struct ServiceAnswer {
    /// The annotations, or a whole sentence that explains why there are none.
    pub outcome: Result<Annotations, String>,
    /// Tokens and cost, if the service reports them.
    pub usage: Option<Usage>,
    /// Warnings about the answer, for the report.
    pub notes: Vec<String>,
}

impl ServiceAnswer {
    /// An answer without usage and notes.
    pub fn only(outcome: Result<Annotations, String>) -> Self {
        Self { outcome, usage: None, notes: Vec::new() }
    }
}

/// A kind of service.
pub(super) trait ServiceApi: Send + Sync {
    /// The part of the configuration that determines the output, apart from the URL and the
    /// headers.
    fn fingerprint(&self) -> serde_json::Value;

    /// Builds the request body for a document.
    ///
    /// # Errors
    /// Fails if the document lacks a field that the body needs.
    fn body(&self, document: &Document) -> Result<Value, String>;

    /// Finds the error message in the reply of a server that refuses a request.
    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str>;

    /// Reads the answer to a document.
    fn read(&self, reply: &Value, document: &Document) -> ServiceAnswer;
}

/// The error message at one of the usual JSON pointers of an error reply.
pub(super) fn usual_message(reply: &Value) -> Option<&str> {
    let pointers = ["/error/message", "/error", "/message", "/detail"];
    pointers.iter().find_map(|pointer| reply.pointer(pointer)?.as_str())
}
