//! Placeholders for parts of a document in request bodies and prompts.

use std::collections::BTreeMap;

use crate::document::{Document, Value};
use crate::nearest::nearest;

/// The values of placeholders.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaceholderValues<'a> {
    /// The document.
    pub document: &'a Document,
    /// The value of `{labels}`; if `None`, it is not a placeholder.
    pub labels: Option<&'a str>,
    /// The values of `{env:NAME}` by name; if `None`, it is not a placeholder.
    pub variables: Option<&'a BTreeMap<String, String>>,
}

impl PlaceholderValues<'_> {
    /// The value of a placeholder; `None` if the name is not a placeholder.
    fn value(&self, name: &str) -> Option<Result<Value, String>> {
        let document = self.document;
        Some(Ok(match name {
            "text" => document.text().into(),
            "id" => document.id().into(),
            "meta" => document.meta().clone().into(),
            "labels" => self.labels?.into(),
            _ if name.starts_with("env:") => self.variables?.get(&name["env:".len()..])?.as_str().into(),
            _ => {
                let field = name.strip_prefix("meta.").filter(|field| !field.is_empty())?;
                match document.meta().get(field) {
                    Some(value) => value.clone(),
                    None => {
                        return Some(Err(format!(
                            "the template has `{{{name}}}`, and the document's `meta` has no `{field}`"
                        )));
                    }
                }
            }
        }))
    }

    /// Replaces the placeholders in a text. Inserted values are not searched again, since a
    /// document may contain `{id}`.
    ///
    /// # Errors
    /// Fails if the document lacks a metadata field.
    pub fn text(&self, template: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(template.len() + self.document.text().len());
        let mut rest = template;
        while let Some((before, name, after)) = placeholder(rest) {
            filled.push_str(before);
            match self.value(name).transpose()? {
                Some(Value::String(text)) => filled.push_str(&text),
                Some(value) => filled.push_str(&value.to_string()),
                None => {
                    filled.push('{');
                    rest = &rest[before.len() + 1..];
                    continue;
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Replaces the placeholders in a JSON value. A string that consists of one placeholder becomes
    /// its value.
    ///
    /// # Errors
    /// Fails if the document lacks a metadata field.
    pub fn json(&self, template: &Value) -> Result<Value, String> {
        Ok(match template {
            Value::String(text) => match placeholder(text) {
                Some(("", name, "")) => match self.value(name) {
                    Some(value) => value?,
                    None => template.clone(),
                },
                _ => self.text(text)?.into(),
            },
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect::<Result<_, _>>()?,
            Value::Object(object) => {
                let pairs = object.iter().map(|(key, value)| Ok((key.clone(), self.json(value)?)));
                Value::Object(pairs.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }
}

/// The text before the first `{name}`, the name, and the text after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text[from..].find('{')?;
        let inner = &text[open + 1..];
        let length = inner.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':')))?;
        if length > 0 && inner[length..].starts_with('}') {
            return Some((&text[..open], &inner[..length], &inner[length + 1..]));
        }
        from = open + 1;
    }
}

/// Returns the first unknown placeholder that resembles a known one, and the known one.
pub fn unknown_id<'t>(template: &'t str, known: &[&'static str]) -> Option<(&'t str, &'static str)> {
    let mut rest = template;
    while let Some((_, name, after)) = placeholder(rest) {
        if !known.contains(&name)
            && !name.starts_with("meta.")
            && !name.contains(':')
            && let Some(near) = nearest(name, known.iter().copied())
        {
            return Some((name, near));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{PlaceholderValues, unknown_id};
    use crate::document::{Document, json};

    #[test]
    fn placeholders_stand_for_the_document() {
        let meta = BTreeMap::from([("kind".to_owned(), json!("news")), ("year".to_owned(), json!(2024))]);
        let document = Document::with_meta("d{text}", "say {id} \"twice\"", meta);
        let values = PlaceholderValues { document: &document, labels: Some("A, B"), variables: None };
        let text = |template: &str| values.text(template);
        assert_eq!(
            text("{{text}} {id} {labels} {meta.kind} {meta.year}").unwrap(),
            "{say {id} \"twice\"} d{text} A, B news 2024"
        );
        assert_eq!(text("{\"a\": {\"b\": 1}} {other} { text} {").unwrap(), "{\"a\": {\"b\": 1}} {other} { text} {");
        assert_eq!(text("{meta}").unwrap(), "{\"kind\":\"news\",\"year\":2024}");
        assert!(text("{meta.when}").unwrap_err().contains("no `when`"));
        let body = json!({"in": ["{text}", "<{id}>"], "m": "{meta}", "y": "{meta.year}", "n": 1, "{id}": "{x}"});
        assert_eq!(
            values.json(&body).unwrap(),
            json!({"in": ["say {id} \"twice\"", "<d{text}>"], "m": {"kind": "news", "year": 2024}, "y": 2024, "n": 1, "{id}": "{x}"})
        );
    }

    /// A document cannot ask for a variable, and neither can the value of one.
    #[test]
    fn variables_stand_in_the_template_only() {
        let document = Document::new("d", "{env:KEY}");
        let variables = BTreeMap::from([("KEY".to_owned(), "a{text}".to_owned())]);
        let body = json!({"key": "{env:KEY}", "both": "{env:KEY} {text}", "text": "{text}", "x": "{env:OTHER}"});
        let values = PlaceholderValues { document: &document, labels: None, variables: Some(&variables) };
        let filled = json!({"key": "a{text}", "both": "a{text} {env:KEY}", "text": "{env:KEY}", "x": "{env:OTHER}"});
        assert_eq!(values.json(&body).unwrap(), filled);
        let values = PlaceholderValues { variables: None, ..values };
        assert_eq!(values.json(&json!("{env:KEY}")).unwrap(), json!("{env:KEY}"));
    }

    #[test]
    fn a_misspelt_placeholder_is_reported() {
        let known = ["text", "id"];
        assert_eq!(unknown_id("say {text} and {txt}", &known), Some(("txt", "text")));
        assert_eq!(unknown_id("say {meta.text} and {somebody} {\"a\": 1}", &known), None);
    }
}
