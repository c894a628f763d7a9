//! Logs of inspect_ai, version 2 of its schema: `.eval` archives and `.json`.
//!
//! A scorer that returns several values has one metric for each of them, `scorer.key`.

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::error::Diagnostic;
use crate::sample_scores::archive::entries;
use crate::sample_scores::json::{self, text_of};
use crate::sample_scores::log::{LogBuilder, Place, Row, Value};
use crate::sample_scores::number::{Texts, number};

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    match content {
        Content::Archive(bytes) => {
            let is_wanted =
                |name: &str| name == "header.json" || (name.starts_with("samples/") && name.ends_with(".json"));
            match entries(bytes, is_wanted) {
                Ok(found) => of_archive(&found, cluster, log),
                Err(diagnostic) => log.diagnostics.push(diagnostic),
            }
        }
        Content::Json(whole) => {
            if !header(whole, log) {
                return;
            }
            match whole.get("samples").and_then(Json::as_array) {
                Some(samples) => {
                    for (at, sample) in samples.iter().enumerate() {
                        one(sample, &Place::path(format!("/samples/{at}")), cluster, log);
                    }
                    complete(whole, samples.len(), log);
                }
                None => without_samples(log),
            }
        }
        Content::Lines(_) | Content::Csv(_) => refuse_form(log, "a log of inspect_ai"),
    }
}

fn of_archive(found: &[(String, String)], cluster: Option<&str>, log: &mut LogBuilder) {
    let parse = |name: &str, text: &str, log: &mut LogBuilder| match json::parse(text, &Place::path(name)) {
        Ok(value) => Some(value),
        Err(diagnostic) => {
            log.diagnostics.push(diagnostic);
            None
        }
    };
    let Some((name, text)) = found.iter().find(|(name, _)| name == "header.json") else {
        let diagnostic = Diagnostic::new("the archive has no `header.json`");
        log.diagnostics.push(diagnostic.help("the run that writes it did not end, or it is no log of inspect_ai"));
        return;
    };
    let Some(head) = parse(name, text, log) else { return };
    if !header(&head, log) {
        return;
    }
    let mut count = 0;
    for (name, text) in found.iter().filter(|(name, _)| name != "header.json") {
        count += 1;
        if let Some(sample) = parse(name, text, log) {
            one(&sample, &Place::path(name.clone()), cluster, log);
        }
    }
    if count == 0 {
        without_samples(log);
    }
    complete(&head, count, log);
}

fn without_samples(log: &mut LogBuilder) {
    let diagnostic = Diagnostic::new("the log has no samples");
    log.diagnostics.push(diagnostic.help("inspect_ai leaves them out with --no-log-samples"));
}

/// Reads what the log says about the run. Returns whether its schema is known.
fn header(head: &Json, log: &mut LogBuilder) -> bool {
    match head.get("version").and_then(Json::as_u64) {
        Some(2) => {}
        Some(other) => {
            let message = format!("the log has version {other} of inspect_ai's schema, and karat reads version 2");
            log.diagnostics
                .push(Diagnostic::new(message).help("`inspect log convert` of your version writes the new schema"));
            return false;
        }
        None => {
            log.diagnostics.push(Diagnostic::new("the log has no `version`, which names inspect_ai's schema"));
            return false;
        }
    }
    log.task = head.pointer("/eval/task").and_then(Json::as_str).map(str::to_owned);
    let status = head.get("status").and_then(Json::as_str).unwrap_or("unknown");
    if status != "success" {
        log.incomplete = Some(format!("its status is `{status}`"));
    }
    true
}

/// Compares the number of samples with that of the results.
fn complete(head: &Json, found: usize, log: &mut LogBuilder) {
    let expected = head.pointer("/results/total_samples").and_then(Json::as_u64);
    if let Some(expected) = expected.filter(|expected| *expected != found as u64) {
        log.incomplete = Some(format!("it has {found} of {expected} samples"));
    }
}

fn one(sample: &Json, place: &Place, cluster: Option<&str>, log: &mut LogBuilder) {
    let Some(id) = sample.get("id").filter(|id| id.is_string() || id.is_number()).map(text_of) else {
        log.diagnostics.push(place.diagnostic("the sample has no `id`"));
        return;
    };
    let mut row = Row {
        repeat: sample.get("epoch").filter(|epoch| !epoch.is_null()).map(text_of),
        content: sample
            .get("input")
            .map(|input| format!("{}{}", input_text(input), sample.get("target").unwrap_or(&Json::Null))),
        answer: sample.pointer("/output/completion").and_then(Json::as_str).map(str::to_owned),
        error: sample
            .get("error")
            .filter(|error| !error.is_null())
            .map(|error| error.get("message").map_or_else(|| "it ended in an error".to_owned(), text_of)),
        place: place.clone(),
        id,
        ..Row::default()
    };
    if let Some(field) = cluster {
        let value = sample.get("metadata").and_then(|metadata| metadata.get(field));
        row.cluster = cluster_of(value, field, place, &row.id, log);
    }
    let scores = sample.get("scores").and_then(Json::as_object);
    if scores.is_none_or(serde_json::Map::is_empty) && row.error.is_none() {
        let diagnostic = place.diagnostic("the sample has no score and no error").of_document(&row.id);
        log.diagnostics.push(diagnostic.help("score the log with `inspect score`"));
    }
    for (scorer, score) in scores.into_iter().flatten() {
        let place = place.below("scores").below(scorer);
        match score.get("value") {
            Some(Json::Object(parts)) => {
                for (key, value) in parts {
                    let metric = format!("{scorer}.{key}");
                    let value = of_value(value, &row.id, &place.below(key), log);
                    row.values.push((metric, value));
                }
            }
            Some(value) => {
                let value = of_value(value, &row.id, &place, log);
                row.values.push((scorer.clone(), value));
            }
            None => log.diagnostics.push(place.diagnostic("the score has no `value`").of_document(&row.id)),
        }
    }
    log.add(row);
}

/// Returns the input of a sample as a text. Leaves out what inspect_ai adds to the messages of a
/// chat: their ids are drawn anew in each run.
fn input_text(input: &Json) -> String {
    const ADDED: [&str; 4] = ["id", "source", "model", "metadata"];
    let mut input = input.clone();
    for message in input.as_array_mut().into_iter().flatten().filter_map(Json::as_object_mut) {
        message.retain(|field, _| !ADDED.contains(&field.as_str()));
    }
    input.to_string()
}

fn of_value(value: &Json, id: &str, place: &Place, log: &mut LogBuilder) -> Value {
    number(value, Texts::Inspect, log).unwrap_or_else(|| {
        let message = format!("the score {value} is neither a number nor one of C, P, I, N, yes, no, true and false");
        log.diagnostics.push(place.diagnostic(message).of_document(id));
        Value::None
    })
}
