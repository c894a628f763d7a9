//! Plain tables, CSV or JSON lines: long ones with the columns `id`, `metric` and `value` (or
//! `numerator` and `denominator`), and wide ones with `id` and one column for each metric. Both may
//! have the columns `cluster`, `repeat` and `error`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::error::Diagnostic;
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row, Value};
use crate::sample_scores::number::{Texts, number};

/// A row of a table, by column.
pub(super) type Cells = BTreeMap<String, Json>;

/// The columns that are no metrics.
const OWN: [&str; 4] = ["id", "cluster", "repeat", "error"];

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    let Some(rows) = rows(content, log) else { return };
    let has = |column: &str| rows.iter().any(|(_, cells)| cells.contains_key(column));
    let is_long = is_long(has);
    let metrics = if is_long { Vec::new() } else { metric_columns(&rows, &OWN, cluster, log) };
    let has_clusters = has("cluster");
    for (place, cells) in &rows {
        let text = |column: &str| cells.get(column).filter(|cell| !is_empty(cell)).map(text_of);
        let Some(id) = text("id") else {
            log.diagnostics.push(place.diagnostic("the row has no `id`"));
            continue;
        };
        let mut row = Row { repeat: text("repeat"), error: text("error"), place: place.clone(), id, ..Row::default() };
        if let Some(field) = cluster.or(has_clusters.then_some("cluster")) {
            let cell = cells.get(field).filter(|cell| !is_empty(cell));
            row.cluster = cluster_of(cell, field, place, &row.id, log);
        }
        if is_long {
            long(cells, &mut row, log);
        } else {
            row.values = wide(cells, &metrics, &row.id, place, log);
        }
        log.add(row);
    }
}

/// Returns whether a table with some columns has one row for each metric of a sample.
pub(super) fn is_long(has: impl Fn(&str) -> bool) -> bool {
    has("metric") && (has("value") || has("numerator"))
}

/// Returns whether a cell has no value.
pub(super) fn is_empty(cell: &Json) -> bool {
    cell.is_null() || cell.as_str().is_some_and(|text| text.trim().is_empty())
}

fn long(cells: &Cells, row: &mut Row, log: &mut LogBuilder) {
    let place = row.place.clone();
    let Some(metric) = cells.get("metric").filter(|cell| !is_empty(cell)).map(text_of) else {
        if row.error.is_none() {
            log.diagnostics.push(place.diagnostic("the row has no `metric`").of_document(&row.id));
        }
        return;
    };
    // An error beside a metric is about this metric, and not about the others of the sample.
    if let Some(message) = row.error.take() {
        row.metric_error = Some(message);
        row.values.push((metric, Value::None));
        return;
    }
    let mut of = |column: &str| {
        let cell = cells.get(column).unwrap_or(&Json::Null);
        let found = number(cell, Texts::Numbers, log);
        if found.is_none() {
            let message = format!("`{column}` is {}, which is no number", text_of(cell));
            log.diagnostics.push(place.diagnostic(message).of_document(&row.id));
        }
        found.unwrap_or(Value::None)
    };
    let (value, numerator, denominator) = (of("value"), of("numerator"), of("denominator"));
    let wrong = match (value, numerator, denominator) {
        (value, Value::None, Value::None) => {
            row.values.push((metric, value));
            None
        }
        (Value::None, Value::Number(part), Value::Number(0.0)) if part != 0.0 => {
            Some("the `denominator` is 0 and the `numerator` is not")
        }
        (Value::None, Value::Number(part), Value::Number(whole)) if whole >= 0.0 => {
            row.values.push((metric, Value::Ratio(part, whole)));
            None
        }
        (Value::None, Value::Number(_), Value::Number(_)) => Some("the `denominator` is negative"),
        (Value::None, ..) => Some("the row has only one of `numerator` and `denominator`"),
        _ => Some("the row has a `value` and also a `numerator` or a `denominator`"),
    };
    log.diagnostics.extend(wrong.map(|message| place.diagnostic(message).of_document(&row.id)));
}

/// Returns the values of the metric columns of a row.
pub(super) fn wide(
    cells: &Cells,
    metrics: &[String],
    id: &str,
    place: &Place,
    log: &mut LogBuilder,
) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    for metric in metrics {
        let Some(cell) = cells.get(metric) else { continue };
        match number(cell, Texts::Numbers, log) {
            Some(value) => values.push((metric.clone(), value)),
            None => {
                let message = format!("`{metric}` is {}, which is no number", text_of(cell));
                let diagnostic = place.diagnostic(message).of_document(id);
                log.diagnostics.push(diagnostic.help("leave the column out if it is no metric"));
            }
        }
    }
    values
}

/// Returns whether a column has no name. pandas writes its index as such a column, and reads it as
/// `Unnamed: 0`.
fn is_unnamed(column: &str) -> bool {
    column.is_empty() || column.starts_with("Unnamed: ")
}

/// Returns the columns of metrics: those that have a name, and a number in some row. Notes the
/// others.
pub(super) fn metric_columns(
    rows: &[(Place, Cells)],
    own: &[&str],
    cluster: Option<&str>,
    log: &mut LogBuilder,
) -> Vec<String> {
    let mut columns: BTreeMap<&String, bool> = BTreeMap::new();
    let mut unnamed: BTreeSet<&String> = BTreeSet::new();
    let mut scratch = LogBuilder::default();
    for (column, cell) in rows.iter().flat_map(|(_, cells)| cells) {
        if own.contains(&column.as_str()) || cluster == Some(column) {
            continue;
        }
        if is_unnamed(column) {
            unnamed.insert(column);
            continue;
        }
        let has_number = columns.entry(column).or_default();
        *has_number |= !*has_number && matches!(number(cell, Texts::Numbers, &mut scratch), Some(Value::Number(_)));
    }
    let texts: Vec<String> =
        columns.iter().filter(|(_, has_number)| !**has_number).map(|(column, _)| format!("`{column}`")).collect();
    if !texts.is_empty() {
        log.notes.push(format!("columns without any number are no metrics: {}", texts.join(", ")));
    }
    if !unnamed.is_empty() {
        let names: Vec<String> = unnamed.iter().map(|column| format!("`{column}`")).collect();
        log.notes.push(format!("columns without a name are ignored: {}", names.join(", ")));
    }
    columns.into_iter().filter(|(_, has_number)| *has_number).map(|(column, _)| column.clone()).collect()
}

/// Returns the rows of a table with their places; `None` if the file is no table.
pub(super) fn rows(content: &Content<'_>, log: &mut LogBuilder) -> Option<Vec<(Place, Cells)>> {
    let of_json = |rows: Vec<(Place, &Json)>, log: &mut LogBuilder| {
        let mut found = Vec::new();
        for (place, row) in rows {
            match row.as_object() {
                Some(row) => {
                    found.push((place, row.iter().map(|(column, cell)| (column.clone(), cell.clone())).collect()));
                }
                None => log.diagnostics.push(place.diagnostic("the row is no object")),
            }
        }
        found
    };
    match content {
        Content::Csv(text) => of_csv(text, log),
        Content::Lines(lines) => {
            Some(of_json(lines.iter().map(|(line, row)| (Place::line(*line), row)).collect(), log))
        }
        Content::Json(Json::Array(rows)) => {
            let rows = rows.iter().enumerate().map(|(at, row)| (Place::path(format!("/{at}")), row)).collect();
            Some(of_json(rows, log))
        }
        Content::Json(_) | Content::Archive(_) => {
            refuse_form(log, "a table of scores");
            None
        }
    }
}

fn of_csv(text: &str, log: &mut LogBuilder) -> Option<Vec<(Place, Cells)>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let mut wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, |position| position.line() as usize);
        log.diagnostics.push(Diagnostic::new(format!("broken CSV: {error}")).at((line.max(1), 1)));
    };
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            wrong(&error);
            return None;
        }
    };
    let mut found = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(1, |position| position.line() as usize);
                let cell = |(column, cell): (&str, &str)| (column.trim().to_owned(), Json::String(cell.to_owned()));
                found.push((Place::line(line), header.iter().zip(record.iter()).map(cell).collect()));
            }
            Err(error) => wrong(&error),
        }
    }
    let mut columns: Vec<&str> = header.iter().map(str::trim).filter(|column| !is_unnamed(column)).collect();
    columns.sort_unstable();
    if let Some(twice) = columns.windows(2).find(|pair| pair[0] == pair[1]) {
        log.diagnostics.push(Diagnostic::new(format!("the column `{}` occurs twice", twice[0])).at((1, 1)));
    }
    Some(found)
}
