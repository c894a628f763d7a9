//! Labels as the options map them, on both sides, before anything is counted.

use std::collections::BTreeMap;

use super::{Answer, Subject};
use crate::document::Reference;
use crate::metric::options::{Dropped, LabelOptions};

/// Both sides under mapped labels.
pub(super) struct Relabelled {
    pub references: BTreeMap<String, Reference>,
    pub subject: Subject,
    /// What the map left out of the documents that are scored.
    pub warning: Option<String>,
}

/// Maps both sides; `None` where there is nothing to map.
pub(super) fn relabel(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    labels: &LabelOptions,
) -> Option<Relabelled> {
    if labels.map.is_empty() {
        return None;
    }
    let (mut lost_gold, mut lost_predicted) = (Dropped::default(), Dropped::default());
    let mut mapped = BTreeMap::new();
    for (id, reference) in references {
        let (gold, dropped) = labels.apply(&reference.gold)?;
        lost_gold.merge(dropped);
        mapped.insert(id.clone(), Reference { gold, ..reference.clone() });
    }
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for (id, answer) in &subject.answers {
        let mut mapped = answer.clone();
        for annotations in mapped.annotations_mut() {
            let (renamed, dropped) = labels.apply(annotations)?;
            if references.contains_key(id) {
                lost_predicted.merge(dropped);
            }
            *annotations = renamed;
        }
        answers.insert(id.clone(), mapped);
    }
    let subject = Subject { answers, ..subject.clone() };
    Some(Relabelled { references: mapped, subject, warning: warning(&lost_gold, &lost_predicted) })
}

/// What was left out, with counts; `None` where nothing was.
fn warning(gold: &Dropped, predicted: &Dropped) -> Option<String> {
    let labels: std::collections::BTreeSet<&String> = gold.labels.keys().chain(predicted.labels.keys()).collect();
    if labels.is_empty() {
        return None;
    }
    let count = |side: &Dropped, label: &String| side.labels.get(label).copied().unwrap_or(0);
    let each: Vec<String> = labels
        .into_iter()
        .map(|label| format!("{label} ({} gold, {} predicted)", count(gold, label), count(predicted, label)))
        .collect();
    let mut text = format!("`labels.map` leaves out {}", each.join(", "));
    let references = gold.references + predicted.references;
    if references > 0 {
        text.push_str(&format!(", and {references} relations or arguments of events that refer to these"));
    }
    Some(text)
}
