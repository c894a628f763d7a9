//! `per_instance_stats.json` of HELM: for each instance and training trial, the statistics of its
//! requests.
//!
//! The value is the mean of a statistic, which HELM averages over instances. Statistics of a
//! perturbed instance are metrics of their own, `exact_match+NAME`.

use serde_json::Value as Json;

use super::{Content, cluster_of, refuse_form};
use crate::sample_scores::json::text_of;
use crate::sample_scores::log::{LogBuilder, Place, Row, Value};

pub(super) fn read(content: &Content<'_>, cluster: Option<&str>, log: &mut LogBuilder) {
    let Content::Json(Json::Array(instances)) = content else {
        refuse_form(log, "a file `per_instance_stats.json` of HELM");
        return;
    };
    let note = "HELM's statistics contain neither task nor inputs: samples are paired by their ids alone";
    log.notes.push(note.to_owned());
    for (at, instance) in instances.iter().enumerate() {
        one(instance, &Place::path(format!("/{at}")), cluster, log);
    }
}

fn one(instance: &Json, place: &Place, cluster: Option<&str>, log: &mut LogBuilder) {
    let Some(id) = instance.get("instance_id").and_then(Json::as_str) else {
        log.diagnostics.push(place.diagnostic("the instance has no `instance_id`"));
        return;
    };
    let mut row = Row {
        id: id.to_owned(),
        repeat: instance.get("train_trial_index").filter(|trial| !trial.is_null()).map(text_of),
        place: place.clone(),
        ..Row::default()
    };
    if let Some(field) = cluster {
        row.cluster = cluster_of(instance.get(field), field, place, id, log);
    }
    let Some(stats) = instance.get("stats").and_then(Json::as_array) else {
        log.diagnostics.push(place.diagnostic("the instance has no `stats`").of_document(id));
        return;
    };
    let perturbation = |value: &Json| value.pointer("/perturbation/name").and_then(Json::as_str).map(str::to_owned);
    let of_instance = perturbation(instance);
    for (at, stat) in stats.iter().enumerate() {
        let place = place.below("stats").below(&at.to_string());
        let Some(name) = stat.pointer("/name/name").and_then(Json::as_str) else {
            log.diagnostics.push(place.diagnostic("the statistic has no name at /name/name").of_document(id));
            continue;
        };
        let perturbed = stat.get("name").and_then(perturbation).or_else(|| of_instance.clone());
        let metric = perturbed.map_or_else(|| name.to_owned(), |perturbed| format!("{name}+{perturbed}"));
        let number = |key: &str| stat.get(key).and_then(Json::as_f64).filter(|number| number.is_finite());
        let value = match (number("sum"), number("count")) {
            (Some(sum), Some(count)) if count > 0.0 => Value::Number(sum / count),
            (_, Some(0.0)) => Value::None,
            _ => {
                let message = "the statistic has no `sum` and `count` that are numbers";
                log.diagnostics.push(place.diagnostic(message).of_document(id));
                continue;
            }
        };
        row.values.push((metric, value));
    }
    log.add(row);
}
