//! `karat.difference/1`: the items and figures that a preset counts differently from karat.

use serde_json::{Map, Value, json};

use crate::metric::Side;
use crate::score::{Differences, FigureDifference, ItemDifference};

/// Returns the differences of a preset as pretty-printed JSON, with keys in alphabetical order.
pub fn differences_to_json(preset: &str, differences: &Differences) -> String {
    let root = json!({
        "schema": "karat.difference/1",
        "preset": preset,
        "figures": differences.figures.iter().map(figure).collect::<Vec<_>>(),
        "items": differences.items.iter().map(item).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&root).expect("differences are plain data");
    text.push('\n');
    text
}

fn figure(figure: &FigureDifference) -> Value {
    let mut entry = json!({"metric": figure.metric, "karat": figure.karat, "preset": figure.preset});
    if let Some(why) = figure.why {
        entry["why"] = json!(why);
    }
    entry
}

fn item(item: &ItemDifference) -> Value {
    json!({
        "document": item.document,
        "layer": item.layer.to_string(),
        "gold": item.gold.as_ref().map(side),
        "predicted": item.predicted.as_ref().map(side),
        "karat": item.karat,
        "preset": item.preset,
        "why": item.why,
    })
}

fn side(side: &Side) -> Value {
    let mut entry = Map::new();
    if let Some((start, end)) = side.span {
        entry.insert("start".to_owned(), json!(start));
        entry.insert("end".to_owned(), json!(end));
    }
    entry.insert("label".to_owned(), json!(side.label));
    entry.insert("text".to_owned(), json!(side.text));
    Value::Object(entry)
}
