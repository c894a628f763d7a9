//! Converts a reply of any shape to an object of `karat.document/1`, by JSON pointers (RFC 6901).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::{Fields, Layer, LayerSet, Value};
use crate::extractor::Usage;

/// Locations of the layers and fields in a reply, as JSON pointers (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pointers {
    /// The pointer to the list of each layer, by the layer's name. A layer without a pointer is
    /// read from the key of its name.
    pub layers: BTreeMap<String, String>,
    /// The pointers to the fields of each entity and key sentence, by their names in
    /// `karat.document/1`. A field without a pointer is read from the key of its name.
    pub fields: BTreeMap<String, String>,
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

impl Pointers {
    /// The fields that a pointer may be given for.
    pub const FIELDS: [&'static str; 6] = ["id", "start", "end", "label", "text", "confidence"];

    /// Reads the layers of a reply, under their own names.
    ///
    /// # Errors
    /// Fails with a whole sentence if a pointer leads nowhere.
    pub(super) fn read(&self, reply: &Value, layers: &LayerSet) -> Result<Fields, String> {
        let mut read = Fields::new();
        let mut records = Fields::new();
        for layer in layers {
            let name = layer.to_string();
            let found = match self.layers.get(&name) {
                Some(pointer) => reply.pointer(pointer).ok_or_else(|| nothing("the reply", pointer))?,
                None => match layer {
                    Layer::Records(record) => &reply["records"][record.as_ref()],
                    _ => &reply[&name],
                },
            };
            let value = match (layer, found) {
                (_, Value::Null) => Value::Array(Vec::new()),
                // A single summary may be a string instead of a list.
                (Layer::Summaries | Layer::Keyphrases, Value::String(_)) => Value::Array(vec![found.clone()]),
                (Layer::KeyPoints, Value::Array(items)) => items.iter().map(point).collect(),
                (Layer::Entities | Layer::KeySentences, Value::Array(items)) if !self.fields.is_empty() => {
                    let item = |(at, item)| self.item(item).map_err(|why| format!("{name}[{at}]: {why}"));
                    items.iter().enumerate().map(item).collect::<Result<_, _>>()?
                }
                _ => found.clone(),
            };
            match layer {
                Layer::Records(record) => records.insert(record.to_string(), value),
                _ => read.insert(name, value),
            };
        }
        if !records.is_empty() {
            read.insert("records".to_owned(), records.into());
        }
        Ok(read)
    }

    fn item(&self, item: &Value) -> Result<Value, String> {
        let mut read = Fields::new();
        for field in Self::FIELDS {
            let found = match self.fields.get(field) {
                // Optional fields of an entity may be absent from some items.
                Some(pointer) if matches!(field, "start" | "end" | "label") => {
                    Some(item.pointer(pointer).ok_or_else(|| nothing("it", pointer))?)
                }
                Some(pointer) => item.pointer(pointer),
                None => item.get(field),
            };
            if let Some(value) = found.filter(|value| !value.is_null()) {
                read.insert(field.to_owned(), value.clone());
            }
        }
        if let Some(fragments) = item.get("fragments") {
            read.insert("fragments".to_owned(), fragments.clone());
        }
        Ok(read.into())
    }
}

impl UsagePointers {
    /// Reads the usage of a reply; from the key `usage` if no pointer is configured.
    pub(super) fn read(&self, reply: &Value) -> Option<Usage> {
        if *self == Self::default() {
            return Usage::deserialize_from(reply.get("usage")?);
        }
        let at = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| reply.pointer(pointer));
        let count = |pointer| at(pointer).and_then(Value::as_u64);
        let (tokens_in, tokens_out) = (count(&self.tokens_in), count(&self.tokens_out));
        let cost = at(&self.cost).and_then(Value::as_f64);
        (tokens_in.is_some() || tokens_out.is_some() || cost.is_some()).then(|| Usage {
            tokens_in: tokens_in.unwrap_or_default(),
            tokens_out: tokens_out.unwrap_or_default(),
            cost,
        })
    }
}

impl Usage {
    fn deserialize_from(value: &Value) -> Option<Self> {
        serde_json::from_str(&value.to_string()).ok()
    }
}

fn point(item: &Value) -> Value {
    if item.is_string() { Value::Object(Fields::from_iter([("text".to_owned(), item.clone())])) } else { item.clone() }
}

fn nothing(whose: &str, pointer: &str) -> String {
    format!("{whose} has nothing at `{pointer}`, the path that `response` sets")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Pointers, UsagePointers};
    use crate::document::{Layer, LayerSet, Value, json};
    use crate::extractor::Usage;

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn pointers_lead_to_layers_and_fields() {
        let layers = LayerSet::from([
            Layer::Entities,
            Layer::Summaries,
            Layer::KeyPoints,
            Layer::Keyphrases,
            Layer::records("statements"),
        ]);
        let pointers = Pointers {
            layers: pairs(&[
                ("entities", "/data/0/found~1here"),
                ("summaries", "/summary"),
                ("key_points", "/points"),
                ("records.statements", "/said"),
            ]),
            fields: pairs(&[("start", "/at/0"), ("end", "/at/1"), ("label", "/type"), ("text", "/surface")]),
        };
        let reply = json!({
            "data": [{"found/here": [{"at": [0, 3], "type": "A", "surface": null, "confidence": 0.5, "more": 1}]}],
            "summary": "Short.", "points": ["a", {"text": "b"}], "said": null,
        });
        assert_eq!(
            Value::from(pointers.read(&reply, &layers).unwrap()),
            json!({
                "entities": [{"start": 0, "end": 3, "label": "A", "confidence": 0.5}],
                "summaries": ["Short."], "key_points": [{"text": "a"}, {"text": "b"}],
                "keyphrases": [], "records": {"statements": []},
            })
        );
        let message = pointers.read(&json!({"data": [{"found/here": [{"at": [0]}]}]}), &layers).unwrap_err();
        assert_eq!(message, "entities[0]: it has nothing at `/at/1`, the path that `response` sets");
        assert!(pointers.read(&json!({}), &layers).unwrap_err().contains("`/data/0/found~1here`"));
    }

    #[test]
    fn usage_stands_where_it_is_pointed_to() {
        let reply = json!({"usage": {"tokens_in": 3, "cost": 0.5, "more": 1}, "billing": {"read": 7}});
        let usage = |tokens_in, cost| Some(Usage { tokens_in, tokens_out: 0, cost });
        assert_eq!(UsagePointers::default().read(&reply), usage(3, Some(0.5)));
        let pointers = UsagePointers { tokens_in: Some("/billing/read".to_owned()), ..UsagePointers::default() };
        assert_eq!((pointers.read(&reply), pointers.read(&json!({}))), (usage(7, None), None));
    }
}
