//! Reads rows as JSON objects: one per line, or an array of them.

use super::super::json::Node;
use super::columns::{Columns, MeasurementKind, RATING, Role};
use super::row::{MeasurementSettings, Row};
use crate::error::Diagnostic;

/// The help of diagnostics: how to write a row.
pub(super) const EXAMPLE: &str =
    "one object a line: {\"system\": \"a\", \"document\": \"d1\", \"rouge1\": 0.41} or \"rating\": 4";

pub(super) fn read(root: &Node<'_>, line: usize, reading: &MeasurementSettings<'_>, rows: &mut Vec<Row>) {
    if root.value.is_array() {
        root.items().iter().for_each(|item| rows.extend(row(item, 0, reading)));
    } else {
        rows.extend(row(root, line, reading));
    }
}

fn row(node: &Node<'_>, line: usize, reading: &MeasurementSettings<'_>) -> Option<Row> {
    let names: Vec<&str> = node.object()?.keys().map(String::as_str).collect();
    let columns = match Columns::new(&names, reading.kind) {
        Ok(columns) => columns,
        Err(message) => {
            node.diagnostic(Diagnostic::new(message));
            return None;
        }
    };
    let at = |column: usize| node.get(names[column]);
    let id = |column: Option<usize>, role: Role| match column.and_then(at) {
        Some(node) => node.id(),
        None => {
            node.diagnostic(Diagnostic::new(format!("`{}` is missing", reading.kind.name_of(role))).help(EXAMPLE));
            None
        }
    };
    let system = match reading.system {
        Some(system) if columns.system.is_none() => Some(system.to_owned()),
        _ => id(columns.system, Role::System),
    };
    let document = id(columns.document, Role::Document);
    let annotator = match columns.annotator.and_then(at) {
        Some(node) => Some(node.id()?),
        None => None,
    };
    let mut values = Vec::new();
    let mut read = |name: &str, column: usize| {
        if (reading.wanted)(name) {
            let number = at(column).and_then(|node| node.number());
            values.extend(number.map(|number| (name.to_owned(), number)));
        }
    };
    match columns.long {
        Some((name, value)) => match name.and_then(at) {
            Some(node) => read(&node.id()?, value),
            None if reading.kind == MeasurementKind::Ratings => read(RATING, value),
            None => {
                id(None, Role::Name);
            }
        },
        None => columns.wide.iter().for_each(|column| read(names[*column], *column)),
    }
    Some(Row { system: system?, document: document?, annotator, values, line })
}
