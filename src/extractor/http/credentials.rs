//! API keys: read from environment variables and sent in headers, in the URL or in the body.

use std::collections::BTreeMap;

use ureq::http::{HeaderName, HeaderValue};

use super::{HttpUrl, Service};

/// The headers, the URL and the variables of the body of a service, with keys.
pub(super) struct Credentials {
    /// The headers, or why they are incomplete.
    headers: Result<Vec<(HeaderName, HeaderValue)>, String>,
    /// The URL, or why it is incomplete.
    target: Result<HttpUrl, String>,
    /// The values of the variables of the body by name, or which one is missing.
    body: Result<BTreeMap<String, String>, String>,
}

impl Credentials {
    /// Looks up the variables that a service needs. A missing one is an error only when a request
    /// is sent.
    pub fn new(service: &Service, look_up: impl Fn(&str) -> Option<String>) -> Self {
        let body = service.body_variables.iter();
        Self {
            headers: headers(service, &look_up),
            target: service.target.filled(|name| variable(name, &look_up)),
            body: body.map(|name| Ok((name.clone(), variable(name, &look_up)?))).collect(),
        }
    }

    /// The headers.
    ///
    /// # Errors
    /// Fails if a variable is not set or its value is not valid in a header.
    pub fn headers(&self) -> Result<&[(HeaderName, HeaderValue)], String> {
        self.headers.as_deref().map_err(Clone::clone)
    }

    /// The URL.
    ///
    /// # Errors
    /// Fails if a variable is not set.
    pub fn target(&self) -> Result<HttpUrl, String> {
        self.target.clone()
    }

    /// The values of the variables of the request body, by name.
    ///
    /// # Errors
    /// Fails if a variable is not set.
    pub fn body(&self) -> Result<&BTreeMap<String, String>, String> {
        self.body.as_ref().map_err(Clone::clone)
    }
}

/// Names of the environment variables whose values a service receives.
pub(super) fn variables(service: &Service) -> Vec<String> {
    let mut names: Vec<String> = service.key_env.iter().cloned().collect();
    let url = service.target.to_string();
    for template in service.headers.values().chain([&url]) {
        names.extend(names_in(template).map(str::to_owned));
    }
    names.extend(service.body_variables.iter().cloned());
    names
}

/// The names of the variables in a template, in order.
pub fn names_in(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (_, name, after) = placeholder(rest)?;
        rest = after;
        Some(name)
    })
}

/// Replaces the `{env:NAME}` of a template.
///
/// # Errors
/// Fails if a value is not known.
pub(super) fn filled(template: &str, value: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some((before, name, after)) = placeholder(rest) {
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = after;
    }
    Ok(filled + rest)
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
        let value = filled(template, |name| variable(name, look_up))?;
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
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
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
        service.target = HttpUrl::new("http://localhost/a?code={env:BROKEN}&x={env:PART}").unwrap();
        service.body_variables = vec!["KEY".to_owned()];
        let credentials = super::tests::credentials(&service);
        let target = credentials.target().unwrap().to_string();
        assert_eq!(target, "http://localhost/a?code=one%0Aand%20two&x=0123456789");
        assert_eq!(credentials.body().unwrap()["KEY"], "sk-0123456789");
        assert_eq!(variables(&service), ["KEY", "PART", "SHORT", "BROKEN", "PART", "KEY"]);
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
