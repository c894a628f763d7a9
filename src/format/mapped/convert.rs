//! Converts a row to an object of `karat.document/1` by a field map.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::entities::entities;
use super::field_map::{Field, FieldMap, FieldSource};
use crate::document::{Fields, Value};
use crate::error::Diagnostic;
use crate::format::unknown_keys::DOCUMENT;

/// Returns the object of a row: the mapped fields, and those keys of `karat.document/1` in the row
/// that are not mapped. A field without a value in the row is absent. `number` is the id of a row
/// without one.
///
/// # Errors
/// Fails if a value has a type that the field cannot have.
pub(super) fn convert(row: &Value, map: &FieldMap, number: Option<usize>) -> Result<Value, Diagnostic> {
    let mut object: BTreeMap<String, Value> = BTreeMap::new();
    let own = row.as_object().into_iter().flat_map(Fields::iter);
    for (key, value) in own.filter(|(key, _)| DOCUMENT.contains(&key.as_str()) && !map.maps_key(key)) {
        if let Some(value) = own_value(key, value) {
            object.insert(key.clone(), value);
        }
    }
    let mut lists: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for (field, source) in map.iter() {
        let Some(value) = find(row, source).filter(|value| !value.is_null()) else { continue };
        let wrong = |message: String| Diagnostic::new(format!("`{source}` cannot be read as `{field}`: {message}"));
        match field {
            Field::Key("summary" | "summaries") => {
                lists.entry("summaries").or_default().extend(texts(&value).map_err(wrong)?);
            }
            Field::Key("keyphrases") => {
                lists.entry("keyphrases").or_default().extend(texts(&parsed(value)).map_err(wrong)?);
            }
            Field::Key("entities") => {
                object.insert("entities".to_owned(), entities(&parsed(value)).map_err(wrong)?);
            }
            Field::Key(key @ ("id" | "text" | "offset_unit" | "status" | "error")) => {
                object.insert((*key).to_owned(), value.into_owned());
            }
            Field::Key(key) => {
                object.insert((*key).to_owned(), parsed(value).into_owned());
            }
            Field::Meta(name) => {
                let meta = object.entry("meta".to_owned()).or_insert_with(|| Value::Object(Fields::new()));
                meta.as_object_mut().and_then(|meta| meta.insert(name.clone(), value.into_owned()));
            }
            Field::Record { name, path } => record(&mut object, name, path, value).map_err(wrong)?,
        }
    }
    object.extend(lists.into_iter().map(|(key, list)| (key.to_owned(), list.into_iter().collect())));
    if let (Some(number), false) = (number, object.contains_key("id")) {
        object.insert("id".to_owned(), Value::from(number.to_string()));
    }
    Ok(Value::from(object))
}

/// Returns the value of a key of `karat.document/1` in a row; `None` if it has none. In the cell of
/// a table, a list or an object is JSON text, and a list of texts may be one text.
fn own_value(key: &str, value: &Value) -> Option<Value> {
    const TEXTS: [&str; 8] = ["id", "text", "text_sha256", "summary", "offset_unit", "error", "status", "repeat"];
    let Some(text) = value.as_str().filter(|_| !TEXTS.contains(&key) || key == "repeat") else {
        return Some(value.clone()).filter(|value| !value.is_null());
    };
    match parsed(Cow::Borrowed(value)) {
        _ if text.trim().is_empty() => None,
        Cow::Owned(value) => Some(value),
        Cow::Borrowed(value) if matches!(key, "summaries" | "keyphrases") => {
            Some([value.clone()].into_iter().collect())
        }
        Cow::Borrowed(value) => Some(text.parse::<u32>().map_or_else(|_| value.clone(), Value::from)),
    }
}

/// Returns the value of a source in a row. In a table, the first step of a pointer is a column, and
/// the others lead into the JSON text of its cell.
pub(super) fn find<'r>(row: &'r Value, source: &FieldSource) -> Option<Cow<'r, Value>> {
    let pointer = match source {
        FieldSource::Column(name) => return row.get(name).map(Cow::Borrowed),
        FieldSource::Pointer(pointer) => pointer,
    };
    if let Some(value) = row.pointer(pointer) {
        return Some(Cow::Borrowed(value));
    }
    let end = pointer.get(1..)?.find('/')? + 1;
    let cell: Value = serde_json::from_str(row.pointer(&pointer[..end])?.as_str()?).ok()?;
    cell.pointer(&pointer[end..]).cloned().map(Cow::Owned)
}

/// Returns a value, or what the JSON text in a cell says if it is a list or an object.
fn parsed(value: Cow<'_, Value>) -> Cow<'_, Value> {
    let json = value.as_str().filter(|text| text.trim_start().starts_with(['[', '{']));
    match json.and_then(|text| serde_json::from_str(text).ok()) {
        Some(parsed) => Cow::Owned(parsed),
        None => value,
    }
}

/// Returns the texts of a value that is a text or a list of texts.
fn texts(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::String(_) => Ok(vec![value.clone()]),
        Value::Array(items) if items.iter().all(Value::is_string) => Ok(items.clone()),
        _ => Err("it is no text and no list of texts".to_owned()),
    }
}

/// Adds records, or a field of the document's only record.
fn record(
    object: &mut BTreeMap<String, Value>,
    name: &str,
    path: &[String],
    value: Cow<'_, Value>,
) -> Result<(), String> {
    // Other fields of the row's own `records` are not mapped and were not kept.
    let records = object.entry("records".to_owned()).or_insert_with(|| Value::Object(Fields::new()));
    let Some(records) = records.as_object_mut() else { return Err("`records` is no object".to_owned()) };
    let Some((last, parents)) = path.split_last() else {
        let list = match parsed(value).into_owned() {
            Value::Array(items) if items.iter().all(Value::is_object) => Value::Array(items),
            Value::Object(one) => Value::Array(vec![Value::Object(one)]),
            _ => {
                return Err("it is no record and no list of records; name a field, as in records.NAME.FIELD".to_owned());
            }
        };
        records.insert(name.to_owned(), list);
        return Ok(());
    };
    if !records.contains_key(name) {
        records.insert(name.to_owned(), Value::Array(vec![Value::Object(Fields::new())]));
    }
    let Some(Value::Array(list)) = records.get_mut(name) else { return Err("it is no list of records".to_owned()) };
    let [Value::Object(fields)] = list.as_mut_slice() else {
        return Err(format!("`records.{name}` is mapped as a list, too"));
    };
    let mut fields = fields;
    for parent in parents {
        if !fields.contains_key(parent) {
            fields.insert(parent.clone(), Value::Object(Fields::new()));
        }
        fields = fields.get_mut(parent).and_then(Value::as_object_mut).ok_or("its parent is no object")?;
    }
    // An empty cell of a table is no value.
    if value.as_str() != Some("") {
        fields.insert(last.clone(), value.into_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;
    use crate::document::Value;
    use crate::format::FieldMap;

    fn converted(row: serde_json::Value, map: &[&str]) -> Result<String, String> {
        let map = FieldMap::new(map.iter().map(|pair| FieldMap::parse_pair(pair).unwrap())).unwrap();
        let object = convert(&Value::from(row), &map, Some(7));
        object.map(|object| object.to_string()).map_err(|diagnostic| diagnostic.message)
    }

    #[test]
    fn fields_are_read_from_columns_and_pointers() {
        let row = json!({"meta": {"id": "a"}, "ref0": "x", "ref1": "y", "out": [{"text": "z"}], "n": 1.25});
        assert_eq!(
            converted(row.clone(), &["id=/meta/id", "summaries=ref0", "summaries=ref1"]).unwrap(),
            r#"{"id":"a","meta":{"id":"a"},"summaries":["x","y"]}"#
        );
        assert_eq!(
            converted(row.clone(), &["summary=/out/0/text", "meta.n=n"]).unwrap(),
            r#"{"id":"7","meta":{"n":1.25},"summaries":["z"]}"#
        );
        assert_eq!(
            converted(row, &["records.r.a.b=n", "records.r.c=ref0", "meta.x=none"]).unwrap(),
            r#"{"id":"7","records":{"r":[{"a":{"b":1.25},"c":"x"}]}}"#
        );
    }

    #[test]
    fn cells_may_hold_json() {
        let row = json!({"id": "a", "json": "{\"ents\": [[0, 1, \"X\"]]}", "list": "[\"a\", \"b\"]", "summary": ""});
        assert_eq!(
            converted(row, &["entities=/json/ents", "keyphrases=list"]).unwrap(),
            r#"{"entities":[{"end":1,"label":"X","start":0}],"id":"a","keyphrases":["a","b"],"summary":""}"#
        );
    }

    #[test]
    fn a_wrong_type_is_an_error() {
        let error = converted(json!({"n": 1}), &["summary=n"]).unwrap_err();
        assert_eq!(error, "`n` cannot be read as `summary`: it is no text and no list of texts");
        assert!(converted(json!({"n": 1}), &["records.r=n"]).unwrap_err().contains("records.NAME.FIELD"));
    }
}
