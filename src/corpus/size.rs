//! Checks the size of one document's annotations against the limits of the process, before anything
//! whose cost grows with it is done.

use rustc_hash::FxHashSet;

use super::validation::PathDiagnostic;
use crate::document::{Annotations, Record, Status, Step, Value};
use crate::format::Entry;
use crate::limits::{current, exceeded, long_text};

/// Returns a diagnostic for each layer with more items or labels than the limits allow, and for
/// each summary that is longer than a document may be.
///
/// Items are counted with their parts, since one item can have any number of these: the fragments
/// and alternatives of entities, the arguments of events, the wordings and the evidence of key
/// points, and the elements of lists in records.
pub(crate) fn over_limits(annotations: &Annotations) -> Vec<PathDiagnostic> {
    let Annotations { entities, relations, events, coreference, records, .. } = annotations;
    let Annotations { key_points, key_sentences, summaries, keyphrases, .. } = annotations;
    let mut wrong = Vec::new();
    let mentions = coreference.as_ref().map(|clusters| clusters.iter().map(|cluster| cluster.mentions.len()).sum());
    let of_entities = entities.iter().flatten().map(|entity| {
        let alternatives = entity.alternatives.iter().map(|alternative| 1 + alternative.fragments.len()).sum::<usize>();
        entity.fragments.len() + alternatives
    });
    let of_events = events.iter().flatten().map(|event| event.arguments.len());
    let of_key_points =
        key_points.iter().flatten().map(|point| point.evidence.len() + point.aliases.len() + point.patterns.len());
    let counts = [
        ("entities", entities.as_ref().map(Vec::len), of_entities.sum(), "their fragments and alternatives"),
        ("relations", relations.as_ref().map(Vec::len), 0, ""),
        ("events", events.as_ref().map(Vec::len), of_events.sum(), "their arguments"),
        ("coreference", mentions, 0, ""),
        ("key_points", key_points.as_ref().map(Vec::len), of_key_points.sum(), "their wordings and evidence"),
        ("key_sentences", key_sentences.as_ref().map(Vec::len), 0, ""),
        ("summaries", summaries.as_ref().map(Vec::len), 0, ""),
        ("keyphrases", keyphrases.as_ref().map(Vec::len), 0, ""),
    ];
    for (layer, count, parts, what) in counts {
        items(&[layer], count.unwrap_or(0), (parts, what), &mut wrong);
    }
    for (name, records) in records.iter().flatten() {
        let elements = records.iter().flat_map(Record::values).map(elements).sum();
        items(&["records", name], records.len(), (elements, "the elements of their lists"), &mut wrong);
    }
    labels("entities", entities.iter().flatten().map(|entity| entity.label.as_str()), &mut wrong);
    labels("relations", relations.iter().flatten().map(|relation| relation.label.as_str()), &mut wrong);
    labels("events", events.iter().flatten().map(|event| event.label.as_str()), &mut wrong);
    let roles = events.iter().flatten().flat_map(|event| &event.arguments).map(|argument| argument.role.as_str());
    different(&["events"], "roles", roles, &mut wrong);
    different(&["records"], "names", records.iter().flatten().map(|(name, _)| name.as_str()), &mut wrong);
    for (name, records) in records.iter().flatten() {
        // Paths are only built if there may be too many.
        if records.iter().map(fields).sum::<usize>() > current().labels {
            let mut paths = FxHashSet::default();
            records.iter().for_each(|record| add_paths(record, "", &mut paths));
            different(&["records", name], "fields", paths.iter().map(String::as_str), &mut wrong);
        }
    }
    for (index, summary) in summaries.iter().flatten().enumerate() {
        let path = vec![Step::Key("summaries".to_owned()), Step::Index(index)];
        wrong.extend(long_text("the summary", summary).map(|diagnostic| (diagnostic, path)));
    }
    wrong
}

/// Returns the number of elements of all lists in a value, at any depth.
fn elements(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len() + items.iter().map(elements).sum::<usize>(),
        Value::Object(fields) => fields.values().map(elements).sum(),
        _ => 0,
    }
}

/// Returns the number of fields of a record, those of objects in it included.
fn fields(record: &Record) -> usize {
    fn of_value(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(of_value).sum(),
            Value::Object(object) => fields(object),
            _ => 0,
        }
    }
    record.len() + record.values().map(of_value).sum::<usize>()
}

/// Adds the paths of the fields of a record, which do not contain the indices of lists.
fn add_paths(record: &Record, above: &str, paths: &mut FxHashSet<String>) {
    fn add_value(value: &Value, path: &str, paths: &mut FxHashSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| add_value(item, path, paths)),
            Value::Object(object) => add_paths(object, path, paths),
            _ => {}
        }
    }
    for (name, value) in record {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        add_value(value, &path, paths);
        paths.insert(path);
    }
}

/// Makes a prediction that exceeds a limit one that failed, with the limit as its message: it costs
/// its document only.
pub(super) fn fail_over_limits(entry: &mut Entry) {
    let long = entry.text.as_deref().and_then(|text| long_text("its `text`", text));
    let wrong = long.or_else(|| over_limits(&entry.annotations).into_iter().next().map(|(diagnostic, _)| diagnostic));
    if let Some(diagnostic) = wrong {
        entry.annotations = Annotations::default();
        entry.text = None;
        entry.status = Some(Status::Failed.to_string());
        entry.error = Some(diagnostic.message);
    }
}

fn items(path: &[&str], count: usize, (parts, of_parts): (usize, &str), wrong: &mut Vec<PathDiagnostic>) {
    let (most, layer) = (current().items, path.join("."));
    if count > most {
        wrong.push((exceeded(&format!("`{layer}` has {count} items"), "items", most), steps(path)));
    } else if count + parts > most {
        let what = format!("`{layer}` has {} items with {of_parts}", count + parts);
        wrong.push((exceeded(&what, "items", most), steps(path)));
    }
}

fn labels<'a>(layer: &str, labels: impl Iterator<Item = &'a str>, wrong: &mut Vec<PathDiagnostic>) {
    different(&[layer], "labels", labels, wrong);
}

/// Adds a diagnostic if there are more different names of a kind than labels are allowed.
fn different<'a>(path: &[&str], kind: &str, names: impl Iterator<Item = &'a str>, wrong: &mut Vec<PathDiagnostic>) {
    let most = current().labels;
    let different: FxHashSet<&str> = names.collect();
    if different.len() > most {
        let what = format!("`{}` has {} different {kind}", path.join("."), different.len());
        wrong.push((exceeded(&what, "labels", most), steps(path)));
    }
}

fn steps(path: &[&str]) -> Vec<Step> {
    path.iter().map(|key| Step::Key((*key).to_owned())).collect()
}
