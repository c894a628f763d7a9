//! Entities under the key names of other tools: each item of a list becomes an entity of
//! `karat.document/1`.

use crate::document::{Fields, Value};

/// The keys of an entity, each with the names that other tools have for it.
const KEYS: &[(&str, &[&str])] = &[
    ("label", &["label", "type", "entity_group", "tag", "entity_type", "category"]),
    ("start", &["start", "begin", "offset", "start_offset", "start_char"]),
    ("end", &["end", "stop", "end_offset", "end_char"]),
    ("text", &["text", "word"]),
    ("confidence", &["confidence", "score"]),
];

/// Returns the names by which an item of a list has the keys of an entity: pairs of karat's key and
/// the item's. `None` if it has no label or no start.
fn names_of(item: &Fields) -> Option<Vec<(&'static str, &'static str)>> {
    let name = |(key, names): &(&'static str, &[&'static str])| {
        Some((*key, *names.iter().find(|name| item.contains_key(name))?))
    };
    let found: Vec<_> = KEYS.iter().filter_map(name).collect();
    let has = |key: &str| found.iter().any(|(known, _)| *known == key);
    let has_end = has("end") || item.contains_key("length");
    (has("label") && has("start") && has_end).then_some(found)
}

/// Returns the names that the items of a list have for the keys of an entity, where they differ
/// from karat's: `type` for `label`. `None` if the items are no entities.
pub(super) fn other_names(list: &Value) -> Option<Vec<(&'static str, &'static str)>> {
    let items = list.as_array()?;
    let first = items.first()?.as_object()?;
    let names = names_of(first)?;
    Some(names.into_iter().filter(|(key, name)| key != name).collect())
}

/// Converts a list of entities: objects under any of the known names, or lists
/// `[start, end, label]`.
///
/// # Errors
/// Fails with a message about the first item that is no entity.
pub(super) fn entities(list: &Value) -> Result<Value, String> {
    let items = list.as_array().ok_or("the entities are no list")?;
    items
        .iter()
        .enumerate()
        .map(|(at, item)| entity(item).map_err(|message| format!("entity {at}: {message}")))
        .collect()
}

fn entity(item: &Value) -> Result<Value, String> {
    let mut fields = match item {
        Value::Array(parts) => match parts.as_slice() {
            [start, end, label] => {
                let pairs = [("start", start), ("end", end), ("label", label)];
                pairs.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect::<Vec<_>>()
            }
            _ => return Err("a list must be [start, end, label]".to_owned()),
        },
        Value::Object(item) => {
            let Some(names) = names_of(item) else { return Err(missing(item)) };
            let renamed = |key: &str| names.iter().find(|(_, name)| *name == key).map(|(known, _)| (*known).to_owned());
            let mut fields: Vec<(String, Value)> = Vec::new();
            for (key, value) in item.iter() {
                // Of two names for one key, the first is read, and the other one is kept as it is.
                let name = renamed(key).unwrap_or_else(|| key.clone());
                if !value.is_null() && (KEEPS.contains(&name.as_str()) || KEYS.iter().any(|(known, _)| *known == name))
                {
                    fields.push((name, value.clone()));
                }
            }
            if let (false, Some(end)) = (names.iter().any(|(key, _)| *key == "end"), end_of(item, &names)) {
                fields.push(("end".to_owned(), Value::from(end)));
            }
            fields
        }
        _ => return Err("it is no object".to_owned()),
    };
    for (key, value) in &mut fields {
        match key.as_str() {
            "label" if value.is_number() => {
                return Err(format!("the label is the number {value}: karat needs the label's name"));
            }
            "label" if !value.is_string() => return Err("the label is no text".to_owned()),
            // Numbers in the cells of a table are texts.
            "start" | "end" => {
                if let Some(number) = value.as_str().and_then(|text| text.parse::<u32>().ok()) {
                    *value = Value::from(number);
                }
            }
            _ => {}
        }
    }
    Ok(fields.into_iter().collect())
}

/// The further keys of an entity in `karat.document/1`, which are kept.
const KEEPS: [&str; 5] = ["id", "fragments", "optional", "alternatives", "attributes"];

/// Returns the end of an entity that has a length.
fn end_of(item: &Fields, names: &[(&str, &str)]) -> Option<u32> {
    let (_, start) = names.iter().find(|(key, _)| *key == "start")?;
    let (start, length) = (item.get(start)?.as_u64()?, item.get("length")?.as_u64()?);
    u32::try_from(start.checked_add(length)?).ok()
}

fn missing(item: &Fields) -> String {
    let absent = |key: &&str| {
        let names = KEYS.iter().find(|(known, _)| known == key).map(|(_, names)| *names).unwrap_or_default();
        !names.iter().any(|name| item.contains_key(name))
    };
    let absent: Vec<String> =
        ["label", "start", "end"].iter().filter(|key| absent(key)).map(|key| format!("`{key}`")).collect();
    let found: Vec<String> = item.keys().map(|key| format!("`{key}`")).collect();
    format!("there is no {}; its keys are {}", absent.join(" and no "), found.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{entities, other_names};
    use crate::document::Value;

    fn read(list: serde_json::Value) -> Result<String, String> {
        entities(&Value::from(list)).map(|list| list.to_string())
    }

    #[test]
    fn other_key_names_are_read() {
        let wanted = r#"[{"end":4,"label":"PER","start":0,"text":"Jane"}]"#;
        for item in [
            json!({"start": 0, "end": 4, "label": "PER", "text": "Jane"}),
            json!({"begin": 0, "stop": 4, "type": "PER", "word": "Jane"}),
            json!({"offset": 0, "length": 4, "category": "PER", "text": "Jane"}),
            json!({"start_offset": 0, "end_offset": 4, "entity_group": "PER", "word": "Jane", "user": 1}),
        ] {
            assert_eq!(read(json!([item])).unwrap(), wanted);
        }
        assert_eq!(read(json!([[0, 4, "PER"]])).unwrap(), r#"[{"end":4,"label":"PER","start":0}]"#);
    }

    #[test]
    fn what_is_no_entity_is_named() {
        assert_eq!(
            read(json!([{"start": 0}])).unwrap_err(),
            "entity 0: there is no `label` and no `end`; its keys are `start`"
        );
        assert!(read(json!([{"start": 0, "end": 1, "label": 7}])).unwrap_err().contains("the number 7"));
        assert!(read(json!(["Jane"])).is_err() && read(json!({})).is_err());
    }

    #[test]
    fn names_that_differ_are_listed() {
        let names = |list| other_names(&Value::from(list));
        assert_eq!(names(json!([{"start": 0, "end": 4, "type": "PER"}])), Some(vec![("label", "type")]));
        assert_eq!(names(json!([{"start": 0, "end": 4, "label": "PER"}])), Some(vec![]));
        assert_eq!(names(json!([{"name": "Jane"}])), None);
        assert_eq!(names(json!([])), None);
    }
}
