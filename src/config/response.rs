//! Reads the table `response` of a service: the shape of its replies.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::http_parts::{json, pointer_diagnostic};
use super::reader::{Reader, plain};
use crate::document::{Layer, LayerSet};
use crate::error::Diagnostic;
use crate::extractor::http::{ReplyShape, WHITESPACE};

/// The settings beside the pointers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SettingsTable {
    json: Option<String>,
    tokens: Option<String>,
    inclusive_ends: bool,
    quotes: bool,
    max_confidence: Option<MaxConfidence>,
    labels: BTreeMap<String, String>,
    ignore_case: bool,
}

/// A number above 0.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
struct MaxConfidence(f64);

impl TryFrom<f64> for MaxConfidence {
    type Error = &'static str;

    fn try_from(most: f64) -> Result<Self, Self::Error> {
        if most.is_finite() && most > 0.0 { Ok(Self(most)) } else { Err("it must be a number above 0, such as 100") }
    }
}

impl Reader<'_> {
    /// Reads `response`: JSON pointers to layers and to the fields of entities, and what the values
    /// mean.
    pub(super) fn response(&mut self, table_name: &str, table: &DeTable<'_>, layers: &LayerSet) -> Option<ReplyShape> {
        let written = table.get("response")?.get_ref().as_table()?;
        let names: Vec<String> = layers.iter().map(ToString::to_string).collect();
        let known: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .chain(ReplyShape::FIELDS)
            .chain(ReplyShape::SETTINGS)
            .chain(["summary", "records"])
            .collect();
        self.refuse_unknown_keys(written, &format!("{table_name}.response"), &known);
        let settings: Option<SettingsTable> = self.typed_table(written, &ReplyShape::SETTINGS);
        let mut is_sound = settings.is_some();
        let settings = settings.unwrap_or_default();
        let mut shape = ReplyShape {
            json: settings.json,
            tokens: settings.tokens,
            inclusive_ends: settings.inclusive_ends,
            quotes: settings.quotes,
            max_confidence: settings.max_confidence.map(|MaxConfidence(most)| most),
            labels: settings.labels,
            ignore_case: settings.ignore_case,
            ..ReplyShape::default()
        };
        for (key, pointer) in [("json", &shape.json), ("tokens", &shape.tokens)] {
            let pointer = pointer.as_deref().filter(|pointer| key != "tokens" || *pointer != WHITESPACE);
            if let Some(diagnostic) = pointer.and_then(pointer_diagnostic) {
                is_sound = false;
                self.push(diagnostic, written.get(key).map(Spanned::span));
            }
        }
        for (name, value) in pointers(written) {
            // An unknown key has been reported.
            if !known.contains(&name.as_str()) && !name.starts_with("records.") && name != "summaries" {
                continue;
            }
            let pointer = json(&plain(value));
            let diagnostic = match pointer.as_str() {
                None => Some(Diagnostic::new(format!("`{name}` must be a JSON pointer, such as \"/data/{name}\""))),
                Some(pointer) => pointer_diagnostic(pointer),
            };
            if let Some(diagnostic) = diagnostic {
                is_sound = false;
                self.push(diagnostic, Some(value.span()));
                continue;
            }
            let pointer = pointer.as_str().unwrap_or_default().to_owned();
            if ReplyShape::FIELDS.contains(&name.as_str()) {
                shape.fields.insert(name, pointer);
            } else if name.parse::<Layer>().is_ok_and(|layer| layers.contains(&layer)) {
                shape.layers.insert(name, pointer);
            } else if name.starts_with("records.") || name == "summaries" {
                is_sound = false;
                let message = format!("`response` has `{name}`, which is none of the extractor's `layers`");
                self.diagnostic(message, Some(value.span()), "add it to `layers`, or leave it out");
            }
        }
        if shape.fields.contains_key("length") && (shape.fields.contains_key("end") || shape.inclusive_ends) {
            is_sound = false;
            let message = "`response` has `length`, and also an end (`end` or `inclusive_ends`)".to_owned();
            self.diagnostic(message, written.get("length").map(Spanned::span), "leave one of them out");
        }
        // These layers have offsets of their own, which the settings would leave as they are.
        let others = layers.iter().filter(|layer| matches!(layer, Layer::Coreference | Layer::Events));
        for layer in others {
            for (key, is_set) in [("inclusive_ends", shape.inclusive_ends), ("tokens", shape.tokens.is_some())] {
                if is_set {
                    is_sound = false;
                    let message = format!("`{key}` of `response` does not apply to `{layer}`");
                    let help = "let the service count from the first character to the one behind the last";
                    self.diagnostic(message, written.get(key).map(Spanned::span), help);
                }
            }
        }
        is_sound.then_some(shape)
    }
}

/// The pointers of the table, with the names of their layers and fields.
fn pointers<'t, 'i>(written: &'t DeTable<'i>) -> Vec<(String, &'t Spanned<DeValue<'i>>)> {
    let mut found = Vec::new();
    for (key, value) in written {
        match (key.get_ref().as_ref(), value.get_ref()) {
            (name, _) if ReplyShape::SETTINGS.contains(&name) => {}
            ("records", DeValue::Table(records)) => {
                found.extend(records.iter().map(|(key, value)| (format!("records.{}", key.get_ref()), value)));
            }
            ("summary", _) => found.push(("summaries".to_owned(), value)),
            (name, _) => found.push((name.to_owned(), value)),
        }
    }
    found
}
