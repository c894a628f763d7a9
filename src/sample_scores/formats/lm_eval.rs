//! Samples of lm-evaluation-harness, which it writes with `--log_samples`, one line for each
//! document and filter.
//!
//! Metrics are named as in its results, `exact_match,strict-match`, without the filter `none`.

use std::path::Path;

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row};
use crate::sample_scores::number::{Texts, number};

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder, file: &Path) {
    let Content::Lines(lines) = content else {
        refuse_form(log, "a file of samples of lm-evaluation-harness");
        return;
    };
    log.task = task(file);
    let mut lists: Vec<String> = Vec::new();
    for (line, sample) in lines {
        one(sample, &Place::line(*line), cluster, &mut lists, log);
    }
    if !lists.is_empty() {
        let names: Vec<String> = lists.iter().map(|name| format!("`{name}`")).collect();
        let what = "whose samples have several numbers that the harness sums over the corpus";
        log.notes.push(format!("{} left out, {what}", names.join(", ")));
    }
}

/// Returns the task of `samples_TASK_DATE.jsonl`.
fn task(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_str()?.strip_prefix("samples_")?;
    let (task, date) = stem.rsplit_once('_')?;
    date.starts_with(|c: char| c.is_ascii_digit()).then(|| task.to_owned())
}

fn one(sample: &Json, place: &Place, cluster: Option<&str>, lists: &mut Vec<String>, log: &mut LogBuilder) {
    let Some(id) = sample.get("doc_id").filter(|id| id.is_string() || id.is_number()).map(text_of) else {
        log.diagnostics.push(place.diagnostic("the sample has no `doc_id`"));
        return;
    };
    let filter = sample.get("filter").and_then(Json::as_str).unwrap_or("none");
    let Some(metrics) = sample.get("metrics").and_then(Json::as_array) else {
        let diagnostic = place.diagnostic("the sample has no `metrics`, which names its scores").of_document(id);
        log.diagnostics.push(diagnostic.help("versions before 0.4.8 do not write it; run the task again"));
        return;
    };
    let mut row = Row {
        content: sample.get("doc_hash").or_else(|| sample.get("doc")).map(text_of),
        answer: sample.get("resps").map(text_of),
        place: place.clone(),
        id,
        ..Row::default()
    };
    if let Some(field) = cluster {
        let value = sample.get("doc").and_then(|doc| doc.get(field));
        row.cluster = cluster_of(value, field, place, &row.id, log);
    }
    for metric in metrics.iter().filter_map(Json::as_str) {
        let name = if filter == "none" { metric.to_owned() } else { format!("{metric},{filter}") };
        match sample.get(metric) {
            None => {
                let message = format!("the sample has no `{metric}`, which its `metrics` name");
                log.diagnostics.push(place.diagnostic(message).of_document(&row.id));
            }
            Some(Json::Array(_)) => {
                if !lists.contains(&name) {
                    lists.push(name);
                }
            }
            Some(value) => match number(value, Texts::Numbers, log) {
                Some(value) => row.values.push((name, value)),
                None => {
                    let message = format!("`{metric}` is {value}, which is no number");
                    log.diagnostics.push(place.diagnostic(message).of_document(&row.id));
                }
            },
        }
    }
    log.add(row);
}
