//! Checks the size of one document's annotations against the limits of the process, before anything
//! whose cost grows with it is done.

use rustc_hash::FxHashSet;

use super::validation::PathDiagnostic;
use crate::document::{Annotations, Status, Step};
use crate::format::Entry;
use crate::limits::{current, exceeded, long_text};

/// Returns a diagnostic for each layer with more items or labels than the limits allow, and for
/// each summary that is longer than a document may be.
pub(crate) fn over_limits(annotations: &Annotations) -> Vec<PathDiagnostic> {
    let Annotations { entities, relations, events, coreference, records, .. } = annotations;
    let Annotations { key_points, key_sentences, summaries, keyphrases, .. } = annotations;
    let mut wrong = Vec::new();
    let mentions = coreference.as_ref().map(|clusters| clusters.iter().map(|cluster| cluster.mentions.len()).sum());
    let counts = [
        ("entities", entities.as_ref().map(Vec::len)),
        ("relations", relations.as_ref().map(Vec::len)),
        ("events", events.as_ref().map(Vec::len)),
        ("coreference", mentions),
        ("key_points", key_points.as_ref().map(Vec::len)),
        ("key_sentences", key_sentences.as_ref().map(Vec::len)),
        ("summaries", summaries.as_ref().map(Vec::len)),
        ("keyphrases", keyphrases.as_ref().map(Vec::len)),
    ];
    for (layer, count) in counts {
        items(&[layer], count.unwrap_or(0), &mut wrong);
    }
    for (name, records) in records.iter().flatten() {
        items(&["records", name], records.len(), &mut wrong);
    }
    labels("entities", entities.iter().flatten().map(|entity| entity.label.as_str()), &mut wrong);
    labels("relations", relations.iter().flatten().map(|relation| relation.label.as_str()), &mut wrong);
    labels("events", events.iter().flatten().map(|event| event.label.as_str()), &mut wrong);
    for (index, summary) in summaries.iter().flatten().enumerate() {
        let path = vec![Step::Key("summaries".to_owned()), Step::Index(index)];
        wrong.extend(long_text("the summary", summary).map(|diagnostic| (diagnostic, path)));
    }
    wrong
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

fn items(path: &[&str], count: usize, wrong: &mut Vec<PathDiagnostic>) {
    let most = current().items;
    if count > most {
        let what = format!("`{}` has {count} items", path.join("."));
        wrong.push((exceeded(&what, "items", most), steps(path)));
    }
}

fn labels<'a>(layer: &str, labels: impl Iterator<Item = &'a str>, wrong: &mut Vec<PathDiagnostic>) {
    let most = current().labels;
    let different: FxHashSet<&str> = labels.collect();
    if different.len() > most {
        let count = different.len();
        let what = format!("`{layer}` has {count} different labels");
        wrong.push((exceeded(&what, "labels", most), steps(&[layer])));
    }
}

fn steps(path: &[&str]) -> Vec<Step> {
    path.iter().map(|key| Step::Key((*key).to_owned())).collect()
}
