//! The interface to one kind of service: how a request is built and how an answer is read.

use std::collections::{BTreeMap, BTreeSet};

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

    /// Builds the request body for a document, without some parameters, as it may be recorded: with
    /// the names of variables instead of their values.
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
    /// without `omitted`. `None` if it refused for another reason.
    fn refuses(&self, _reply: &HttpReply, _omitted: &Omitted) -> Option<Omitted> {
        None
    }

    /// Remembers for this run that the server answers requests without these parameters.
    fn answers_without(&self, _omitted: &Omitted) {}

    /// Reads an answer that is not JSON; `None` if it has no meaning.
    fn read_text(&self, _text: &str, _document: &Document) -> Option<ServiceAnswer> {
        None
    }

    /// Builds the request body for a document as it is sent, with the values of variables by name.
    ///
    /// # Errors
    /// Fails if the document lacks a field that the body needs.
    fn body_with(
        &self,
        document: &Document,
        omitted: &Omitted,
        _variables: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        self.body(document, omitted)
    }

    /// Finds the error message in the reply of a server that refuses a request.
    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str>;

    /// Reads the answer to a document.
    fn read(&self, reply: &Value, document: &Document) -> ServiceAnswer;
}

/// The error message at one of the usual JSON pointers of an error reply.
pub(super) fn usual_message(reply: &Value) -> Option<&str> {
    let pointers = ["/error/message", "/error", "/message", "/detail", "/detail/message", "/0/error/message"];
    pointers.iter().find_map(|pointer| reply.pointer(pointer)?.as_str())
}

/// A server's message as karat quotes it: its first 300 characters.
pub(super) fn quoted_message(message: &str) -> String {
    const LONGEST: usize = 300;
    let short: String = message.chars().take(LONGEST).collect();
    if short.len() < message.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

/// The message of a reply that lists what is wrong with a request, as FastAPI does: `detail` is a
/// list of objects with `loc`, the path of a field, and `msg`.
pub(super) fn validation_message(reply: &Value) -> Option<String> {
    const MOST: usize = 3;
    let errors: Vec<String> = reply.get("detail")?.as_array()?.iter().filter_map(validation_error).collect();
    let shown = errors.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    match errors.len() {
        0 => None,
        1..=MOST => Some(shown),
        all => Some(format!("{shown}; and {} more", all - MOST)),
    }
}

fn validation_error(error: &Value) -> Option<String> {
    let message = error.get("msg")?.as_str()?;
    let steps = error.get("loc").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let path: Vec<String> =
        steps.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned)).collect();
    Some(if path.is_empty() { message.to_owned() } else { format!("{}: {message}", path.join(".")) })
}

#[cfg(test)]
mod tests {
    use super::{quoted_message, usual_message, validation_message};
    use crate::document::json;

    #[test]
    fn messages_of_known_servers() {
        for reply in [
            json!({"error": {"message": "no", "type": "x"}}),
            json!({"error": "no"}),
            json!({"statusCode": 401, "message": "no"}),
            json!({"detail": "no"}),
            json!({"detail": {"message": "no"}}),
            json!([{"error": {"code": 400, "message": "no"}}]),
        ] {
            assert_eq!(usual_message(&reply), Some("no"), "{reply}");
        }
        assert_eq!(quoted_message(&"x".repeat(300)), format!("\"{}\"", "x".repeat(300)));
        assert_eq!(quoted_message(&"x".repeat(301)), format!("\"{}\"…", "x".repeat(300)));
    }

    #[test]
    fn fields_that_a_server_rejects_are_named() {
        let error =
            |field: &str| json!({"type": "missing", "loc": ["body", 0, field], "msg": "Field required", "input": {}});
        let message = |errors: &[&str]| {
            let errors: Vec<_> = errors.iter().map(|field| error(field)).collect();
            validation_message(&json!({"detail": errors}))
        };
        assert_eq!(message(&["text"]).as_deref(), Some("body.0.text: Field required"));
        assert!(message(&["a", "b", "c", "d", "e"]).unwrap().ends_with("body.0.c: Field required; and 2 more"));
        assert_eq!((message(&[]), validation_message(&json!({"detail": "no"}))), (None, None));
        assert_eq!(validation_message(&json!({"detail": [{"msg": "no"}]})).as_deref(), Some("no"));
    }
}
