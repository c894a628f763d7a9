//! The JSON Schema that a model's answer must follow.

use serde_json::{Map, Value, json};

use crate::document::{Layer, LayerSet};

/// Why a model cannot fill a layer; `None` if it can. The text continues a sentence that begins
/// with the layer's name.
pub fn refused(layer: &Layer) -> Option<&'static str> {
    match layer {
        Layer::Relations => Some("joins entities by ids, which quotes do not have"),
        Layer::Events => Some("joins triggers and arguments by ids, which quotes do not have"),
        Layer::Coreference => Some("joins mentions, which quotes do not tell apart"),
        Layer::Records(_) => Some("has fields that karat does not know"),
        Layer::Entities | Layer::KeyPoints | Layer::KeySentences | Layer::Summaries | Layer::Keyphrases => None,
    }
}

/// The `response_format` for these layers: strict, with all keys required and no others allowed.
pub(super) fn response_format(layers: &LayerSet, labels: &[String]) -> Value {
    let properties: Map<String, Value> = layers.iter().map(|layer| (layer.to_string(), list(layer, labels))).collect();
    json!({
        "type": "json_schema",
        "json_schema": {"name": "annotations", "strict": true, "schema": object(&properties)},
    })
}

fn list(layer: &Layer, labels: &[String]) -> Value {
    let items = match layer {
        Layer::Entities => {
            let mut label = Map::from_iter([("type".to_owned(), json!("string"))]);
            if !labels.is_empty() {
                label.insert("enum".to_owned(), json!(labels));
            }
            let quote = json!({"type": "string", "description": "copied from the document, character by character"});
            object(&Map::from_iter([("quote".to_owned(), quote), ("label".to_owned(), label.into())]))
        }
        Layer::KeySentences => {
            json!({"type": "string", "description": "a sentence copied from the document, character by character"})
        }
        _ => json!({"type": "string"}),
    };
    json!({"type": "array", "items": items})
}

fn object(properties: &Map<String, Value>) -> Value {
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
