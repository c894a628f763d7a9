//! API keys: read from environment variables, sent in headers, and removed from all that is
//! written.

use ureq::http::{HeaderName, HeaderValue};

use super::Service;
use crate::document::Value;

/// Replacement for a key in a text.
const MASK: &str = "[key]";
/// Minimum length of a key, in bytes. Shorter values such as `none` or `EMPTY` are placeholders for
/// servers without keys and are not masked.
const SHORTEST: usize = 8;

/// The headers of a service, and the values that must not be written.
pub(super) struct Secrets {
    /// The headers, or why they are incomplete.
    headers: Result<Vec<(HeaderName, HeaderValue)>, String>,
    /// The keys in descending order of length, so that a key that contains another is masked as a
    /// whole.
    values: Vec<String>,
}

impl Secrets {
    /// Looks up the variables that a service needs. A missing one is an error only when a request
    /// is sent.
    pub fn new(service: &Service, look_up: impl Fn(&str) -> Option<String>) -> Self {
        let mut values = Vec::new();
        let headers = headers(service, &look_up, &mut values);
        values.retain(|value| value.len() >= SHORTEST);
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { headers, values }
    }

    /// The headers.
    ///
    /// # Errors
    /// Fails if a variable is not set or its value is not valid in a header.
    pub fn headers(&self) -> Result<&[(HeaderName, HeaderValue)], String> {
        self.headers.as_deref().map_err(Clone::clone)
    }

    /// Replaces all keys in a text.
    pub fn redact(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, value| text.replace(value, MASK))
    }

    /// Replaces all keys in the strings and object keys of a JSON value.
    pub fn redact_value(&self, value: &mut Value) {
        if self.values.is_empty() {
            return;
        }
        match value {
            Value::String(text) => *text = self.redact(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item)),
            Value::Object(object) => {
                let names = object.keys().any(|key| self.values.iter().any(|value| key.contains(value)));
                if names {
                    *object = std::mem::take(object).into_iter().map(|(key, item)| (self.redact(&key), item)).collect();
                }
                object.values_mut().for_each(|item| self.redact_value(item));
            }
            _ => {}
        }
    }
}

fn headers(
    service: &Service,
    look_up: &impl Fn(&str) -> Option<String>,
    values: &mut Vec<String>,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut written = Vec::new();
    if let Some(name) = &service.key_env {
        let key = variable(name, look_up)?;
        written.push(("authorization".to_owned(), format!("Bearer {key}"), name.clone()));
        values.push(key);
    }
    for (header, template) in &service.headers {
        let (mut value, mut rest) = (String::new(), template.as_str());
        while let Some((before, name, after)) = placeholder(rest) {
            let found = variable(name, look_up)?;
            value.push_str(before);
            value.push_str(&found);
            values.push(found);
            rest = after;
        }
        value.push_str(rest);
        written.push((header.clone(), value, header.clone()));
    }
    let header = |(name, value, from): (String, String, String)| {
        let bad = || format!("the value of `{from}` cannot be sent in a header: it may contain a line break");
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a valid header name"))?;
        Ok((name, HeaderValue::from_str(&value).map_err(|_| bad())?))
    };
    written.into_iter().map(header).collect()
}

fn variable(name: &str, look_up: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    // A key that was read from a file may end in a line break.
    let value = look_up(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    value.ok_or_else(|| {
        format!("the environment variable `{name}` is not set: set it to the key, or replay recorded answers")
    })
}

/// The text before the first `{env:NAME}`, the name, and the text after it.
pub(super) fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{env:")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::super::{HttpUrl, Service};
    use super::Secrets;
    use crate::document::json;

    fn secrets(service: &Service) -> Secrets {
        Secrets::new(service, |name| match name {
            "KEY" => Some("sk-0123456789\n".to_owned()),
            "PART" => Some("0123456789".to_owned()),
            "SHORT" => Some("EMPTY".to_owned()),
            "BROKEN" => Some("one\nand two".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn keys_stand_in_headers_and_nowhere_else() {
        let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
        service.key_env = Some("KEY".to_owned());
        service.headers.insert("X-Part".to_owned(), "a {env:PART} b {env:SHORT}".to_owned());
        let secrets = secrets(&service);
        let headers: Vec<_> = secrets.headers().unwrap().iter().map(|(_, value)| value.to_str().unwrap()).collect();
        assert_eq!(headers, ["Bearer sk-0123456789", "a 0123456789 b EMPTY"]);
        assert_eq!(secrets.redact("no sk-0123456789 here, EMPTY"), "no [key] here, EMPTY");
        let mut value = json!({"a": ["sk-0123456789"], "0123456789": 1});
        secrets.redact_value(&mut value);
        assert_eq!(value, json!({"a": ["[key]"], "[key]": 1}));
    }

    #[test]
    fn unset_and_invalid_variables_are_named() {
        for (name, why) in [("ABSENT", "`ABSENT` is not set"), ("BROKEN", "`BROKEN` cannot be sent")] {
            let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
            service.key_env = Some(name.to_owned());
            let message = secrets(&service).headers().unwrap_err().clone();
            assert!(message.contains(why) && !message.contains("one"), "{message}");
        }
    }
}
