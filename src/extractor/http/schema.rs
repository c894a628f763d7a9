//! The JSON Schema that a model's answer must follow.
//!
//! Models write the keys of an object in the order in which the schema lists them, so that order is
//! part of the task: a label that follows its quote is decided with the quote in view. The schema
//! is therefore serialised here, since maps of `serde_json` sort their keys.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::document::{Layer, LayerSet};

/// Why a model cannot fill a layer; `None` if it can. The text continues a sentence that begins
/// with the layer's name.
pub fn refused(layer: &Layer) -> Option<&'static str> {
    match layer {
        Layer::Relations => Some("joins entities by ids, which quotes do not have"),
        Layer::Events => Some("joins triggers and arguments by ids, which quotes do not have"),
        Layer::Coreference => Some("joins mentions, which quotes do not tell apart"),
        Layer::Records(_) => Some("has fields that karat does not know"),
        Layer::Scores(_) => Some("is computed by another harness"),
        Layer::Entities | Layer::KeyPoints | Layer::KeySentences | Layer::Summaries | Layer::Keyphrases => None,
    }
}

/// The `response_format` for these layers as JSON: strict, with all keys required and no others
/// allowed.
pub(super) fn response_format(layers: &LayerSet, labels: &[String]) -> Box<RawValue> {
    let properties = layers.iter().map(|layer| (layer.to_string(), list(layer, labels))).collect();
    let schema = object(properties);
    let named = InOrder(vec![
        ("name".to_owned(), raw(&"annotations")),
        ("schema".to_owned(), schema),
        ("strict".to_owned(), raw(&true)),
    ]);
    raw(&InOrder(vec![("json_schema".to_owned(), raw(&named)), ("type".to_owned(), raw(&"json_schema"))]))
}

fn list(layer: &Layer, labels: &[String]) -> Box<RawValue> {
    let items = match layer {
        Layer::Entities => {
            let label = match labels {
                [] => json!({"type": "string"}),
                labels => json!({"type": "string", "enum": labels}),
            };
            let quote = json!({"type": "string", "description": "copied from the document, character by character"});
            object(vec![("quote".to_owned(), raw(&quote)), ("label".to_owned(), raw(&label))])
        }
        Layer::KeySentences => {
            let description = "a sentence copied from the document, character by character";
            raw(&json!({"type": "string", "description": description}))
        }
        _ => raw(&json!({"type": "string"})),
    };
    raw(&InOrder(vec![("items".to_owned(), items), ("type".to_owned(), raw(&"array"))]))
}

fn object(properties: Vec<(String, Box<RawValue>)>) -> Box<RawValue> {
    let required: Vec<String> = properties.iter().map(|(name, _)| name.clone()).collect();
    raw(&InOrder(vec![
        ("additionalProperties".to_owned(), raw(&false)),
        ("properties".to_owned(), raw(&InOrder(properties))),
        ("required".to_owned(), raw(&required)),
        ("type".to_owned(), raw(&"object")),
    ]))
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("a schema is plain data")
}

/// An object whose keys keep their order.
struct InOrder(Vec<(String, Box<RawValue>)>);

impl Serialize for InOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::response_format;
    use crate::document::{Layer, LayerSet};

    #[test]
    fn a_quote_precedes_its_label() {
        let schema = response_format(&LayerSet::from([Layer::Entities]), &["PERSON".to_owned()]);
        assert_eq!(
            schema.get(),
            concat!(
                r#"{"json_schema":{"name":"annotations","schema":{"additionalProperties":false,"properties":{"entities":"#,
                r#"{"items":{"additionalProperties":false,"properties":{"#,
                r#""quote":{"description":"copied from the document, character by character","type":"string"},"#,
                r#""label":{"enum":["PERSON"],"type":"string"}},"required":["quote","label"],"type":"object"},"#,
                r#""type":"array"}},"required":["entities"],"type":"object"},"strict":true},"type":"json_schema"}"#
            )
        );
    }
}
