//! Canonical order of records and their lists, so that results do not depend on input order.

use std::borrow::Cow;

use crate::document::{Record, Value};
use crate::metric::json_value::{self, CodePoints};

/// Returns all records ordered by span, then by content, each with its lists in canonical order.
pub(super) fn canonical(records: &[Record]) -> Vec<Cow<'_, Record>> {
    let mut sorted: Vec<Cow<'_, Record>> = records.iter().map(record).collect();
    if sorted.len() > 1 {
        sorted.sort_by_cached_key(|record| (first_span(record), serde_json::to_string(&**record).unwrap_or_default()));
    }
    sorted
}

/// Returns the first span in a record.
pub(super) fn first_span(record: &Record) -> Option<CodePoints> {
    record.values().filter_map(json_value::span).min()
}

fn record(record: &Record) -> Cow<'_, Record> {
    if !record.values().any(has_order) {
        return Cow::Borrowed(record);
    }
    let mut record = record.clone();
    record.values_mut().for_each(sort);
    Cow::Owned(record)
}

/// Returns whether a value contains a list whose order can change.
fn has_order(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.len() > 1 || items.iter().any(has_order),
        Value::Object(fields) => fields.values().any(has_order),
        _ => false,
    }
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort);
            items.sort_by_cached_key(|item| (json_value::span(item), item.to_string()));
        }
        Value::Object(fields) => fields.values_mut().for_each(sort),
        _ => {}
    }
}
