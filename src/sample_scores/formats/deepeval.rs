//! Test runs of deepeval: `.deepeval/.latest_test_run.json` and the files of
//! `DEEPEVAL_RESULTS_FOLDER`.
//!
//! Test cases are numbered by position, so that they are joined by their inputs if these differ,
//! and by their names otherwise.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::error::Diagnostic;
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row, Value};
use crate::sample_scores::number::{Texts, number};

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    let Content::Json(whole) = content else {
        refuse_form(log, "a test run of deepeval");
        return;
    };
    if whole.get("test_cases_lookup_map").is_some() {
        let message = "this is deepeval's cache, which has no names of test cases";
        log.diagnostics.push(Diagnostic::new(message).help("name `.deepeval/.latest_test_run.json` instead"));
        return;
    }
    let (run, root) = whole.get("testRunData").map_or((whole, ""), |run| (run, "/testRunData"));
    let list = |key: &str| run.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    if !list("conversationalTestCases").is_empty() {
        let message = "the test run has conversational test cases, which karat does not read";
        log.diagnostics.push(Diagnostic::new(message).help("write a table with the columns id, metric and value"));
        return;
    }
    let cases = list("testCases");
    if cases.is_empty() {
        refuse_form(log, "a test run of deepeval: there is no test case in `testCases`");
        return;
    }
    let input = |case: &Json| case.get("input").and_then(Json::as_str).map(str::to_owned);
    let inputs: BTreeSet<String> = cases.iter().filter_map(input).collect();
    let is_by_input = inputs.len() == cases.len();
    let by = if is_by_input { "inputs" } else { "names" };
    log.notes.push(format!("test cases are joined by their {by}"));
    for (at, case) in cases.iter().enumerate() {
        let place = Place::path(format!("{root}/testCases/{at}"));
        let name = case.get("name").and_then(Json::as_str).map(str::to_owned);
        let Some(id) = (if is_by_input { input(case) } else { name }) else {
            log.diagnostics.push(place.diagnostic("the test case has no `name`, and its `input` is not unique"));
            continue;
        };
        one(case, id, &place, cluster, log);
    }
}

fn one(case: &Json, id: String, place: &Place, cluster: Option<&str>, log: &mut LogBuilder) {
    let mut row = Row {
        content: case.get("input").map(text_of),
        answer: case.get("actualOutput").map(text_of),
        place: place.clone(),
        id,
        ..Row::default()
    };
    if let Some(field) = cluster {
        let metadata = ["metadata", "additionalMetadata"].iter().find_map(|key| case.get(*key));
        row.cluster = cluster_of(metadata.and_then(|metadata| metadata.get(field)), field, place, &row.id, log);
    }
    let metrics = case.get("metricsData").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    if metrics.is_empty() {
        log.diagnostics.push(place.diagnostic("the test case has no score in `metricsData`").of_document(&row.id));
    }
    for (at, metric) in metrics.iter().enumerate() {
        let place = place.below("metricsData").below(&at.to_string());
        let Some(name) = metric.get("name").and_then(Json::as_str) else {
            log.diagnostics.push(place.diagnostic("the metric has no `name`").of_document(&row.id));
            continue;
        };
        // A metric whose judge failed has an error and no score.
        let score = metric.get("score").unwrap_or(&Json::Null);
        let has_error = metric.get("error").is_some_and(|error| !error.is_null());
        match number(score, Texts::Numbers, log) {
            Some(Value::None) if !has_error => {
                log.diagnostics.push(place.diagnostic("the metric has no `score` and no `error`").of_document(&row.id));
            }
            Some(value) => {
                let threshold = metric.get("threshold").and_then(Json::as_f64);
                let success = metric.get("success").and_then(Json::as_bool).filter(|_| !has_error);
                if let (Value::Number(score), Some(threshold), Some(success)) = (value, threshold, success) {
                    log.observe(name, &row.id, (score, threshold), success);
                }
                row.values.push((name.to_owned(), value));
            }
            None => {
                let message = format!("`score` is {score}, which is no number");
                log.diagnostics.push(place.diagnostic(message).of_document(&row.id));
            }
        }
    }
    log.add(row);
}
