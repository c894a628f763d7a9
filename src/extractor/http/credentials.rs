//! API keys: read from environment variables and sent in headers.

use ureq::http::{HeaderName, HeaderValue};

use super::Service;

/// The headers of a service, with keys.
pub(super) struct Credentials {
    /// The headers, or why they are incomplete.
    headers: Result<Vec<(HeaderName, HeaderValue)>, String>,
}

impl Credentials {
    /// Looks up the variables that a service needs. A missing one is an error only when a request
    /// is sent.
    pub fn new(service: &Service, look_up: impl Fn(&str) -> Option<String>) -> Self {
        Self { headers: headers(service, &look_up) }
    }

    /// The headers.
    ///
    /// # Errors
    /// Fails if a variable is not set or its value is not valid in a header.
    pub fn headers(&self) -> Result<&[(HeaderName, HeaderValue)], String> {
        self.headers.as_deref().map_err(Clone::clone)
    }
}

/// Names of the environment variables whose values a service receives.
pub(super) fn variables(service: &Service) -> Vec<&str> {
    let mut names: Vec<&str> = service.key_env.as_deref().into_iter().collect();
    for template in service.headers.values() {
        let mut rest = template.as_str();
        while let Some((_, name, after)) = placeholder(rest) {
            names.push(name);
            rest = after;
        }
    }
    names
}

fn headers(
    service: &Service,
    look_up: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut written = Vec::new();
    if let Some(name) = &service.key_env {
        let key = variable(name, look_up)?;
        written.push(("authorization".to_owned(), format!("Bearer {key}"), name.clone()));
    }
    for (header, template) in &service.headers {
        let (mut value, mut rest) = (String::new(), template.as_str());
        while let Some((before, name, after)) = placeholder(rest) {
            let found = variable(name, look_up)?;
            value.push_str(before);
            value.push_str(&found);
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
    use super::{Credentials, variables};

    fn credentials(service: &Service) -> Credentials {
        Credentials::new(service, |name| match name {
            "KEY" => Some("sk-0123456789\n".to_owned()),
            "PART" => Some("0123456789".to_owned()),
            "SHORT" => Some("EMPTY".to_owned()),
            "BROKEN" => Some("one\nand two".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn keys_stand_in_headers() {
        let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
        service.key_env = Some("KEY".to_owned());
        service.headers.insert("X-Part".to_owned(), "a {env:PART} b {env:SHORT}".to_owned());
        let credentials = credentials(&service);
        let headers: Vec<_> = credentials.headers().unwrap().iter().map(|(_, value)| value.to_str().unwrap()).collect();
        assert_eq!(headers, ["Bearer sk-0123456789", "a 0123456789 b EMPTY"]);
        assert_eq!(variables(&service), ["KEY", "PART", "SHORT"]);
    }

    #[test]
    fn unset_and_invalid_variables_are_named() {
        for (name, why) in [("ABSENT", "`ABSENT` is not set"), ("BROKEN", "`BROKEN` cannot be sent")] {
            let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
            service.key_env = Some(name.to_owned());
            let message = credentials(&service).headers().unwrap_err().clone();
            assert!(message.contains(why) && !message.contains("one"), "{message}");
        }
    }
}
