//! Results of `promptfoo eval -o results.json` and `-o results.jsonl`.
//!
//! The metrics are `score`, `success` (1 if all assertions hold), and the named metrics of
//! assertions. A log has the results of one prompt and one provider: those of several are several
//! systems.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::error::Diagnostic;
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row, Value};
use crate::sample_scores::number::{Texts, number};

/// The value of `failureReason` of a request that failed, so that nothing was scored.
const ERROR: u64 = 2;

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    let rows: Vec<(Place, &Json)> = match content {
        Content::Json(whole) => {
            let version = whole.pointer("/results/version").and_then(Json::as_u64);
            if let Some(version) = version.filter(|version| *version != 3) {
                let message = format!("the results have version {version}, and karat reads version 3 of promptfoo");
                log.diagnostics.push(Diagnostic::new(message).help("run `promptfoo eval` again with a newer version"));
                return;
            }
            let Some(results) = whole.pointer("/results/results").and_then(Json::as_array) else {
                refuse_form(log, "a file of results of promptfoo: there is no list at /results/results");
                return;
            };
            let place = |at: usize| Place::path(format!("/results/results/{at}"));
            results.iter().enumerate().map(|(at, row)| (place(at), row)).collect()
        }
        Content::Lines(lines) => lines.iter().map(|(line, row)| (Place::line(*line), row)).collect(),
        Content::Archive(_) | Content::Csv(_) => {
            refuse_form(log, "a file of results of promptfoo");
            return;
        }
    };
    let system = |row: &Json| {
        let provider = row.pointer("/provider/label").and_then(Json::as_str).filter(|label| !label.is_empty());
        let provider = provider.or_else(|| row.pointer("/provider/id").and_then(Json::as_str)).unwrap_or_default();
        (row.get("promptIdx").map(text_of).unwrap_or_default(), provider.to_owned())
    };
    let systems: BTreeSet<(String, String)> = rows.iter().map(|(_, row)| system(row)).collect();
    if systems.len() > 1 {
        let names: Vec<String> =
            systems.iter().map(|(prompt, provider)| format!("prompt {prompt} with {provider}")).collect();
        let message = format!("the results are of {} systems: {}", systems.len(), names.join(", "));
        let help = "write one file for each: `promptfoo eval --filter-providers`, or one prompt in the configuration";
        log.diagnostics.push(Diagnostic::new(message).help(help));
        return;
    }
    // With `--repeat`, promptfoo gives each repeat a `testIdx` of its own, and results are written
    // as they arrive.
    let mut rows: Vec<(Option<u64>, Place, &Json)> =
        rows.into_iter().map(|(place, row)| (row.get("testIdx").and_then(Json::as_u64), place, row)).collect();
    rows.sort_by_key(|(index, ..)| *index);
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
    for (index, place, row) in rows {
        let Some(index) = index else {
            log.diagnostics.push(place.diagnostic("the result has no `testIdx`, the number of its test"));
            continue;
        };
        let id = test_text(row).map_or(index, |test| *first.entry(test).or_insert(index));
        let repeat = seen.entry(id).or_default();
        *repeat += 1;
        one(row, (id, *repeat), &place, cluster, log);
    }
}

/// Returns the variables of a result, without those that promptfoo adds while it runs.
fn vars(result: &Json) -> Option<Json> {
    let mut vars = result.get("vars").or_else(|| result.pointer("/testCase/vars"))?.clone();
    if let Some(vars) = vars.as_object_mut() {
        vars.retain(|name, _| !["__evalId", "__evalStepId", "__repeatIndex"].contains(&name.as_str()));
    }
    Some(vars)
}

/// Returns what the repeats of a test have in common; `None` if the result does not contain it.
fn test_text(result: &Json) -> Option<String> {
    let test = result.get("testCase");
    let parts = ["description", "assert", "threshold", "options"].map(|key| test.and_then(|test| test.get(key)));
    let vars = vars(result);
    (vars.is_some() || test.is_some()).then(|| format!("{vars:?} {parts:?}"))
}

fn one(result: &Json, (id, repeat): (u64, u32), place: &Place, cluster: Option<&str>, log: &mut LogBuilder) {
    let vars = vars(result);
    let mut row = Row {
        id: id.to_string(),
        repeat: Some(repeat.to_string()),
        content: vars.as_ref().map(text_of),
        answer: result.pointer("/response/output").map(text_of),
        place: place.clone(),
        ..Row::default()
    };
    if let Some(field) = cluster {
        let in_metadata = result.get("metadata").and_then(|metadata| metadata.get(field));
        let value = vars.as_ref().and_then(|vars| vars.get(field)).or(in_metadata);
        row.cluster = cluster_of(value, field, place, &row.id, log);
    }
    if result.get("failureReason").and_then(Json::as_u64) == Some(ERROR) {
        row.error = Some(result.get("error").map_or_else(|| "the request failed".to_owned(), text_of));
        log.add(row);
        return;
    }
    let named = result.get("namedScores").and_then(Json::as_object).into_iter().flatten();
    let own = ["score", "success"].into_iter().map(|key| (key, result.get(key)));
    for (metric, value) in own.chain(named.map(|(metric, value)| (metric.as_str(), Some(value)))) {
        let found = match value {
            // Whether all assertions hold is what the tool counts, and needs no note.
            Some(Json::Bool(holds)) => Some(Value::Number(f64::from(u8::from(*holds)))),
            Some(value) => number(value, Texts::Numbers, log),
            None => None,
        };
        match found {
            Some(value) => row.values.push((metric.to_owned(), value)),
            None => {
                let what =
                    value.map_or_else(|| "is missing".to_owned(), |value| format!("is {value}, which is no number"));
                log.diagnostics.push(place.diagnostic(format!("`{metric}` {what}")).of_document(&row.id));
            }
        }
    }
    log.add(row);
}
