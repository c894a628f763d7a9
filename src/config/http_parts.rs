//! The values in the tables of services: rates, HTTP methods, prices, headers and JSON pointers.
//! Each type has its own `Deserialize`, whose error message shows how the value is written.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use ureq::http::HeaderName;

use crate::document::{Fields, Value};
use crate::error::Diagnostic;
use crate::extractor::http::{AnswerForm, Method, Rate, Replay, Temperature};
use crate::format::OffsetUnit;

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

/// The unit that offsets count, by its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitName(pub OffsetUnit);

impl<'de> Deserialize<'de> for UnitName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("it is \"code_point\", \"byte\" or \"utf16\", and not {name:?}"));
        OffsetUnit::ALL.into_iter().find(|unit| unit.as_str() == name).map(Self).ok_or_else(wrong)
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
    let mut rest = value;
    while let Some((_, inner)) = rest.split_once("{env:") {
        let diagnostic = || Diagnostic::new(format!("the header `{name}` names no variable after `{{env:`"));
        let Some((variable, after)) = inner.split_once('}') else {
            return Some(diagnostic().help("write `{env:NAME}`"));
        };
        if variable.is_empty() || !variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Some(diagnostic().help("write `{env:NAME}`"));
        }
        rest = after;
    }
    if KEYS.contains(&lower.as_str()) && !value.contains("{env:") {
        let diagnostic =
            Diagnostic::new(format!("the header `{name}` contains a key, which belongs in the environment"));
        return Some(diagnostic.help("write `{env:NAME}` instead, and set that variable"));
    }
    (value.chars().any(char::is_control))
        .then(|| Diagnostic::new(format!("the header `{name}` contains characters that headers cannot contain")))
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

    use super::{RateText, header_diagnostic, pointer_diagnostic};

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
        assert!(pointer_diagnostic("").is_none() && pointer_diagnostic("/a~1b/0").is_none());
        assert!(
            pointer_diagnostic("a").is_some()
                && pointer_diagnostic("/a~2").is_some()
                && pointer_diagnostic("/~").is_some()
        );
    }
}
