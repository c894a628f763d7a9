//! The interface to one kind of service: how a request is built and how an answer is read.

use std::collections::BTreeSet;

use super::reply::HttpReply;
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

/// Names of the parameters that are left out of a request body.
pub(super) type Omitted = BTreeSet<&'static str>;

/// A kind of service.
pub(super) trait ServiceApi: Send + Sync {
    /// The part of the configuration that determines the output, apart from the URL and the
    /// headers.
    fn fingerprint(&self) -> serde_json::Value;

    /// Builds the request body for a document, without some parameters.
    ///
    /// # Errors
    /// Fails if the document lacks a field that the body needs.
    fn body(&self, document: &Document, omitted: &Omitted) -> Result<String, String>;

    /// The parameters that the server has refused in this run.
    fn omitted(&self) -> Omitted {
        Omitted::new()
    }

    /// The parameters that may be left out if the server refuses them.
    fn omittable(&self) -> Omitted {
        Omitted::new()
    }

    /// Returns the parameters to leave out after the server has refused a request that was sent
    /// without `omitted`, and remembers them for this run. `None` if it refused for another reason.
    fn refuses(&self, _reply: &HttpReply, _omitted: &Omitted) -> Option<Omitted> {
        None
    }

    /// Reads an answer that is not JSON; `None` if it has no meaning.
    fn read_text(&self, _text: &str, _document: &Document) -> Option<ServiceAnswer> {
        None
    }

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
