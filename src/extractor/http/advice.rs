//! Says which lines of `response` would read a reply that does not have the configured shape.

use crate::document::{Fields, Layer, LayerSet, Value};
use crate::format::unknown_reply;
use crate::text::{cut, excerpt, visible};

/// The names that services have for the fields of an entity.
const NAMES: [(&str, &[&str]); 6] = [
    ("label", &["label", "entity_group", "entity_type", "category", "type", "tag", "ner", "entity", "class"]),
    ("start", &["start", "begin", "offset", "start_offset", "start_char", "startOffset", "startIndex", "start_index"]),
    ("end", &["end", "stop", "end_offset", "end_char", "endOffset", "endIndex", "end_index"]),
    ("length", &["length", "len"]),
    ("text", &["text", "word", "surface", "quote", "span", "value"]),
    ("confidence", &["confidence", "score", "confidenceScore", "probability"]),
];

/// The deepest value that is looked at.
const DEEPEST: usize = 6;

/// A reply, and the layers that it should have.
pub(super) struct Advice<'r> {
    pub reply: &'r Value,
    pub layers: &'r LayerSet,
}

impl Advice<'_> {
    /// Refuses a reply without any declared layer that has other keys.
    ///
    /// # Errors
    /// Fails with a sentence that names the keys and the pointer to write.
    pub fn without_layers(&self) -> Result<(), String> {
        let declared: Vec<Layer> = self.layers.iter().cloned().collect();
        match self.reply {
            Value::Object(object) => {
                let keys = object.iter().map(|(key, _)| (key.clone(), ())).collect();
                let Some(unknown) = unknown_reply(&keys, &declared) else { return Ok(()) };
                // The help is that of this kind of extractor.
                Err(format!("{}{}", unknown.message, self.general()))
            }
            Value::Array(_) => Err(format!(
                "the server's answer is not an object but a list: {}{}",
                excerpt(&self.reply.to_string()),
                self.general()
            )),
            other => Err(format!("the server's answer is not an object: {}", excerpt(&other.to_string()))),
        }
    }

    /// The advice on a pointer to a layer that leads nowhere.
    pub fn instead(&self, layer: &Layer) -> String {
        suggestion(self.reply, layer).map(|table| format!("; `{table}` may be meant")).unwrap_or_default()
    }

    /// Refuses an item that cannot be an entity as it is.
    ///
    /// # Errors
    /// Fails with the fields to write pointers for.
    pub fn item(&self, layer: &Layer, item: &Value) -> Result<(), String> {
        match item {
            Value::String(text) if *layer == Layer::KeySentences => {
                Err(format!("{} has no offsets: `quotes = true` in `response` finds it in the document", excerpt(text)))
            }
            Value::Object(object) => {
                let lacks = |field: &str| !object.contains_key(field) && name_of(object, field).is_some();
                let is_entity = *layer == Layer::Entities;
                let missing = (is_entity && lacks("label")) || lacks("start") || lacks("end");
                let has_length = !object.contains_key("end") && object.contains_key("length");
                if !(missing || has_length) {
                    return Ok(());
                }
                Err(format!("it is no entity of `karat.document/1`{}", fields_help(object)))
            }
            _ => Ok(()),
        }
    }

    fn general(&self) -> String {
        let found = self.layers.iter().find_map(|layer| suggestion(self.reply, layer));
        let first = self.layers.first();
        match (found, self.reply, first) {
            (Some(table), ..) => format!(": write `{table}`"),
            (None, Value::Object(object), Some(layer)) => match object.keys().find(|key| !is_frame(key)) {
                Some(key) => {
                    format!(": write `response = {{{} = {:?}}}` if it is there", key_of(layer), pointer("", key))
                }
                None => String::new(),
            },
            (None, _, Some(layer)) => format!(": write `response = {{{} = \"\"}}` if that is the list", key_of(layer)),
            _ => String::new(),
        }
    }
}

/// The advice on a field that an item does not have under its own name.
pub(super) fn missing_key(item: &Value, field: &str) -> String {
    let Some(object) = item.as_object() else { return String::new() };
    match name_of(object, field) {
        Some(name) => format!(": write `{field} = {:?}` in `response`", pointer("", name)),
        None => String::new(),
    }
}

/// The fields to write pointers for.
fn fields_help(object: &Fields) -> String {
    let fields = fields(object);
    if fields.is_empty() { String::new() } else { format!(": write `{}` in `response`", fields.join(", ")) }
}

/// `FIELD = "/NAME"` for each field of an entity that has another name in an object.
fn fields(object: &Fields) -> Vec<String> {
    let needs_length = !object.contains_key("end") && name_of(object, "end").is_none();
    let is_needed = |field: &str| field != "length" || needs_length;
    let named = NAMES.iter().filter(|(field, _)| is_needed(field)).filter_map(|(field, _)| {
        let name = name_of(object, field)?;
        (name != *field || *field == "length").then(|| format!("{field} = {:?}", pointer("", name)))
    });
    named.collect()
}

fn name_of<'n>(object: &Fields, field: &str) -> Option<&'n str> {
    let (_, names) = NAMES.iter().find(|(known, _)| *known == field)?;
    names.iter().copied().find(|name| object.contains_key(name))
}

/// The line of `response` that would read a layer; `None` if nothing looks like it.
fn suggestion(reply: &Value, layer: &Layer) -> Option<String> {
    if *layer != Layer::Entities {
        return text_path(reply, layer).map(|path| format!("response = {{{} = {path:?}}}", key_of(layer)));
    }
    let found = entities(reply, String::new(), 0)?;
    let mut parts = vec![format!("entities = {:?}", found.path)];
    parts.extend(found.json.map(|path| format!("json = {path:?}")));
    parts.extend(found.fields);
    Some(format!("response = {{{}}}", parts.join(", ")))
}

/// A list that looks like entities.
struct FoundList {
    path: String,
    json: Option<String>,
    fields: Vec<String>,
}

fn entities(value: &Value, path: String, depth: usize) -> Option<FoundList> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        Value::Array(items) => {
            let object = items.iter().find_map(Value::as_object);
            let looks = |object: &Fields| {
                name_of(object, "label").is_some()
                    && (name_of(object, "start").is_some() || name_of(object, "text").is_some())
            };
            if let Some(object) = object.filter(|object| looks(object)) {
                let mut fields = fields(object);
                if name_of(object, "start").is_none() {
                    fields.push("quotes = true".to_owned());
                }
                return Some(FoundList { path, json: None, fields });
            }
            items.iter().find_map(|item| entities(item, format!("{path}/*"), depth + 1))
        }
        Value::Object(object) => {
            let is_list_of_texts = |value: &Value| {
                value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_string))
            };
            if depth > 0 && !object.is_empty() && object.iter().all(|(_, value)| is_list_of_texts(value)) {
                return Some(FoundList { path, json: None, fields: vec!["quotes = true".to_owned()] });
            }
            object.iter().find_map(|(key, value)| entities(value, pointer(&path, key), depth + 1))
        }
        Value::String(text) if depth > 0 && text.trim_start().starts_with(['{', '[']) => {
            let inner: Value = serde_json::from_str(text).ok()?;
            let found = entities(&inner, String::new(), depth)?;
            // Every string in a list is one of many only with a `*`; the first is meant here.
            Some(FoundList { json: Some(path.replace("/*", "/0")), ..found })
        }
        _ => None,
    }
}

/// The path of a text that may be a layer of texts.
fn text_path(reply: &Value, layer: &Layer) -> Option<String> {
    let names: &[&str] = match layer {
        Layer::Summaries => &["summary_text", "generated_text", "summary", "text", "output", "abstract", "result"],
        Layer::Keyphrases => &["keywords", "key_phrases", "keyPhrases", "tags"],
        Layer::KeySentences => &["sentences", "extract"],
        _ => return None,
    };
    fn search(value: &Value, names: &[&str], path: &str, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        match value {
            Value::Object(object) => names
                .iter()
                .find(|name| object.get(name).is_some_and(|found| found.is_string() || found.is_array()))
                .map(|name| pointer(path, name))
                .or_else(|| {
                    object.iter().find_map(|(key, value)| search(value, names, &pointer(path, key), depth + 1))
                }),
            Value::Array(items) => items.first().and_then(|item| search(item, names, &format!("{path}/*"), depth + 1)),
            _ => None,
        }
    }
    search(reply, names, "", 0)
}

/// The key of a layer in `response`.
fn key_of(layer: &Layer) -> String {
    match layer {
        Layer::Summaries => "summary".to_owned(),
        other => other.to_string(),
    }
}

/// Whether a key is one of the frame of a reply.
fn is_frame(key: &str) -> bool {
    matches!(key, "id" | "meta" | "text" | "usage" | "status" | "seq" | "type" | "offset_unit")
}

/// A pointer with a further step, for a message: a long key is cut.
fn pointer(path: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    format!("{path}/{}", cut(&visible(&key), 60))
}
