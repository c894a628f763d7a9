//! JSON pointers (RFC 6901) with `*` for every item of a list, and the pointers to usage.

use serde::Serialize;

use crate::document::Value;
use crate::extractor::Usage;
use crate::format::key_list;
use crate::text::excerpt;

/// A path that does not resolve.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MissingPath {
    /// The path as it is configured.
    pointer: String,
    /// The part of the path that resolves, with indexes in place of `*`.
    reached: String,
    /// What is there.
    found: String,
}

impl MissingPath {
    /// A sentence with the setting that contains the path.
    pub fn message(&self, setting: &str) -> String {
        let Self { pointer, reached, found } = self;
        let whose = if reached.is_empty() { "the reply".to_owned() } else { format!("`{reached}` of the reply") };
        format!(
            "the reply has nothing at `{pointer}`, the path that `{setting}` of `response` sets: {whose} has {found}"
        )
    }
}

/// Returns the values at a pointer, in which `*` stands for every item of a list.
///
/// # Errors
/// Fails if a step of the path does not exist in one of the values.
pub(super) fn values_at<'v>(value: &'v Value, pointer: &str) -> Result<Vec<&'v Value>, MissingPath> {
    let missing = |reached: String, found: String| MissingPath { pointer: pointer.to_owned(), reached, found };
    // Each value with its path and the value that it is in.
    let mut values = vec![(String::new(), value, &Value::Null)];
    let steps: Vec<&str> = pointer.strip_prefix('/').map(|rest| rest.split('/').collect()).unwrap_or_default();
    for (at, step) in steps.iter().enumerate() {
        let mut next = Vec::new();
        for (path, value, parent) in values {
            match value {
                Value::Array(items) if *step == "*" => {
                    // An empty list of pages is an answer without items, but beside errors it is
                    // none.
                    if let Some(key) = error_key(parent).filter(|_| items.is_empty() && at + 1 < steps.len()) {
                        return Err(missing(path, format!("an empty list, beside `{key}`")));
                    }
                    next.extend(items.iter().enumerate().map(|(at, item)| (format!("{path}/{at}"), item, value)));
                }
                _ => match value.pointer(&format!("/{step}")) {
                    Some(found) => next.push((format!("{path}/{step}"), found, value)),
                    None => return Err(missing(path, inside(value))),
                },
            }
        }
        values = next;
    }
    Ok(values.into_iter().map(|(_, value, _)| value).collect())
}

/// The key of an object that holds errors, if it holds any.
fn error_key(value: &Value) -> Option<&str> {
    let is_error = |(key, value): &(&String, &Value)| {
        let is_empty = match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(object) => object.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => value.is_null(),
        };
        key.to_lowercase().starts_with("error") && !is_empty
    };
    value.as_object()?.iter().find(is_error).map(|(key, _)| key.as_str())
}

/// Says what a value contains, for a message.
pub(super) fn inside(value: &Value) -> String {
    match value {
        Value::Object(object) => key_list(&object.keys().map(String::as_str).collect::<Vec<_>>()),
        Value::Array(items) => format!("a list of {}", items.len()),
        other => excerpt(&other.to_string()),
    }
}

/// Locations of the token counts and the cost in a reply, as JSON pointers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UsagePointers {
    /// Number of input tokens.
    pub tokens_in: Option<String>,
    /// Number of output tokens.
    pub tokens_out: Option<String>,
    /// Cost of the answer.
    pub cost: Option<String>,
}

impl UsagePointers {
    /// Reads the usage of a reply; from the key `usage` if no pointer is configured.
    pub(super) fn read(&self, reply: &Value) -> Option<Usage> {
        if *self == Self::default() {
            return serde_json::from_str(&reply.get("usage")?.to_string()).ok();
        }
        let at = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| reply.pointer(pointer));
        let (tokens_in, tokens_out) = (at(&self.tokens_in).and_then(count), at(&self.tokens_out).and_then(count));
        let cost = at(&self.cost).and_then(Value::as_f64);
        (tokens_in.is_some() || tokens_out.is_some() || cost.is_some()).then(|| Usage {
            tokens_in: tokens_in.unwrap_or_default(),
            tokens_out: tokens_out.unwrap_or_default(),
            cost,
        })
    }
}

/// A number of tokens, which some services write as a float.
pub(super) fn count(value: &Value) -> Option<u64> {
    let of_float = || value.as_f64().filter(|number| (0.0..9e15).contains(number)).map(|number| number.round() as u64);
    value.as_u64().or_else(of_float)
}

#[cfg(test)]
mod tests {
    use super::{UsagePointers, values_at};
    use crate::document::{Value, json};
    use crate::extractor::Usage;

    #[test]
    fn a_star_stands_for_every_item() {
        let reply = json!({"pages": [[{"a": 1}], [], [{"a": 2}, {"a": 3}]], "*": "x"});
        let at = |pointer: &str| {
            let found = values_at(&reply, pointer).map_err(|missing| missing.message("entities"))?;
            Ok::<_, String>(found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(at("/pages/*/*/a").unwrap(), "1 2 3");
        assert_eq!(at("/pages/*").unwrap(), r#"[{"a":1}] [] [{"a":2},{"a":3}]"#);
        assert_eq!(at("/*").unwrap(), "\"x\"");
        assert_eq!(at("").unwrap(), reply.to_string());
        assert_eq!(
            at("/pages/*/*/b").unwrap_err(),
            "the reply has nothing at `/pages/*/*/b`, the path that `entities` of `response` sets: `/pages/0/0` of the \
             reply has `a`"
        );
        let failed = json!({"documents": [], "errors": [{"code": "InvalidDocument"}], "statistics": {}});
        let missing = values_at(&failed, "/documents/*/entities").unwrap_err().message("entities");
        assert!(missing.ends_with("`/documents` of the reply has an empty list, beside `errors`"), "{missing}");
        assert_eq!(values_at(&json!({"pages": [], "errors": []}), "/pages/*/entities").unwrap(), [] as [&Value; 0]);
        assert!(at("/page").unwrap_err().ends_with(": the reply has `*` and `pages`"));
    }

    #[test]
    fn usage_stands_where_it_is_pointed_to() {
        let reply = json!({"usage": {"tokens_in": 3.0, "cost": 0.5, "more": 1}, "billing": {"read": 7.0}});
        let usage = |tokens_in, cost| Some(Usage { tokens_in, tokens_out: 0, cost });
        assert_eq!(UsagePointers::default().read(&reply), usage(3, Some(0.5)));
        let pointers = UsagePointers { tokens_in: Some("/billing/read".to_owned()), ..UsagePointers::default() };
        assert_eq!((pointers.read(&reply), pointers.read(&json!({}))), (usage(7, None), None));
    }
}
