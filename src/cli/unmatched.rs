//! Documents that only one side has, golden files or predictions: refused, counted or left out, as the user says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::corpus::{Predictions, Stranger};
use karat::document::{Annotations, Layer, LayerSet, Reference};
use karat::error::Fault;
use karat::score::{Answer, Status};

use super::args::Missing;

/// Both sides, joined.
pub(super) struct Joined {
    pub references: BTreeMap<String, Reference>,
    pub answers: BTreeMap<String, Answer>,
    /// Documents that are left out, with the reason.
    pub left_out: BTreeMap<String, &'static str>,
}

const NO_PREDICTION: &str = "there is no prediction for it, and it was left out";
const NO_GOLD: &str = "there is no golden file for it, and it was left out";

/// Joins golden files and predictions; what is refused goes to the faults.
pub(super) fn join(
    missing: Missing,
    pred: &Path,
    mut references: BTreeMap<String, Reference>,
    predictions: Predictions,
    faults: &mut Vec<Fault>,
) -> Joined {
    let Predictions { mut answers, strangers, faults: wrong } = predictions;
    // What could not be read is not missing.
    let unread = !wrong.is_empty();
    faults.extend(wrong);
    let without: Vec<String> = references.keys().filter(|id| !answers.contains_key(*id)).cloned().collect();
    let mut left_out = BTreeMap::new();
    if missing == Missing::Error {
        faults.extend(without_reference(pred, &references, &answers));
    }
    match missing {
        Missing::Error => {
            faults.extend(strangers.into_values().map(refused));
            if !unread {
                faults.extend(without.iter().map(|id| {
                    let fault = Fault::new("there is no prediction for it").of_document(id).in_file(pred);
                    fault.help("`--missing count` counts everything in it as missed, `--missing skip` leaves it out")
                }));
            }
        }
        Missing::Skip => {
            references.retain(|id, _| answers.contains_key(id));
            left_out.extend(without.into_iter().map(|id| (id, NO_PREDICTION)));
            left_out.extend(strangers.into_keys().map(|id| (id, NO_GOLD)));
        }
        Missing::Count => {
            let golden: LayerSet = references.values().flat_map(|reference| reference.gold.layers()).collect();
            for (id, stranger) in strangers {
                let (reference, answer) = spurious(stranger, &golden);
                references.insert(id.clone(), reference);
                answers.insert(id, answer);
            }
        }
    }
    Joined { references, answers, left_out }
}

/// Summaries that no reference answers, while those of other documents have one: they would silently not be scored.
fn without_reference(
    pred: &Path,
    references: &BTreeMap<String, Reference>,
    answers: &BTreeMap<String, Answer>,
) -> Vec<Fault> {
    let has_reference = |reference: &Reference| reference.gold.summaries.as_ref().is_some_and(|all| !all.is_empty());
    if !references.values().any(has_reference) {
        return Vec::new();
    }
    let alone = answers.iter().filter(|(id, answer)| {
        let has_summary = answer.annotations.summaries.iter().flatten().any(|summary| !summary.trim().is_empty());
        has_summary && references.get(*id).is_some_and(|reference| !has_reference(reference))
    });
    let fault = |(id, _): (&String, &Answer)| {
        let fault = Fault::new("there is a summary, and no reference for it").of_document(id).in_file(pred);
        fault.help("other documents have references; `--missing skip` or `count` scores without it")
    };
    alone.map(fault).collect()
}

fn refused(stranger: Stranger) -> Fault {
    let choice = "`--missing count` counts everything in it as spurious, `--missing skip` leaves it out";
    let help = match &stranger.fault.help {
        Some(near) if near.starts_with("did you mean") => format!("{near} Otherwise, {choice}"),
        _ => choice.to_owned(),
    };
    stranger.fault.help(help)
}

/// A prediction nobody asked for, against golden annotations that are empty in every layer where a prediction can be
/// spurious. A summary has no reference to be held against, and key points have a recall alone.
fn spurious(stranger: Stranger, golden: &LayerSet) -> (Reference, Answer) {
    let Stranger { mut answer, document, .. } = stranger;
    let counts = |layer: &&Layer| !matches!(layer, Layer::Summaries | Layer::KeyPoints);
    let layers: LayerSet = answer.annotations.layers().intersection(golden).filter(counts).cloned().collect();
    let message = match layers.is_empty() {
        false => "there is no golden file for it: everything in it counts as spurious",
        true => "there is no golden file for it, and nothing in it can be counted",
    };
    (answer.status, answer.message) = (Status::Extra, Some(message.to_owned()));
    answer.repeats.iter_mut().for_each(|repeat| repeat.status = Status::Extra);
    (Reference { document, gold: Annotations::empty(&layers), ..Reference::default() }, answer)
}

/// What a reader of the figures must know of documents that only one side has: a note of one line for each case.
pub(super) fn notes(
    ends: &BTreeMap<String, (Status, Option<String>)>,
    empty_summaries: &BTreeSet<String>,
) -> Vec<String> {
    let named = |wanted: &dyn Fn(Status, &str) -> bool| {
        let ids = ends.iter().filter(|(_, (status, message))| wanted(*status, message.as_deref().unwrap_or_default()));
        list(&ids.map(|(id, _)| id.as_str()).collect::<Vec<_>>())
    };
    let left_out =
        |reason: &'static str| move |status: Status, message: &str| status == Status::Skipped && message == reason;
    let cases = [
        ("left out, since there is no prediction", named(&left_out(NO_PREDICTION))),
        ("left out, since there is no golden file", named(&left_out(NO_GOLD))),
        ("counted as missed, since there is no prediction", named(&|status, _| status == Status::Missing)),
        ("counted as spurious, since there is no golden file", named(&|status, _| status == Status::Extra)),
        ("failed, and scored as empty", named(&|status, _| matches!(status, Status::Failed | Status::TimedOut))),
        ("answered with an empty summary", list(&empty_summaries.iter().map(String::as_str).collect::<Vec<_>>())),
    ];
    cases.into_iter().filter_map(|(what, ids)| Some(format!("note: {what}: {}\n", ids?))).collect()
}

/// The first of the names, and how many more there are.
fn list(ids: &[&str]) -> Option<String> {
    const MOST: usize = 20;
    let shown: Vec<String> = ids.iter().take(MOST).map(|id| format!("{id:?}")).collect();
    let more = ids.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!ids.is_empty()).then(|| format!("{}{rest}", shown.join(", ")))
}
