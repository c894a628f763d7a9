//! The values in the tables of services: rates, HTTP methods, prices, headers and JSON pointers.
//! Each type has its own `Deserialize`, whose error message shows how the value is written.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use ureq::http::HeaderName;

use crate::document::{Fields, Value};
use crate::error::Diagnostic;
use crate::extractor::http::{AnswerForm, Method, Rate, Replay, Temperature};

/// A rate of requests, such as "60/min".
#[derive(Debug, Clone, Copy)]
pub(super) struct RateText(pub Rate);

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let rate = text.split_once('/').and_then(|(count, unit)| {
            let seconds = match unit.trim() {
                "s" | "sec" | "second" => 1,
                "m" | "min" | "minute" => 60,
                "h" | "hour" => 3600,
                _ => return None,
            };
            let count = count.trim().parse::<u32>().ok().filter(|count| *count > 0)?;
            Some(Rate { every: Duration::from_secs(seconds) / count })
        });
        rate.map(Self).ok_or_else(|| {
            D::Error::custom("a rate is written as in \"60/min\", \"5/s\" or \"1000/h\", and is above 0")
        })
    }
}

/// When recorded answers are used: "missing", "only" or "never".
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplayName(pub Replay);

impl<'de> Deserialize<'de> for ReplayName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("it is \"missing\", \"only\" or \"never\", and not {name:?}"));
        Replay::named(&name).map(Self).ok_or_else(wrong)
    }
}

/// The HTTP method: "POST" or "PUT".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MethodName(pub Method);

impl<'de> Deserialize<'de> for MethodName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "POST" => Ok(Self(Method::Post)),
            "PUT" => Ok(Self(Method::Put)),
            other => Err(D::Error::custom(format!("it is \"POST\" or \"PUT\", and not {other:?}"))),
        }
    }
}

/// The sampling temperature: a number from 0, or "default" for that of the service.
#[derive(Debug, Clone, Copy)]
pub(super) struct TemperatureText(pub Temperature);

impl Default for TemperatureText {
    fn default() -> Self {
        Self(Temperature::Of(0.0))
    }
}

impl<'de> Deserialize<'de> for TemperatureText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a number from 0, or \"default\"")]
        enum Written {
            Number(f64),
            Text(String),
        }
        let temperature = match Written::deserialize(deserializer)? {
            Written::Number(number) if number.is_finite() && number >= 0.0 => Some(Temperature::Of(number)),
            Written::Text(text) if text == "default" => Some(Temperature::Default),
            _ => None,
        };
        temperature.map(Self).ok_or_else(|| D::Error::custom("it is a number from 0, or \"default\" for none at all"))
    }
}

/// The form of a model's answer: "json" or "text".
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AnswerFormName(pub AnswerForm);

impl<'de> Deserialize<'de> for AnswerFormName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "json" => Ok(Self(AnswerForm::Json)),
            "text" => Ok(Self(AnswerForm::Text)),
            other => Err(D::Error::custom(format!("it is \"json\" or \"text\", and not {other:?}"))),
        }
    }
}

/// The price of a million tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price(pub f64);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let price = f64::deserialize(deserializer)?;
        let fits = price.is_finite() && price >= 0.0;
        fits.then_some(Self(price)).ok_or_else(|| D::Error::custom("a price is a number from 0, for a million tokens"))
    }
}

/// Returns what is wrong with a header, if anything. Headers that karat sets itself, and API keys
/// that are written out instead of read from the environment, are errors.
pub(super) fn header_diagnostic(name: &str, value: &str, key_env: Option<&str>) -> Option<Diagnostic> {
    const OWN: [&str; 5] = ["content-length", "content-type", "transfer-encoding", "host", "connection"];
    const KEYS: [&str; 5] = ["authorization", "proxy-authorization", "x-api-key", "api-key", "cookie"];
    let lower = name.to_ascii_lowercase();
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Some(Diagnostic::new(format!("`{name}` is not a valid header name")));
    }
    if OWN.contains(&lower.as_str()) {
        return Some(Diagnostic::new(format!("karat sets the header `{name}` itself")));
    }
    if lower == "authorization"
        && let Some(key) = key_env
    {
        let diagnostic = Diagnostic::new(format!("`{name}` is sent with the key in `{key}`"));
        return Some(diagnostic.help("leave out the header, or write `key_env = \"\"`"));
    }
    if let Some(diagnostic) = variable_diagnostic(&format!("the header `{name}`"), value) {
        return Some(diagnostic);
    }
    if KEYS.contains(&lower.as_str()) || is_secret_name(name) {
        // The scheme of an `Authorization` is no secret.
        let scheme = value.split_once(' ').map(|(scheme, _)| format!("{scheme} ")).filter(|_| lower == "authorization");
        let written = format!("{name} = \"{}{{env:{}}}\"", scheme.unwrap_or_default(), variable_name(name));
        if let Some(diagnostic) = literal_key(&format!("the header `{name}`"), value, &written) {
            return Some(diagnostic);
        }
    }
    (value.chars().any(char::is_control))
        .then(|| Diagnostic::new(format!("the header `{name}` contains characters that headers cannot contain")))
}

/// Returns what is wrong with the keys in the query of a URL, if anything. The name of the key in
/// the table is `key`.
pub(super) fn query_diagnostic(key: &str, url: &str) -> Option<Diagnostic> {
    /// Length from which the value of `code`, an ambiguous name, is a key of Azure Functions.
    const LONG: usize = 20;
    let place = format!("`{key}`");
    if let Some(diagnostic) = variable_diagnostic(&place, url) {
        return Some(diagnostic);
    }
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_secret = is_secret_name(name) || (name.eq_ignore_ascii_case("code") && value.len() >= LONG);
        let written = format!("{name}={{env:{}}}", variable_name(name));
        literal_key(&format!("`{name}` in the query of {place}"), value, &written).filter(|_| is_secret)
    })
}

/// Returns what is wrong with the `{env:NAME}` in the strings of `request`, if anything, and with
/// keys that stand there.
pub(super) fn request_diagnostic(request: &Value) -> Option<Diagnostic> {
    // Other names that look like keys may be fields of documents.
    const KEYS: [&str; 8] =
        ["api_key", "apikey", "access_token", "auth_token", "authorization", "client_secret", "password", "secret"];
    match request {
        Value::String(text) => variable_diagnostic("`request`", text),
        Value::Array(items) => items.iter().find_map(request_diagnostic),
        Value::Object(object) => object.iter().find_map(|(name, value)| {
            let bare = name.to_ascii_lowercase().replace('-', "_");
            let literal = value.as_str().filter(|_| KEYS.contains(&bare.as_str())).and_then(|value| {
                let written = format!("{name} = \"{{env:{}}}\"", variable_name(name));
                literal_key(&format!("`{name}` in `request`"), value, &written).filter(|_| !value.contains('{'))
            });
            literal.or_else(|| request_diagnostic(value))
        }),
        _ => None,
    }
}

/// Returns what is wrong with the values of `extra`, if anything: keys that stand there, and
/// `{env:NAME}`, which is not filled there. The values of `extra` are recorded in cassettes.
pub(super) fn extra_diagnostic(extra: &Value) -> Option<Diagnostic> {
    // Other names that look like keys are parameters of models, such as `prompt_cache_key`.
    const KEYS: [&str; 9] = [
        "api_key",
        "apikey",
        "access_key",
        "access_token",
        "auth_token",
        "session_token",
        "authorization",
        "password",
        "secret",
    ];
    let is_key = |name: &str| {
        let bare = name.to_ascii_lowercase().replace('-', "_");
        KEYS.iter().any(|key| bare.ends_with(key))
    };
    let help = "a key is sent by `key_env = \"NAME\"`, or by `headers = {X-Api-Key = \"{env:NAME}\"}`";
    match extra {
        Value::String(text) if text.contains("{env:") => {
            Some(Diagnostic::new("`extra` has `{env:...}`, which is not filled there").help(help))
        }
        Value::Array(items) => items.iter().find_map(extra_diagnostic),
        Value::Object(object) => object.iter().find_map(|(name, value)| {
            let is_literal =
                is_key(name) && value.as_str().is_some_and(|text| !text.is_empty() && !text.contains("{env:"));
            if is_literal {
                let message = format!("`{name}` in `extra` contains a key, which belongs in the environment");
                return Some(Diagnostic::new(message).help(help));
            }
            extra_diagnostic(value)
        }),
        _ => None,
    }
}

/// Returns what is wrong with the `{env:NAME}` in a text, if anything.
fn variable_diagnostic(place: &str, text: &str) -> Option<Diagnostic> {
    let mut rest = text;
    while let Some((_, inner)) = rest.split_once("{env:") {
        let diagnostic = || Diagnostic::new(format!("{place} names no variable after `{{env:`"));
        let Some((variable, after)) = inner.split_once('}') else {
            return Some(diagnostic().help("write `{env:NAME}`"));
        };
        if variable.is_empty() || !variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Some(diagnostic().help("write `{env:NAME}`"));
        }
        rest = after;
    }
    None
}

/// Returns the diagnostic of a key that is written out at a place. `written` is what to write.
fn literal_key(place: &str, value: &str, written: &str) -> Option<Diagnostic> {
    (!value.is_empty() && !value.contains("{env:")).then(|| {
        let diagnostic = Diagnostic::new(format!("{place} contains a key, which belongs in the environment"));
        diagnostic.help(format!("write `{written}` instead, and set that variable"))
    })
}

/// Whether the value of a header or of a part of a query with this name is a secret.
fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "key",
        "token",
        "secret",
        "password",
        "passwd",
        "pwd",
        "signature",
        "sig",
        "authorization",
        "credential",
        "credentials",
        "cookie",
        "jwt",
        "bearer",
    ];
    const ENDINGS: [&str; 9] = [
        "apikey",
        "accesskey",
        "authkey",
        "secretkey",
        "subscriptionkey",
        "accesstoken",
        "apitoken",
        "authtoken",
        "clientsecret",
    ];
    // A key of that name identifies a request, and gives no access.
    const OTHERS: [&str; 2] = ["idempotency", "public"];
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|char: char| !char.is_ascii_alphanumeric()).collect();
    let is_secret = |word: &&str| WORDS.contains(word) || ENDINGS.iter().any(|ending| word.ends_with(ending));
    words.iter().any(is_secret) && !words.iter().any(|word| OTHERS.contains(word))
}

/// A name for the variable with the value of a header or of a part of a query.
fn variable_name(name: &str) -> String {
    name.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' }).collect()
}

/// Returns what is wrong with the syntax of a JSON pointer (RFC 6901), if anything.
pub(super) fn pointer_diagnostic(pointer: &str) -> Option<Diagnostic> {
    let is_sound = (pointer.is_empty() || pointer.starts_with('/'))
        && pointer.match_indices('~').all(|(at, _)| matches!(pointer.as_bytes().get(at + 1), Some(b'0' | b'1')));
    (!is_sound).then(|| {
        let diagnostic = Diagnostic::new(format!("{pointer:?} is not a JSON pointer"));
        diagnostic.help(
            "it begins with `/`, as in \"/data/0/entities\"; `~1` stands for a `/` within a name, and `~0` for a `~`",
        )
    })
}

/// Converts a TOML value to JSON. Dates and times become strings.
pub(super) fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.clone().into(),
        toml::Value::Integer(number) => serde_json::json!(number).into(),
        toml::Value::Float(number) => serde_json::json!(number).into(),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => json_table(table).into(),
    }
}

/// Converts a TOML table to the fields of a JSON object.
pub(super) fn json_table(table: &toml::Table) -> Fields {
    table.iter().map(|(key, value)| (key.clone(), json(value))).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::Deserialize;

    use super::{RateText, header_diagnostic, pointer_diagnostic, query_diagnostic, request_diagnostic};
    use crate::document::json;

    #[test]
    fn rates_are_times_between_requests() {
        let rate = |text: &str| RateText::deserialize(toml::Value::from(text)).ok().map(|RateText(rate)| rate.every);
        assert_eq!(rate("60/min"), Some(Duration::from_secs(1)));
        assert_eq!(rate("5 / s"), Some(Duration::from_millis(200)));
        assert_eq!(rate("1000/h"), Some(Duration::from_millis(3600)));
        for wrong in ["60", "0/s", "-1/s", "1/week", "/s", "1.5/s"] {
            assert_eq!(rate(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn keys_in_queries_and_bodies() {
        let query = |query: &str| {
            query_diagnostic("url", &format!("https://x.test/a?{query}"))
                .map(|found| found.message + &found.help.unwrap())
        };
        for secret in ["key=0", "a=1&api_key=0", "sig=0", "subscription-key=0", "code=0123456789abcdefghij=="] {
            let (name, _) = secret.rsplit('&').next().unwrap().split_once('=').unwrap();
            let message = query(secret).unwrap();
            assert!(
                message.contains(&format!("`{name}` in the query of `url`")) && message.contains("={env:"),
                "{message}"
            );
        }
        assert!(query("key={env:").is_some() && query("key={env:a-b}").is_some());
        for harmless in ["key={env:KEY}", "api-version=2024-10-21", "code=en", "key="] {
            assert_eq!(query(harmless), None, "{harmless}");
        }
        assert!(request_diagnostic(&json!({"a": [{"api_key": "sk"}]})).is_some());
        assert!(request_diagnostic(&json!({"a": [{"b": "{env:}"}]})).is_some());
        assert!(request_diagnostic(&json!({"api_key": "{env:KEY}", "key": "{id}", "password": "{meta.p}"})).is_none());
    }

    #[test]
    fn headers_and_pointers() {
        let diagnostic = |name, value| header_diagnostic(name, value, Some("KEY")).map(|diagnostic| diagnostic.message);
        assert_eq!((diagnostic("X-Model", "a {env:B_1} c"), diagnostic("api-key", "{env:A}")), (None, None));
        for (name, value) in [
            ("a b", ""),
            ("Host", "x"),
            ("Authorization", "{env:A}"),
            ("X-Api-Key", "sk"),
            ("x", "{env:}"),
            ("x", "{env:A"),
            ("x", "a\nb"),
        ] {
            assert!(diagnostic(name, value).is_some(), "{name}: {value}");
        }
        let help = |name, value: &str| header_diagnostic(name, value, None).and_then(|diagnostic| diagnostic.help);
        for name in ["Ocp-Apim-Subscription-Key", "X-Goog-Api-Key", "x-functions-key", "X-Auth-Token", "apikey"] {
            let wanted = format!("{name} = \"{{env:{}}}\"", name.to_ascii_uppercase().replace('-', "_"));
            assert!(help(name, "0123").unwrap().contains(&wanted), "{name}");
            assert_eq!(help(name, "{env:MINE}"), None);
        }
        for name in ["X-Monkey", "Idempotency-Key", "X-Tenant", "X-Tokenizer"] {
            assert_eq!(help(name, "0123"), None, "{name}");
        }
        assert!(pointer_diagnostic("").is_none() && pointer_diagnostic("/a~1b/0").is_none());
        assert!(
            pointer_diagnostic("a").is_some()
                && pointer_diagnostic("/a~2").is_some()
                && pointer_diagnostic("/~").is_some()
        );
    }
}
