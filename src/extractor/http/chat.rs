//! `kind = "openai"`: builds a chat completion request from a prompt template, and reads an answer
//! that follows a JSON schema.
//!
//! Models are unreliable at counting characters, so the schema asks for quotations and not for
//! offsets. [`Finder`] locates them in the text.

use serde_json::json;

use super::api::{ServiceAnswer, ServiceApi, quoted_message, usual_message};
use super::prompt::{system, user};
use super::quotes::Finder;
use super::schema::response_format;
use super::template::PlaceholderValues;
use super::{ModelSettings, Prices, Temperature};
use crate::document::{Annotations, Document, Entity, Fields, KeyPoint, Layer, Value};
use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::text::excerpt;

/// A language model behind a chat completions API.
pub(super) struct Chat {
    settings: ModelSettings,
    system: String,
    user: String,
    labels: String,
    /// The request body without its messages.
    frame: Fields,
}

impl Chat {
    pub fn new(settings: ModelSettings) -> Result<Self, Diagnostic> {
        let user = match &settings.prompt {
            Some(written) => written.read()?,
            None => user(&settings.layers, &settings.labels),
        };
        let system = settings.system.clone().unwrap_or_else(system);
        let labels = settings.labels.join(", ");
        let mut frame = Fields::new();
        let mut put = |key: &str, value: Value| frame.insert(key.to_owned(), value);
        put("model", settings.model.clone().into());
        if let Temperature::Of(temperature) = settings.temperature {
            put("temperature", json!(temperature).into());
        }
        if let Some(seed) = settings.seed {
            put("seed", json!(seed).into());
        }
        if let Some(most) = settings.max_tokens {
            put("max_tokens", json!(most).into());
        }
        put("response_format", response_format(&settings.layers, &settings.labels).into());
        frame.extend(settings.extra.clone());
        Ok(Self { settings, system, user, labels, frame })
    }

    fn usage(&self, reply: &Value) -> Option<Usage> {
        let count = |key: &str| reply["usage"][key].as_u64();
        let (read, written) = (count("prompt_tokens"), count("completion_tokens"));
        if read.is_none() && written.is_none() {
            return None;
        }
        let (tokens_in, tokens_out) = (read.unwrap_or_default(), written.unwrap_or_default());
        let cost = self.settings.prices.map(|Prices { tokens_in: of_in, tokens_out: of_out }| {
            (tokens_in as f64 * of_in + tokens_out as f64 * of_out) / 1e6
        });
        Some(Usage { tokens_in, tokens_out, cost })
    }

    fn annotations(&self, reply: &Value, document: &Document, notes: &mut Vec<String>) -> Result<Annotations, String> {
        let content = content(reply)?;
        let (json, is_fenced) = unfenced(&content);
        let answer: Value = serde_json::from_str(json).map_err(|error| {
            let fenced = if is_fenced { " between its ``` fences" } else { "" };
            format!("the model's answer is not JSON{fenced} ({error}): {}", excerpt(content.trim()))
        })?;
        if is_fenced {
            notes.push("the model put its answer between ``` fences".to_owned());
        }
        let Value::Object(answer) = answer else {
            return Err(format!("the model's answer is not an object: {}", excerpt(json)));
        };
        let mut annotations = Annotations::empty(&self.settings.layers);
        let mut finder = Finder::new(document);
        for layer in &self.settings.layers {
            let name = layer.to_string();
            let items = match answer.get(&name) {
                Some(Value::Array(items)) => items,
                Some(other) => {
                    return Err(format!(
                        "`{name}` of the model's answer is not a list: {}",
                        excerpt(&other.to_string())
                    ));
                }
                None => return Err(format!("the model's answer has no `{name}`: {}", excerpt(json))),
            };
            let text = |at: usize, item: &Value, keys: &[&str]| {
                let found = keys.iter().find_map(|key| item.get(key)?.as_str()).or_else(|| item.as_str());
                found.map(str::to_owned).ok_or_else(|| {
                    format!(
                        "`{name}[{at}]` of the model's answer has no {}: {}",
                        keys.join(" or "),
                        excerpt(&item.to_string())
                    )
                })
            };
            for (at, item) in items.iter().enumerate() {
                match layer {
                    Layer::Entities => {
                        let label = item.get("label").and_then(Value::as_str).ok_or_else(|| {
                            format!("`{name}[{at}]` of the model's answer has no label: {}", excerpt(&item.to_string()))
                        })?;
                        match finder.find(&text(at, item, &["quote", "text"])?, label) {
                            Ok(span) => annotations.entities.get_or_insert_default().push(Entity::new(span, label)),
                            Err(note) => notes.push(note),
                        }
                    }
                    // A pseudo-label that cannot collide with an entity label.
                    Layer::KeySentences => match finder.find(&text(at, item, &["quote", "text"])?, "\0sentence") {
                        Ok(span) => annotations.key_sentences.get_or_insert_default().push(span),
                        Err(note) => notes.push(note),
                    },
                    Layer::KeyPoints => {
                        let point = KeyPoint { text: text(at, item, &["text"])?, weight: 1, ..KeyPoint::default() };
                        annotations.key_points.get_or_insert_default().push(point);
                    }
                    Layer::Summaries => annotations.summaries.get_or_insert_default().push(text(at, item, &["text"])?),
                    Layer::Keyphrases => {
                        annotations.keyphrases.get_or_insert_default().push(text(at, item, &["text"])?);
                    }
                    Layer::Relations | Layer::Events | Layer::Coreference | Layer::Records(_) => {}
                }
            }
        }
        Ok(annotations)
    }
}

impl ServiceApi for Chat {
    fn fingerprint(&self) -> serde_json::Value {
        json!({"frame": self.frame, "system": self.system, "user": self.user, "labels": self.labels})
    }

    fn body(&self, document: &Document) -> Result<Value, String> {
        let values = PlaceholderValues { document, labels: Some(&self.labels), variables: None };
        let mut body = self.frame.clone();
        let mut messages = Vec::new();
        if !self.system.is_empty() {
            messages.push(json!({"role": "system", "content": values.text(&self.system)?}));
        }
        messages.push(json!({"role": "user", "content": values.text(&self.user)?}));
        body.insert("messages".to_owned(), json!(messages).into());
        Ok(body.into())
    }

    fn message<'v>(&self, reply: &'v Value) -> Option<&'v str> {
        usual_message(reply)
    }

    fn read(&self, reply: &Value, document: &Document) -> ServiceAnswer {
        let mut notes = Vec::new();
        let outcome = self.annotations(reply, document, &mut notes);
        ServiceAnswer { outcome, usage: self.usage(reply), notes }
    }
}

/// The text of the model's answer.
fn content(reply: &Value) -> Result<String, String> {
    if let Some(message) = reply["error"].as_str().or_else(|| reply["error"]["message"].as_str()) {
        return Err(format!("the server answers with an error: {}", quoted_message(message)));
    }
    let Some(choices) = reply["choices"].as_array() else {
        return Err(format!(
            "the server's answer has no `choices`: is this an OpenAI-compatible API? {}",
            excerpt(&reply.to_string())
        ));
    };
    let Some(choice) = choices.first() else {
        return Err("`choices` of the server's answer is empty: the model returned nothing".to_owned());
    };
    let message = &choice["message"];
    if let Some(refusal) = message["refusal"].as_str().filter(|text| !text.is_empty()) {
        return Err(format!("the model refused: {}", excerpt(refusal)));
    }
    match choice["finish_reason"].as_str() {
        Some("length") => {
            return Err("the model's answer was cut off (`finish_reason` is \"length\"): raise `max_tokens`".to_owned());
        }
        Some("content_filter") => {
            return Err("the model's answer was withheld by the server's content filter".to_owned());
        }
        _ => {}
    }
    let content = match &message["content"] {
        Value::String(text) => text.clone(),
        // Some servers send the content in parts.
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    };
    if content.trim().is_empty() {
        return Err("the model's answer is empty".to_owned());
    }
    Ok(content)
}

/// The answer without Markdown code fences, and whether there were any.
fn unfenced(content: &str) -> (&str, bool) {
    let content = content.trim();
    let Some(rest) = content.strip_prefix("```") else { return (content, false) };
    let Some((_, rest)) = rest.split_once('\n') else { return (content, false) };
    (rest.trim_end().strip_suffix("```").unwrap_or(rest).trim(), true)
}

#[cfg(test)]
mod tests {
    use super::{content, unfenced};
    use crate::document::{Value, json};

    #[test]
    fn invalid_answers_have_specific_messages() {
        let message = |choice: Value| content(&json!({"choices": [choice]})).unwrap_err();
        assert!(
            message(json!({"message": {"refusal": "I would rather not"}})).contains("refused: \"I would rather not\"")
        );
        assert!(message(json!({"message": {"content": "{"}, "finish_reason": "length"})).contains("`max_tokens`"));
        assert!(
            message(json!({"message": {"content": "{"}, "finish_reason": "content_filter"})).contains("content filter")
        );
        assert!(message(json!({"message": {"content": null}})).contains("is empty"));
        assert!(content(&json!({"choices": []})).unwrap_err().contains("`choices` of the server's answer is empty"));
        assert!(content(&json!({"choice": []})).unwrap_err().contains("OpenAI-compatible"));
        assert!(content(&json!({"error": {"message": "no such model"}})).unwrap_err().contains("\"no such model\""));
        let parts = json!({"choices": [{"message": {"content": [{"type": "text", "text": "{"}, {"text": "}"}]}}]});
        assert_eq!(content(&parts).unwrap(), "{}");
    }

    #[test]
    fn fences_are_taken_off() {
        assert_eq!(unfenced(" ```json\n{}\n``` \n"), ("{}", true));
        assert_eq!(unfenced("```\n{}"), ("{}", true));
        assert_eq!((unfenced("{}"), unfenced("```")), (("{}", false), ("```", false)));
    }
}
