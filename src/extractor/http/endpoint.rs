//! `kind = "http"`: builds a request body from a template, and reads the reply by the shape
//! that the table `response` describes.

use std::collections::BTreeMap;

use serde_json::json;

use super::api::{Omitted, ServiceAnswer, ServiceApi, quoted_message, usual_message};
use super::template::PlaceholderValues;
use super::{EndpointSettings, ReplyShape};
use crate::corpus::{ReplyError, read_reply};
use crate::document::{Annotations, Document, Layer, Value};
use crate::text::excerpt;

/// A service with its own request and reply format.
pub(super) struct Endpoint {
    settings: EndpointSettings,
    /// The shape of a reply that is an object of `karat.document/1`.
    default_shape: ReplyShape,
}

impl Endpoint {
    pub fn new(settings: EndpointSettings) -> Self {
        Self { settings, default_shape: ReplyShape::default() }
    }

    fn annotations(&self, reply: &Value, document: &Document, notes: &mut Vec<String>) -> Result<Annotations, String> {
        if let Some(message) = self.error(reply) {
            return Err(format!("the server answers with an error: {}", quoted_message(&message)));
        }
        let shape = self.settings.response.as_ref().unwrap_or(&self.default_shape);
        let mut shaped = shape.read(reply, &self.settings.layers, document)?;
        if self.settings.response.is_none()
            && let Some(other) = reply.get("id").filter(|id| *id != document.id())
        {
            let other = excerpt(&other.to_string());
            let layers: Vec<String> = self.settings.layers.iter().map(own_pointer).collect();
            return Err(format!(
                "the server answers with the id {other}, which is not the document's: if it is one of its own, write \
                 `response = {{{}}}`",
                layers.join(", ")
            ));
        }
        let object = &mut shaped.object;
        // Declared layers may refer to others, as relations do to entities.
        if self.settings.response.is_none() {
            let others = reply.as_object().into_iter().flatten().filter(|(key, _)| {
                // `summary` and `records` stand for layers of other names, which have been read.
                *key != "summary" && key.parse::<Layer>().is_ok()
            });
            for (key, value) in others {
                if !object.contains_key(key) {
                    object.insert(key.clone(), value.clone());
                }
            }
        }
        object.insert("id".to_owned(), document.id().into());
        if let Some(unit) = reply.get("offset_unit")
            && !object.contains_key("offset_unit")
        {
            object.insert("offset_unit".to_owned(), unit.clone());
        }
        let declared: Vec<Layer> = self.settings.layers.iter().cloned().collect();
        let json = Value::Object(object.clone()).to_string();
        let mut annotations =
            read_reply(&json, self.settings.offset_unit, document, &declared).map_err(|error| self.advised(error))?;
        shape.settle(&shaped, &mut annotations, document, notes)?;
        Ok(annotations)
    }

    /// Returns the message of an error, with the setting that may be missing.
    fn advised(&self, ReplyError { message, differs_in_case }: ReplyError) -> String {
        let ignores_case = self.settings.response.as_ref().is_some_and(|shape| shape.ignore_case);
        if differs_in_case && !ignores_case {
            format!("{message}; `ignore_case = true` in `response` accepts a text that differs in case only")
        } else {
            message
        }
    }

    /// The error message in a reply with a status of success.
    fn error(&self, reply: &Value) -> Option<String> {
        if let Some(pointer) = &self.settings.error {
            return match reply.pointer(pointer)? {
                Value::Null => None,
                Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
                other => Some(other.to_string()),
            };
        }
        let pointers = ["/error/message", "/error"];
        let message = pointers.iter().find_map(|pointer| reply.pointer(pointer)?.as_str());
        message.filter(|message| !message.trim().is_empty()).map(str::to_owned)
    }
}

/// `LAYER = "/LAYER"`, with which `response` reads a layer from the key of its name.
fn own_pointer(layer: &Layer) -> String {
    let name = layer.to_string();
    format!("{name} = \"/{}\"", name.replace('.', "/"))
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

    fn body(&self, document: &Document, _: &Omitted) -> Result<String, String> {
        let values = PlaceholderValues { document, labels: None, variables: None };
        Ok(values.json(&self.settings.request)?.to_string())
    }

    fn body_with(
        &self,
        document: &Document,
        _: &Omitted,
        variables: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let values = PlaceholderValues { document, labels: None, variables: Some(variables) };
        Ok(values.json(&self.settings.request)?.to_string())
    }

    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str> {
        let pointed = self.settings.error.as_ref().and_then(|pointer| reply.pointer(pointer)?.as_str());
        pointed.or_else(|| usual_message(reply))
    }

    fn read(&self, reply: &Value, document: &Document) -> ServiceAnswer {
        let usage = self.settings.usage.read(reply);
        let mut notes = Vec::new();
        let outcome = self.annotations(reply, document, &mut notes);
        ServiceAnswer { outcome, usage, notes }
    }
}
