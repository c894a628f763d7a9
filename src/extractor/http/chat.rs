//! `kind = "openai"`: builds a chat completion request from a prompt template, and reads an answer
//! that follows a JSON schema.
//!
//! Models are unreliable at counting characters, so the schema asks for quotations and not for
//! offsets. [`Finder`] locates them in the text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::answer_text::{json_answer, without_reasoning};
use super::api::{Omitted, ServiceAnswer, ServiceApi, quoted_message, usual_message};
use super::event_stream::{completion, is_event_stream};
use super::pointers::count;
use super::prompt::{system, system_of_prose, user, user_of_prose};
use super::quotes::Finder;
use super::refused_parameters::refused_parameters;
use super::reply::HttpReply;
use super::schema::response_format;
use super::template::PlaceholderValues;
use super::{AnswerForm, ModelSettings, Prices, Temperature};
use crate::document::{Annotations, Document, Entity, Fields, KeyPoint, Layer, Value};
use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::text::excerpt;

/// The parameters of karat's own that are left out if the server refuses them.
const TEMPERATURE: &str = "temperature";
const RESPONSE_FORMAT: &str = "response_format";

/// A language model behind a chat completions API.
pub(super) struct Chat {
    settings: ModelSettings,
    system: String,
    user: String,
    labels: String,
    /// The request body without its messages and its `response_format`.
    frame: Fields,
    /// The schema of the answer; `None` if the configuration sets another, or asks for prose.
    response_format: Option<Box<RawValue>>,
    /// The parameters that the server has refused in this run.
    refused: Mutex<Omitted>,
}

impl Chat {
    pub fn new(settings: ModelSettings) -> Result<Self, Diagnostic> {
        let is_prose = settings.answer == AnswerForm::Text;
        let user = match &settings.prompt {
            Some(written) => written.read()?,
            None if is_prose => user_of_prose(),
            None => user(&settings.layers, &settings.labels),
        };
        let system = settings.system.clone().unwrap_or_else(if is_prose { system_of_prose } else { system });
        let labels = settings.labels.join(", ");
        let mut frame = Fields::new();
        let mut put = |key: &str, value: Value| frame.insert(key.to_owned(), value);
        put("model", settings.model.clone().into());
        if let Temperature::Of(temperature) = settings.temperature {
            put(TEMPERATURE, json!(temperature).into());
        }
        if let Some(seed) = settings.seed {
            put("seed", json!(seed).into());
        }
        if let Some(most) = settings.max_tokens {
            put("max_tokens", json!(most).into());
        }
        frame.extend(settings.extra.clone());
        let is_own = !is_prose && !settings.extra.contains_key(RESPONSE_FORMAT);
        let response_format = is_own.then(|| response_format(&settings.layers, &settings.labels));
        Ok(Self { settings, system, user, labels, frame, response_format, refused: Mutex::default() })
    }

    /// The parameters that karat sends without being told to.
    fn own_parameters(&self) -> Omitted {
        let is_own = |name: &&str| match *name {
            TEMPERATURE => self.frame.contains_key(TEMPERATURE) && !self.settings.extra.contains_key(TEMPERATURE),
            _ => self.response_format.is_some(),
        };
        [TEMPERATURE, RESPONSE_FORMAT].into_iter().filter(is_own).collect()
    }

    fn usage(&self, reply: &Value) -> Option<Usage> {
        let usage = &reply["usage"];
        let (read, written) = (count(&usage["prompt_tokens"]), count(&usage["completion_tokens"]));
        let charged = usage["cost"].as_f64().filter(|cost| cost.is_finite());
        if read.is_none() && written.is_none() && charged.is_none() {
            return None;
        }
        let (tokens_in, tokens_out) = (read.unwrap_or_default(), written.unwrap_or_default());
        let cached = count(&usage["prompt_tokens_details"]["cached_tokens"]);
        let cached = cached.or_else(|| count(&usage["prompt_cache_hit_tokens"])).unwrap_or_default().min(tokens_in);
        let prices = self.settings.prices.filter(|_| read.is_some() || written.is_some());
        let of_prices = |prices: Prices| {
            let of_cached = cached as f64 * prices.cached.unwrap_or(prices.tokens_in);
            let of_new = (tokens_in - cached) as f64 * prices.tokens_in;
            (of_new + of_cached + tokens_out as f64 * prices.tokens_out) / 1e6
        };
        Some(Usage { tokens_in, tokens_out, cost: prices.map(of_prices).or(charged) })
    }

    fn annotations(&self, reply: &Value, document: &Document, notes: &mut Vec<String>) -> Result<Annotations, String> {
        let content = content(reply)?;
        let strict = self.settings.strict_answer;
        if self.settings.answer == AnswerForm::Text {
            let text = if strict { content.trim() } else { without_reasoning(&content, notes)? };
            return Ok(Annotations { summaries: Some(vec![text.to_owned()]), ..Annotations::default() });
        }
        let answer = match json_answer(&content, &self.settings.layers, strict, notes)? {
            Value::Object(answer) => answer,
            other => return Err(format!("the model's answer is not an object: {}", excerpt(&other.to_string()))),
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
                None => {
                    let answer = Value::Object(answer).to_string();
                    return Err(format!("the model's answer has no `{name}`: {}", excerpt(&answer)));
                }
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
                    Layer::Relations | Layer::Events | Layer::Coreference | Layer::Records(_) | Layer::Scores(_) => {}
                }
            }
        }
        Ok(annotations)
    }
}

impl ServiceApi for Chat {
    fn fingerprint(&self) -> serde_json::Value {
        json!({
            "frame": self.frame,
            // As text, since the order of its keys counts.
            "response_format": self.response_format.as_ref().map(|format| format.get()),
            "system": self.system,
            "user": self.user,
            "labels": self.labels,
            "answer": self.settings.answer.as_str(),
            "strict_answer": self.settings.strict_answer,
        })
    }

    fn body(&self, document: &Document, omitted: &Omitted) -> Result<String, String> {
        let values = PlaceholderValues { document, labels: Some(&self.labels), variables: None };
        let mut messages = Vec::new();
        if !self.system.is_empty() {
            messages.push(json!({"role": "system", "content": values.text(&self.system)?}));
        }
        messages.push(json!({"role": "user", "content": values.text(&self.user)?}));
        let raw = |value: &Value| to_raw_value(value).expect("a request is plain data");
        let mut body: BTreeMap<&str, Box<RawValue>> =
            self.frame.iter().map(|(key, value)| (key.as_str(), raw(value))).collect();
        body.extend(self.response_format.iter().map(|format| (RESPONSE_FORMAT, format.clone())));
        body.retain(|key, _| !omitted.contains(key));
        body.insert("messages", to_raw_value(&messages).expect("a request is plain data"));
        Ok(serde_json::to_string(&body).expect("a request is plain data"))
    }

    fn omitted(&self) -> Omitted {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn omittable(&self) -> Omitted {
        self.own_parameters()
    }

    fn refuses(&self, reply: &HttpReply, omitted: &Omitted) -> Option<Omitted> {
        let sent: BTreeSet<&'static str> = self.own_parameters().difference(omitted).copied().collect();
        let found = refused_parameters(reply, &sent);
        if found.is_empty() {
            return None;
        }
        Some(omitted.union(&found).copied().collect())
    }

    fn answers_without(&self, omitted: &Omitted) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).extend(omitted);
    }

    fn read_text(&self, text: &str, document: &Document) -> Option<ServiceAnswer> {
        is_event_stream(text).then(|| match completion(text) {
            Ok(reply) => self.read(&reply, document),
            Err(why) => ServiceAnswer::only(Err(why)),
        })
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
        return Err(without_content(message));
    }
    Ok(content)
}

/// Says what a message without content has instead.
fn without_content(message: &Value) -> String {
    let call = message["tool_calls"].as_array().and_then(|calls| calls.first()).map(|call| &call["function"]);
    if let Some(function) = call.or(Some(&message["function_call"]).filter(|call| call.is_object())) {
        let name = function["name"].as_str().map(|name| format!(" of {}", excerpt(name))).unwrap_or_default();
        return format!(
            "the model's answer is a tool call{name} (`tool_calls`) without content: leave `tools` out of `extra`, or \
             set `tool_choice = \"none\"` there"
        );
    }
    for key in ["reasoning_content", "reasoning"] {
        if message[key].as_str().is_some_and(|text| !text.trim().is_empty()) {
            return format!(
                "the model's answer is only its reasoning (`{key}`) without content: raise `max_tokens`, or turn its \
                 reasoning off in `extra`"
            );
        }
    }
    "the model's answer is empty".to_owned()
}

#[cfg(test)]
mod tests {
    use super::content;
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
        let call = json!([{"function": {"name": "look_up", "arguments": "{}"}}]);
        assert!(
            message(json!({"message": {"content": null, "tool_calls": call}})).contains("tool call of \"look_up\"")
        );
        assert!(message(json!({"message": {"reasoning_content": "Hm."}})).contains("only its reasoning"));
        assert!(content(&json!({"choices": []})).unwrap_err().contains("`choices` of the server's answer is empty"));
        assert!(content(&json!({"choice": []})).unwrap_err().contains("OpenAI-compatible"));
        assert!(content(&json!({"error": {"message": "no such model"}})).unwrap_err().contains("\"no such model\""));
        let parts = json!({"choices": [{"message": {"content": [{"type": "text", "text": "{"}, {"text": "}"}]}}]});
        assert_eq!(content(&parts).unwrap(), "{}");
    }
}
