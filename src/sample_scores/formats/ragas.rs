//! Tables of ragas: `result.to_pandas()` as CSV, as JSON records, or as JSON by column, which is
//! what `to_json` writes by default.
//!
//! Rows have no ids. They are joined by `user_input`, or by a column `id` if there is one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::table::{Cells, is_empty, metric_columns, rows, wide};
use super::{Content, cluster_of};
use crate::error::Diagnostic;
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row};

/// The columns that hold the input of a row, in newer and older versions.
pub(super) const INPUTS: [&str; 2] = ["user_input", "question"];

/// The columns of a sample that are no metrics.
const OWN: [&str; 19] = [
    "answer",
    "cluster",
    "contexts",
    "error",
    "ground_truth",
    "ground_truths",
    "id",
    "multi_responses",
    "question",
    "reference",
    "reference_context_ids",
    "reference_contexts",
    "reference_tool_calls",
    "repeat",
    "response",
    "retrieved_context_ids",
    "retrieved_contexts",
    "rubrics",
    "user_input",
];

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    let rows = match content {
        Content::Json(Json::Object(columns)) => by_column(columns),
        other => match rows(other, log) {
            Some(rows) => rows,
            None => return,
        },
    };
    let has_ids = rows.iter().any(|(_, cells)| cells.contains_key("id"));
    let input = INPUTS.into_iter().find(|column| rows.iter().any(|(_, cells)| cells.contains_key(*column)));
    let Some(key) = (if has_ids { Some("id") } else { input }) else {
        log.diagnostics.push(Diagnostic::new("the table has neither a column `user_input` nor `id`"));
        return;
    };
    let texts: BTreeSet<String> = rows.iter().filter_map(|(_, cells)| cells.get(key)).map(text_of).collect();
    if !has_ids {
        if texts.len() < rows.len() {
            let message = format!("rows are joined by `{key}`, and several rows have the same");
            log.diagnostics.push(Diagnostic::new(message).help("add a column `id`, and `repeat` for repeats"));
            return;
        }
        log.notes.push(format!("rows are joined by `{key}`"));
    }
    let has_clusters = rows.iter().any(|(_, cells)| cells.contains_key("cluster"));
    let metrics = metric_columns(&rows, &OWN, cluster, log);
    for (place, cells) in &rows {
        let cell = |column: &str| cells.get(column).filter(|cell| !is_empty(cell));
        let Some(id) = cell(key).map(text_of) else {
            log.diagnostics.push(place.diagnostic(format!("the row has no `{key}`")));
            continue;
        };
        let mut row = Row {
            repeat: cell("repeat").map(text_of),
            error: cell("error").map(text_of),
            content: input.and_then(cell).map(text_of),
            answer: cell("response").or_else(|| cell("answer")).map(text_of),
            values: wide(cells, &metrics, &id, place, log),
            place: place.clone(),
            id,
            ..Row::default()
        };
        if let Some(field) = cluster.or(has_clusters.then_some("cluster")) {
            row.cluster = cluster_of(cell(field), field, place, &row.id, log);
        }
        log.add(row);
    }
}

/// Returns the rows of a table that is written by column: `{"user_input": {"0": "..."}}`.
fn by_column(columns: &serde_json::Map<String, Json>) -> Vec<(Place, Cells)> {
    let mut rows: BTreeMap<&String, Cells> = BTreeMap::new();
    for (column, cells) in columns {
        for (row, cell) in cells.as_object().into_iter().flatten() {
            rows.entry(row).or_default().insert(column.clone(), cell.clone());
        }
    }
    rows.into_iter().map(|(row, cells)| (Place::path(format!("/*/{row}")), cells)).collect()
}
