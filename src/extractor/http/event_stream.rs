//! Joins the chunks of a streamed chat completion. Some servers and proxies stream whether they are
//! asked to or not.

use serde_json::{Map, Value as Json, json};

use crate::document::Value;
use crate::text::excerpt;

/// Returns whether a body is a stream of server-sent events.
pub(super) fn is_event_stream(body: &str) -> bool {
    let first = body.trim_start_matches('\u{feff}').trim_start();
    ["data:", "event:", "id:", "retry:", ": ", ":\n"].iter().any(|field| first.starts_with(field))
}

/// Returns the completion that a stream of chunks describes, as if it had not been streamed.
///
/// # Errors
/// Fails with a whole sentence if the stream breaks off, or if a chunk is not JSON.
pub(super) fn completion(body: &str) -> Result<Value, String> {
    let (mut texts, mut tool_calls, mut usage) = (Map::new(), Vec::new(), Json::Null);
    let (mut finish_reason, mut is_done, mut is_any) = (Json::Null, false, false);
    for data in events(body) {
        if data.trim() == "[DONE]" {
            is_done = true;
            break;
        }
        let chunk: Json = serde_json::from_str(&data)
            .map_err(|error| format!("an event of the server's stream is not JSON ({error}): {}", excerpt(&data)))?;
        if !chunk["error"].is_null() {
            return Ok(json!({"error": chunk["error"]}).into());
        }
        if !chunk["usage"].is_null() {
            usage = chunk["usage"].clone();
        }
        let first = |choice: &&Json| choice["index"].as_u64().unwrap_or_default() == 0;
        let Some(choice) = chunk["choices"].as_array().and_then(|choices| choices.iter().find(first)) else { continue };
        is_any = true;
        if !choice["finish_reason"].is_null() {
            finish_reason = choice["finish_reason"].clone();
        }
        // A proxy that cannot stream sends the whole message as one event.
        let delta = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        for (key, value) in delta.as_object().into_iter().flatten() {
            match (value, key.as_str()) {
                (Json::String(part), "content" | "refusal" | "reasoning_content" | "reasoning") => {
                    match texts.entry(key.clone()).or_insert_with(|| "".into()) {
                        Json::String(text) => text.push_str(part),
                        other => *other = part.as_str().into(),
                    }
                }
                (Json::Array(calls), "tool_calls") => tool_calls.extend(calls.iter().cloned()),
                _ => {}
            }
        }
    }
    if !is_done && finish_reason.is_null() {
        return Err(match is_any {
            true => "the server's stream ended before the model's answer did".to_owned(),
            false => format!("the server's stream contains no choice: {}", excerpt(body.trim())),
        });
    }
    let mut message = texts;
    if !tool_calls.is_empty() {
        message.insert("tool_calls".to_owned(), tool_calls.into());
    }
    Ok(json!({"choices": [{"message": message, "finish_reason": finish_reason}], "usage": usage}).into())
}

/// The data of each event. Comments and other fields are left out.
fn events(body: &str) -> Vec<String> {
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in body.lines().chain([""]) {
        if let Some(part) = line.strip_prefix("data:") {
            data.push(part.strip_prefix(' ').unwrap_or(part));
        } else if line.is_empty() && !data.is_empty() {
            events.push(data.join("\n"));
            data.clear();
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::{completion, is_event_stream};

    #[test]
    fn chunks_become_one_answer() {
        let body = ": comment\r\n\r\ndata: {\"choices\": [{\"index\": 0, \"delta\": {\"role\": \"assistant\", \"content\": \"{\\\"a\"}}]}\r\n\r\n\
                    data: {\"choices\": [{\"index\": 1, \"delta\": {\"content\": \"other\"}}]}\n\n\
                    event: x\ndata: {\"choices\": [{\"index\": 0,\ndata:  \"delta\": {\"content\": \"\\\": 1}\"}, \"finish_reason\": \"stop\"}]}\n\n\
                    data: {\"choices\": [], \"usage\": {\"prompt_tokens\": 3}}\n\ndata: [DONE]\n\n";
        assert!(is_event_stream(body) && !is_event_stream("{\"data\": 1}") && !is_event_stream("<html>"));
        let found = completion(body).unwrap();
        assert_eq!(found.pointer("/choices/0/message/content").unwrap().as_str(), Some("{\"a\": 1}"));
        assert_eq!(found.pointer("/usage/prompt_tokens").unwrap().as_u64(), Some(3));
        let cut = completion("data: {\"choices\": [{\"delta\": {\"content\": \"{\"}}]}\n\n").unwrap_err();
        assert!(cut.contains("ended before the model's answer did"), "{cut}");
        assert!(completion("data: {\"choices\"\n\n").unwrap_err().contains("is not JSON"));
        let error = completion("data: {\"error\": {\"message\": \"overloaded\"}}\n\n").unwrap();
        assert_eq!(error.pointer("/error/message").unwrap().as_str(), Some("overloaded"));
    }
}
