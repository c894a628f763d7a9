//! Canonical order of records and their lists, so that results do not depend on input order. Lists
//! whose order is scored keep it.

use std::borrow::Cow;

use crate::document::{Record, Value};
use crate::metric::json_value::CodePoints;
use crate::metric::options::{ListOrder, RecordOptions};

/// A record with its lists in canonical order.
pub(super) struct CanonicalRecord<'r> {
    /// The index of the record in the document, from 0.
    pub index: usize,
    pub record: Cow<'r, Record>,
}

/// Returns all records ordered by span, then by content, each with its lists in canonical order.
pub(super) fn canonical<'r>(records: &'r [Record], options: &RecordOptions) -> Vec<CanonicalRecord<'r>> {
    let one = |(index, one)| CanonicalRecord { index, record: record(one, options) };
    let mut sorted: Vec<CanonicalRecord<'_>> = records.iter().enumerate().map(one).collect();
    if sorted.len() > 1 {
        sorted.sort_by_cached_key(|CanonicalRecord { record, .. }| {
            (first_span(record), serde_json::to_string(&**record).unwrap_or_default())
        });
    }
    sorted
}

/// Returns the first span in a record.
pub(super) fn first_span(record: &Record) -> Option<CodePoints> {
    record.values().filter_map(Value::span).min()
}

fn record<'r>(record: &'r Record, options: &RecordOptions) -> Cow<'r, Record> {
    if !record.values().any(has_order) {
        return Cow::Borrowed(record);
    }
    let mut record = record.clone();
    for (name, value) in record.iter_mut() {
        sort(value, name, options);
    }
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

fn sort(value: &mut Value, path: &str, options: &RecordOptions) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| sort(item, path, options));
            if options.field(path).list == ListOrder::Any {
                items.sort_by_cached_key(|item| (item.span(), item.to_string()));
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                sort(value, &format!("{path}.{name}"), options);
            }
        }
        _ => {}
    }
}
