//! `kind = "http"`: builds a request body from a template, and reads the reply through JSON
//! pointers.

use std::collections::BTreeMap;

use serde_json::json;

use super::EndpointSettings;
use super::api::{ServiceAnswer, ServiceApi, quoted_message, usual_message};
use super::template::PlaceholderValues;
use crate::corpus::read_reply;
use crate::document::{Annotations, Document, Fields, Value};
use crate::text::excerpt;

/// A service with its own request and reply format.
pub(super) struct Endpoint {
    settings: EndpointSettings,
}

impl Endpoint {
    pub fn new(settings: EndpointSettings) -> Self {
        Self { settings }
    }

    fn annotations(&self, reply: &Value, document: &Document) -> Result<Annotations, String> {
        let Value::Object(object) = reply else {
            return match &self.settings.response {
                Some(pointers) => self.checked(pointers.read(reply, &self.settings.layers)?, reply, document),
                None => Err(format!("the server's answer is not an object: {}", excerpt(&reply.to_string()))),
            };
        };
        if let Some(message) = self.error(reply) {
            return Err(format!("the server answers with an error: {}", quoted_message(&message)));
        }
        match &self.settings.response {
            Some(pointers) => self.checked(pointers.read(reply, &self.settings.layers)?, reply, document),
            None => {
                if let Some(other) = object.get("id").filter(|id| *id != document.id()) {
                    return Err(format!("the server answers with the id {}", excerpt(&other.to_string())));
                }
                self.checked(object.clone(), reply, document)
            }
        }
    }

    fn checked(&self, mut object: Fields, reply: &Value, document: &Document) -> Result<Annotations, String> {
        object.insert("id".to_owned(), document.id().into());
        if let Some(unit) = reply.get("offset_unit")
            && !object.contains_key("offset_unit")
        {
            object.insert("offset_unit".to_owned(), unit.clone());
        }
        read_reply(&Value::Object(object).to_string(), self.settings.offset_unit, document)
    }

    /// The error message in a reply with a status of success.
    fn error(&self, reply: &Value) -> Option<String> {
        if let Some(pointer) = &self.settings.error {
            return match reply.pointer(pointer)? {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
        }
        let pointers = ["/error/message", "/error"];
        pointers.iter().find_map(|pointer| reply.pointer(pointer)?.as_str()).map(str::to_owned)
    }
}

impl ServiceApi for Endpoint {
    fn fingerprint(&self) -> serde_json::Value {
        let EndpointSettings { request, response, error, offset_unit, .. } = &self.settings;
        json!({
            "request": request,
            "response": response,
            "error": error,
            "offset_unit": offset_unit.map(crate::format::OffsetUnit::as_str),
        })
    }

    fn body(&self, document: &Document) -> Result<Value, String> {
        PlaceholderValues { document, labels: None, variables: None }.json(&self.settings.request)
    }

    fn body_with(&self, document: &Document, variables: &BTreeMap<String, String>) -> Result<Value, String> {
        PlaceholderValues { document, labels: None, variables: Some(variables) }.json(&self.settings.request)
    }

    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str> {
        let pointed = self.settings.error.as_ref().and_then(|pointer| reply.pointer(pointer)?.as_str());
        pointed.or_else(|| usual_message(reply))
    }

    fn read(&self, reply: &Value, document: &Document) -> ServiceAnswer {
        let usage = self.settings.usage.read(reply);
        ServiceAnswer { outcome: self.annotations(reply, document), usage, notes: Vec::new() }
    }
}
