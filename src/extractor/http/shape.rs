//! Converts a reply of any shape to an object of `karat.document/1`: the table `response` of an
//! extractor.
//!
//! JSON pointers say where layers and fields are; a few switches say what the values mean. What
//! needs the text of the document (quotes, the case of a text) is settled after the reply was
//! checked, when all offsets count code points.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::advice::{Advice, missing_key};
use super::pointers::values_at;
use super::quotes::Finder;
use super::tokens::Tokens;
use crate::document::{Annotations, Document, Entity, Fields, Layer, LayerSet, Value};
use crate::format::key_list;
use crate::text::excerpt;

/// The shape of a reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReplyShape {
    /// The pointer to the items of each layer, by the layer's name. A layer without a pointer is
    /// read from the key of its name.
    pub layers: BTreeMap<String, String>,
    /// The pointers to the fields of each entity and key sentence, by their names in
    /// `karat.document/1`, and `length`. A field without a pointer is read from the key of its
    /// name.
    pub fields: BTreeMap<String, String>,
    /// The pointer to a string of JSON, to which all other pointers then refer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// The pointer to the tokens that `start` and `end` count, or [`WHITESPACE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<String>,
    /// Whether `end` is the last unit of a span, and not the one behind it.
    #[serde(skip_serializing_if = "is_false")]
    pub inclusive_ends: bool,
    /// Whether texts without offsets are quotes, which are located in the document.
    #[serde(skip_serializing_if = "is_false")]
    pub quotes: bool,
    /// The confidence of a certain answer, 1 by default; 100 for percentages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_confidence: Option<f64>,
    /// The names of labels, by the names that the service has for them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Whether the text of a span may differ from the document's in upper and lower case.
    #[serde(skip_serializing_if = "is_false")]
    pub ignore_case: bool,
}

/// The value of [`ReplyShape::tokens`] for the words between white space.
pub const WHITESPACE: &str = "whitespace";

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A reply as an object of `karat.document/1`, and what remains to be settled with the text.
pub(super) struct ShapedReply {
    /// The object.
    pub object: Fields,
    /// The stored text of each entity, if it may differ in case.
    texts: Vec<Option<String>>,
    /// The stored text of each key sentence with offsets, if it may differ in case.
    sentence_texts: Vec<Option<String>>,
    /// The key sentences without offsets, with their index in the layer.
    quoted_sentences: Vec<(usize, String)>,
}

/// An item of a layer, with the key of the list that contains it if that is its label.
type Item<'r> = (Option<&'r str>, &'r Value);

impl ReplyShape {
    /// The fields that a pointer may be given for.
    pub const FIELDS: [&'static str; 7] = ["id", "start", "end", "length", "label", "text", "confidence"];

    /// The further keys of the table.
    pub const SETTINGS: [&'static str; 7] =
        ["json", "tokens", "inclusive_ends", "quotes", "max_confidence", "labels", "ignore_case"];

    /// Whether entities are objects of `karat.document/1` as they are.
    fn keeps_items(&self) -> bool {
        let Self { layers: _, json: _, fields, tokens, inclusive_ends, quotes, max_confidence, labels, ignore_case } =
            self;
        let is_changed = *inclusive_ends || *quotes || *ignore_case;
        fields.is_empty() && labels.is_empty() && tokens.is_none() && max_confidence.is_none() && !is_changed
    }

    /// Reads the layers of a reply, under their own names.
    ///
    /// # Errors
    /// Fails with a whole sentence if a layer or a field is missing. The sentence contains the
    /// setting to write.
    pub(super) fn read(&self, reply: &Value, layers: &LayerSet, document: &Document) -> Result<ShapedReply, String> {
        let parsed = self.json.as_ref().map(|pointer| parsed(reply, pointer)).transpose()?;
        let reply = parsed.as_ref().unwrap_or(reply);
        let tokens = match self.tokens.as_deref() {
            None => None,
            Some(WHITESPACE) => Some(Tokens::of_white_space(document)),
            Some(pointer) => {
                let found = values_at(reply, pointer).map_err(|missing| missing.message("tokens"))?;
                Some(Tokens::read(&found, document).map_err(|why| format!("`tokens`: {why}"))?)
            }
        };
        let advice = Advice { reply, layers };
        if self.layers.is_empty() {
            advice.without_layers()?;
        }
        let mut shaped = ShapedReply {
            object: Fields::new(),
            texts: Vec::new(),
            sentence_texts: Vec::new(),
            quoted_sentences: Vec::new(),
        };
        let mut records = Fields::new();
        for layer in layers {
            let name = layer.to_string();
            let found = match self.layers.get(&name) {
                Some(pointer) => values_at(reply, pointer)
                    .map_err(|missing| format!("{}{}", missing.message(&name), advice.instead(layer)))?,
                None => vec![match layer {
                    Layer::Records(record) => &reply["records"][record.as_ref()],
                    // A single summary may be under its own key.
                    Layer::Summaries if reply[&name].is_null() => &reply["summary"],
                    _ => &reply[&name],
                }],
            };
            let is_starred = self.layers.get(&name).is_some_and(|pointer| pointer.split('/').any(|step| step == "*"));
            let value = match layer {
                Layer::Entities | Layer::KeySentences => {
                    let items = items(&found, layer, is_starred).map_err(|why| format!("{name}: {why}"))?;
                    self.spans(layer, &items, tokens.as_ref(), &advice, &mut shaped)?
                }
                _ => joined(&found, layer, is_starred),
            };
            match layer {
                Layer::Records(record) => records.insert(record.to_string(), value),
                _ => shaped.object.insert(name, value),
            };
        }
        if !records.is_empty() {
            shaped.object.insert("records".to_owned(), records.into());
        }
        if tokens.is_some_and(|tokens| tokens.count_code_points) {
            shaped.object.insert("offset_unit".to_owned(), "code_point".into());
        } else if let Some(unit) = reply.get("offset_unit") {
            shaped.object.insert("offset_unit".to_owned(), unit.clone());
        }
        Ok(shaped)
    }

    /// Reads the entities or the key sentences.
    fn spans(
        &self,
        layer: &Layer,
        items: &[Item<'_>],
        tokens: Option<&Tokens>,
        advice: &Advice<'_>,
        shaped: &mut ShapedReply,
    ) -> Result<Value, String> {
        self.refuse_unresolved(layer, items)?;
        let mut read = Vec::new();
        for (at, &(label, item)) in items.iter().enumerate() {
            let name = || format!("{layer}[{at}]");
            if label.is_none() && self.keeps_items() {
                let own = advice.item(layer, item).and_then(|()| self.own_item(item));
                read.push(own.map_err(|why| format!("{}: {why}", name()))?);
                continue;
            }
            let mut fields = self.item(layer, label, item, tokens).map_err(|why| format!("{}: {why}", name()))?;
            let is_quote = !fields.contains_key("start");
            match layer {
                Layer::KeySentences if is_quote => {
                    let text = fields.get("text").and_then(Value::as_str).unwrap_or_default();
                    shaped.quoted_sentences.push((at, text.to_owned()));
                    continue;
                }
                Layer::Entities if self.ignore_case => {
                    let text = if is_quote { None } else { fields.remove("text") };
                    shaped.texts.push(text.and_then(|text| Some(text.as_str()?.to_owned())));
                }
                Layer::KeySentences if self.ignore_case => {
                    let text = fields.remove("text");
                    shaped.sentence_texts.push(text.and_then(|text| Some(text.as_str()?.to_owned())));
                }
                _ => {}
            }
            read.push(fields.into());
        }
        Ok(Value::Array(read))
    }

    /// Fails if the pointer to a field that an item may lack resolves in no item.
    fn refuse_unresolved(&self, layer: &Layer, items: &[Item<'_>]) -> Result<(), String> {
        let mut objects = items.iter().map(|(_, item)| *item).filter(|item| !item.is_string()).peekable();
        let Some(first) = objects.peek().copied() else { return Ok(()) };
        let objects: Vec<&Value> = objects.collect();
        for field in ["id", "text", "confidence"] {
            // A key of the field's own name may be absent, with or without a pointer.
            let Some(pointer) = self.fields.get(field).filter(|pointer| pointer[..] != format!("/{field}")) else {
                continue;
            };
            if objects.iter().all(|item| item.pointer(pointer).is_none()) {
                let keys = first.as_object().map(keys_of).unwrap_or_default();
                return Err(format!(
                    "{layer}: no item has anything at `{pointer}`, the path that `{field}` of `response` sets; the \
                     first has {keys}"
                ));
            }
        }
        Ok(())
    }

    /// An item that is one of `karat.document/1`, with its confidence as a number.
    fn own_item(&self, item: &Value) -> Result<Value, String> {
        let mut item = item.clone();
        if let Some(confidence) = item.as_object_mut().and_then(|fields| fields.get_mut("confidence"))
            && !confidence.is_null()
        {
            *confidence = self.confidence(confidence)?;
        }
        Ok(item)
    }

    fn item(
        &self,
        layer: &Layer,
        label: Option<&str>,
        item: &Value,
        tokens: Option<&Tokens>,
    ) -> Result<Fields, String> {
        let mut fields = Fields::new();
        if let Value::String(text) = item {
            if *layer == Layer::Entities && label.is_none() {
                return Err(format!("it is the text {} without a label", excerpt(text)));
            }
            fields.insert("text".to_owned(), text.as_str().into());
        }
        for field in ["id", "text"] {
            if let Some(value) = self.field(item, field)? {
                fields.insert(field.to_owned(), value.clone());
            }
        }
        for field in ["fragments", "attributes", "alternatives"] {
            if let Some(value) = item.get(field).filter(|value| !value.is_null()) {
                fields.insert(field.to_owned(), value.clone());
            }
        }
        if *layer == Layer::Entities {
            fields.insert("label".to_owned(), self.label(label, item)?);
        }
        if let Some(confidence) = self.field(item, "confidence")? {
            fields.insert("confidence".to_owned(), self.confidence(confidence)?);
        }
        match self.range(item, tokens)? {
            Some((start, end)) => {
                fields.insert("start".to_owned(), start);
                fields.insert("end".to_owned(), end);
            }
            None if !fields.contains_key("text") => {
                let keys = item.as_object().map(keys_of).unwrap_or_default();
                return Err(format!("it has neither offsets nor a text, but {keys}{}", missing_key(item, "start")));
            }
            None if *layer == Layer::KeySentences && !self.quotes => {
                return Err(
                    "it is a text without offsets: `quotes = true` in `response` finds it in the document".to_owned()
                );
            }
            None => {}
        }
        Ok(fields)
    }

    /// The value of a field; `None` if it may be absent and is.
    fn field<'v>(&self, item: &'v Value, field: &str) -> Result<Option<&'v Value>, String> {
        let found = match self.fields.get(field) {
            Some(pointer) => {
                let is_optional = matches!(field, "id" | "text" | "confidence") || (self.quotes && field != "label");
                match item.pointer(pointer) {
                    None if !is_optional => {
                        let keys = item.as_object().map(keys_of).unwrap_or_default();
                        return Err(format!(
                            "it has nothing at `{pointer}`, the path that `{field}` of `response` sets, but {keys}"
                        ));
                    }
                    found => found,
                }
            }
            None => item.get(field),
        };
        Ok(found.filter(|value| !value.is_null()))
    }

    fn label(&self, of_list: Option<&str>, item: &Value) -> Result<Value, String> {
        let own = self.fields.get("label").map_or_else(|| item.get("label"), |pointer| item.pointer(pointer));
        let found = match of_list {
            Some(label) if own.is_some_and(|own| own != label) => {
                return Err(format!(
                    "it is in the list `{label}` of an object and has a label of its own: if `{label}` is no label, \
                     write the path of that list in `response`"
                ));
            }
            Some(label) => Some(Value::from(label)),
            None => self.field(item, "label")?.cloned(),
        };
        let Some(found) = found else {
            let keys = item.as_object().map(keys_of).unwrap_or_default();
            return Err(format!("it has no `label`, but {keys}{}", missing_key(item, "label")));
        };
        let written = match &found {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self.labels.get(&written) {
            Some(renamed) => Ok(renamed.as_str().into()),
            None if found.is_string() => Ok(found),
            None => Err(format!(
                "its label is {}, and not a text: name it in `labels` of `response`, as in `labels = {{\"1\" = \
                 \"PERSON\"}}`",
                excerpt(&written)
            )),
        }
    }

    fn confidence(&self, written: &Value) -> Result<Value, String> {
        let invalid = || format!("its confidence is {}, and not a number", excerpt(&written.to_string()));
        let (number, most) = match written.as_str().map(str::trim) {
            None => (written.as_f64().ok_or_else(invalid)?, self.max_confidence.unwrap_or(1.0)),
            Some(text) => match text.strip_suffix('%') {
                Some(percent) => (percent.trim().parse().map_err(|_| invalid())?, 100.0),
                None => (text.parse().map_err(|_| invalid())?, self.max_confidence.unwrap_or(1.0)),
            },
        };
        if !(0.0..=most).contains(&number) {
            let help = match self.max_confidence {
                None if (0.0..=100.0).contains(&number) => {
                    ": write `max_confidence = 100` in `response` if these are percentages"
                }
                _ => "",
            };
            return Err(format!("its confidence is {number}, and not from 0 to {most}{help}"));
        }
        if most == 1.0 && written.is_number() {
            return Ok(written.clone());
        }
        Ok(serde_json::json!(number / most).into())
    }

    /// The offsets of an item; `None` if it has none and may have none.
    fn range(&self, item: &Value, tokens: Option<&Tokens>) -> Result<Option<(Value, Value)>, String> {
        let start = self.field(item, "start")?;
        let length = if self.fields.contains_key("length") { self.field(item, "length")? } else { None };
        let end = if self.fields.contains_key("length") { None } else { self.field(item, "end")? };
        let Some(start) = start else {
            return match end.or(length) {
                Some(_) => Err(format!("it has no `start`{}", missing_key(item, "start"))),
                None => Ok(None),
            };
        };
        let first = whole(start, "start")?;
        let behind = match (end, length) {
            (Some(end), _) => whole(end, "end")?.saturating_add(u64::from(self.inclusive_ends)),
            (None, Some(length)) => first.saturating_add(whole(length, "length")?),
            (None, None) => return Err(format!("it has `start` and no `end`{}", missing_key(item, "end"))),
        };
        let (first, behind) = match tokens {
            Some(tokens) => tokens.range(first, behind)?,
            None => (first, behind),
        };
        Ok(Some((serde_json::json!(first).into(), serde_json::json!(behind).into())))
    }

    /// Settles what needs the text of the document: locates quotes, and takes the document's text
    /// where the reply's differs in case only.
    ///
    /// # Errors
    /// Fails if the text of a span is another one.
    pub(super) fn settle(
        &self,
        shaped: &ShapedReply,
        annotations: &mut Annotations,
        document: &Document,
        notes: &mut Vec<String>,
    ) -> Result<(), String> {
        for (at, stored) in shaped.texts.iter().enumerate() {
            let Some((entity, stored)) =
                annotations.entities.as_mut().and_then(|all| all.get_mut(at)).zip(stored.as_ref())
            else {
                continue;
            };
            let text = document.slice(entity.start, entity.end).unwrap_or_default();
            if text.to_lowercase() != stored.to_lowercase() {
                let (text, stored) = (excerpt(text), excerpt(stored));
                let (start, end) = (entity.start, entity.end);
                return Err(format!(
                    "entities[{at}]: the text at {start}..{end} is {text}, but the annotation has {stored}"
                ));
            }
            entity.text = Some(text.to_owned());
        }
        for (at, stored) in shaped.sentence_texts.iter().enumerate() {
            let sentence = annotations.key_sentences.as_mut().and_then(|all| all.get_mut(at));
            let Some((sentence, stored)) = sentence.zip(stored.as_ref()) else { continue };
            let (start, end) = (sentence.start, sentence.end);
            let text = document.slice(start, end).unwrap_or_default();
            if text.to_lowercase() != stored.to_lowercase() {
                let (text, stored) = (excerpt(text), excerpt(stored));
                return Err(format!(
                    "key_sentences[{at}]: the text at {start}..{end} is {text}, but the annotation has {stored}"
                ));
            }
        }
        if !self.quotes {
            return Ok(());
        }
        let referred = ids_referred_to(annotations);
        let mut finder = Finder::new(document);
        let mut lost: Option<String> = None;
        if let Some(entities) = &mut annotations.entities {
            entities.iter().filter(|entity| entity.is_located()).for_each(|entity| finder.take(entity));
            entities.retain_mut(|entity| {
                if entity.is_located() {
                    return true;
                }
                match finder.find(entity.text.as_deref().unwrap_or_default(), &entity.label) {
                    Ok(span) => {
                        *entity =
                            Entity { start: span.start, end: span.end, text: span.text, ..std::mem::take(entity) };
                        true
                    }
                    Err(note) => {
                        lost = lost.take().or_else(|| entity.id.clone().filter(|id| referred.contains(id)));
                        notes.push(note);
                        false
                    }
                }
            });
            if let Some(id) = lost {
                let note = notes.pop().unwrap_or_default();
                return Err(format!("{note}, and a relation or an event refers to it by its id {}", excerpt(&id)));
            }
        }
        let mut absent = 0;
        for (at, quote) in &shaped.quoted_sentences {
            let sentences = annotations.key_sentences.get_or_insert_default();
            // A pseudo-label that cannot collide with an entity label.
            match finder.find(quote, "\0sentence") {
                Ok(span) => sentences.insert((at - absent).min(sentences.len()), span),
                Err(note) => {
                    absent += 1;
                    notes.push(note);
                }
            }
        }
        Ok(())
    }
}

/// The ids that relations and events refer to.
fn ids_referred_to(annotations: &Annotations) -> BTreeSet<String> {
    let relations = annotations.relations.iter().flatten().flat_map(|relation| [&relation.head, &relation.tail]);
    let events = annotations.events.iter().flatten().flat_map(|event| &event.arguments);
    relations.chain(events.map(|argument| &argument.target)).cloned().collect()
}

/// Parses the JSON in the strings at a pointer. With `*` in the pointer, the result is their list.
fn parsed(reply: &Value, pointer: &str) -> Result<Value, String> {
    let found = values_at(reply, pointer).map_err(|missing| missing.message("json"))?;
    let mut values = Vec::new();
    for value in found {
        let text = value.as_str().ok_or_else(|| {
            format!(
                "`{pointer}` of the reply, the path that `json` of `response` sets, is no string of JSON: {}",
                excerpt(&value.to_string())
            )
        })?;
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let why = crate::plain_words::plain_words(&error.to_string());
            format!("the string at `{pointer}` of the reply is not JSON ({why}): {}", excerpt(text))
        })?;
        values.push(value);
    }
    if pointer.split('/').any(|step| step == "*") {
        return Ok(Value::Array(values));
    }
    Ok(values.pop().unwrap_or_default())
}

/// The items of the lists that a pointer found. An object of lists has the items of each label.
fn items<'r>(found: &[&'r Value], layer: &Layer, is_starred: bool) -> Result<Vec<Item<'r>>, String> {
    let mut items = Vec::new();
    for &value in found {
        match value {
            Value::Null => {}
            Value::Array(list) => items.extend(list.iter().map(|item| (None, item))),
            Value::Object(object) if object.get(&layer.to_string()).is_some_and(Value::is_array) => {
                return Err(format!(
                    "it is an object with a list `{layer}`: write the path of that list in `response`"
                ));
            }
            Value::Object(lists)
                if *layer == Layer::Entities && lists.iter().all(|(_, list)| list.is_array() || list.is_null()) =>
            {
                for (label, list) in lists.iter() {
                    items.extend(list.as_array().into_iter().flatten().map(|item| (Some(label.as_str()), item)));
                }
            }
            item if is_starred => items.push((None, item)),
            Value::String(text) if text.trim_start().starts_with(['[', '{']) => {
                return Err(format!(
                    "it is a string, and not a list: if it contains JSON, name its path in `json` of `response`: {}",
                    excerpt(text)
                ));
            }
            Value::Object(object) => {
                return Err(format!("it is an object, and not a list: it has {}", keys_of(object)));
            }
            other => return Err(format!("it is not a list: {}", excerpt(&other.to_string()))),
        }
    }
    Ok(items)
}

/// The items of another layer than entities and key sentences.
fn joined(found: &[&Value], layer: &Layer, is_starred: bool) -> Value {
    let is_text = matches!(layer, Layer::Summaries | Layer::Keyphrases);
    let mut items = Vec::new();
    for &value in found {
        match value {
            Value::Null => {}
            Value::Array(list) if *layer == Layer::KeyPoints => items.extend(list.iter().map(point)),
            Value::Array(list) => items.extend(list.iter().cloned()),
            // A single summary may be a string instead of a list.
            Value::String(_) if is_text => items.push(value.clone()),
            Value::String(_) if *layer == Layer::KeyPoints => items.push(point(value)),
            other if is_starred => items.push(other.clone()),
            // The reader of the format reports it.
            other => return other.clone(),
        }
    }
    Value::Array(items)
}

fn point(item: &Value) -> Value {
    if item.is_string() { Value::Object(Fields::from_iter([("text".to_owned(), item.clone())])) } else { item.clone() }
}

/// A number that counts something, also as a float or a string.
fn whole(value: &Value, name: &str) -> Result<u64, String> {
    const MOST: f64 = 9e15;
    let of_float = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..MOST).contains(number));
    let of_text = || value.as_str().and_then(|text| text.trim().parse().ok());
    value
        .as_u64()
        .or_else(|| of_float().map(|number| number as u64))
        .or_else(of_text)
        .ok_or_else(|| format!("`{name}` is {}, and not a whole number of at least 0", excerpt(&value.to_string())))
}

fn keys_of(object: &Fields) -> String {
    key_list(&object.keys().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{any, proptest};
    use proptest::strategy::{Just, Strategy};

    use super::{ReplyShape, WHITESPACE};
    use crate::corpus::read_reply;
    use crate::document::{Document, Layer, LayerSet, Value};

    fn shape(bits: u8) -> ReplyShape {
        let is = |bit: u8| bits & (1 << bit) != 0;
        let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        ReplyShape {
            layers: if is(0) { pairs(&[("entities", "/a/*"), ("key_sentences", "/b")]) } else { BTreeMap::new() },
            fields: if is(1) { pairs(&[("start", "/0"), ("length", "/1"), ("label", "/2")]) } else { BTreeMap::new() },
            json: is(2).then(|| "/text".to_owned()),
            tokens: is(3).then(|| if is(0) { "/b".to_owned() } else { WHITESPACE.to_owned() }),
            inclusive_ends: is(4),
            quotes: is(5),
            max_confidence: is(6).then_some(100.0),
            labels: BTreeMap::new(),
            ignore_case: is(7),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let scalar = proptest::prop_oneof![
            Just(serde_json::Value::Null),
            any::<u64>().prop_map(Into::into),
            (0_u64..14).prop_map(Into::into),
            (0.0..120.0).prop_map(Into::into),
            "(Ada|ada met|é|X|12|\\[\\]|)".prop_map(Into::into),
        ];
        scalar.prop_recursive(4, 40, 5, |inner| {
            let key = "(a|b|entities|key_sentences|start|end|label|text|confidence|offset|length)";
            proptest::prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                proptest::collection::btree_map(key, inner, 0..6).prop_map(|fields| serde_json::json!(fields)),
            ]
        })
    }

    proptest! {
        /// Whatever a reply is, it is read or refused, and what is read lies in the document.
        #[test]
        fn every_reply_is_read_or_refused(reply in json(), bits in any::<u8>()) {
            let (document, shape) = (Document::new("d", "é Ada met Ada."), shape(bits));
            let layers = LayerSet::from([Layer::Entities, Layer::KeySentences, Layer::Summaries]);
            let declared: Vec<Layer> = layers.iter().cloned().collect();
            let Ok(mut shaped) = shape.read(&Value::from(reply), &layers, &document) else { return Ok(()) };
            shaped.object.insert("id".to_owned(), "d".into());
            let json = Value::Object(shaped.object.clone()).to_string();
            if let Ok(mut annotations) = read_reply(&json, None, &document, &declared) {
                let settled = shape.settle(&shaped, &mut annotations, &document, &mut Vec::new());
                if settled.is_ok() {
                    annotations.each_range(&mut |_, &mut (start, end), _| {
                        assert!(document.slice(start, end).is_some_and(|text| !text.is_empty()), "{start}..{end}");
                    });
                }
            }
        }
    }
}
