//! Matches runs of tokens as presidio's `SpanEvaluator` does.

use std::collections::{BTreeMap, BTreeSet};

use super::runs::TokenRun;
use crate::align::OverlapIndex;
use crate::metric::Class;

const THRESHOLD: f64 = 0.9;

/// The counts of the tool under a label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LabelTotals {
    pub hits: u64,
    pub annotated: u64,
    pub predicted: u64,
    pub false_positives: u64,
}

/// The match of an annotated run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matched {
    /// The predictions that match it together.
    pub predictions: Vec<usize>,
    pub class: Class,
}

/// Returns the totals by label, and the matches by annotated run.
pub(super) fn compare<'a>(
    annotated: &[TokenRun<'a>],
    found: &[TokenRun<'a>],
) -> (BTreeMap<&'a str, LabelTotals>, BTreeMap<usize, Matched>) {
    let mut totals: BTreeMap<&'a str, LabelTotals> = BTreeMap::new();
    let mut matched = BTreeMap::new();
    // A token whose lower-cased form is longer may extend into the next one, so runs may overlap
    // their neighbours.
    let index = OverlapIndex::new(found.iter().map(|run| (run.start, run.end)).zip(0..));
    let mut met: BTreeSet<usize> = BTreeSet::new();
    for (at, run) in annotated.iter().enumerate() {
        totals.entry(run.label).or_default().annotated += 1;
        let mut over: Vec<usize> = index.overlapping((run.start, run.end)).collect();
        over.sort_unstable();
        met.extend(&over);
        if let [p] = over[..] {
            let same = found[p].label == run.label;
            let wide_enough = iou(run, &found[p]) >= THRESHOLD;
            let of_prediction = totals.entry(found[p].label).or_default();
            of_prediction.predicted += 1;
            if wide_enough && same {
                of_prediction.hits += 1;
            } else {
                of_prediction.false_positives += 1;
            }
            let class = match (wide_enough, same) {
                (true, true) => Class::Correct,
                (true, false) => Class::Mislabelled,
                (false, true) => Class::Misbounded,
                (false, false) => Class::MislabelledMisbounded,
            };
            matched.insert(at, Matched { predictions: vec![p], class });
            continue;
        }
        // The predictions of a label count as one.
        let mut labels: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &p in &over {
            labels.entry(found[p].label).or_default().push(p);
        }
        for (label, predictions) in labels {
            let of_label = totals.entry(found[predictions[0]].label).or_default();
            of_label.predicted += 1;
            if label == run.label && together(run, &predictions, found) >= THRESHOLD {
                of_label.hits += 1;
                matched.insert(at, Matched { predictions, class: Class::Correct });
            } else {
                of_label.false_positives += 1;
            }
        }
    }
    for (_, run) in found.iter().enumerate().filter(|(p, _)| !met.contains(p)) {
        let of_label = totals.entry(run.label).or_default();
        of_label.predicted += 1;
        of_label.false_positives += 1;
    }
    (totals, matched)
}

fn iou(a: &TokenRun<'_>, b: &TokenRun<'_>) -> f64 {
    let shared = a.end.min(b.end) - a.start.max(b.start);
    f64::from(shared) / f64::from(a.end.max(b.end) - a.start.min(b.start))
}

/// Returns the IoU of a run with several predictions, as the tool computes it: ends are inclusive,
/// and all predictions but the first are shifted one to the left.
fn together(run: &TokenRun<'_>, predictions: &[usize], found: &[TokenRun<'_>]) -> f64 {
    let gold = (i64::from(run.start), i64::from(run.end) + 1);
    let place = |(at, p): (usize, &usize)| {
        let (start, end) = (i64::from(found[*p].start), i64::from(found[*p].end));
        if at == 0 { (start, end + 1) } else { (start - 1, end) }
    };
    let mut places: Vec<(i64, i64)> = predictions.iter().enumerate().map(place).collect();
    places.sort_unstable();
    let (mut covered, mut shared, mut behind) = (0, 0, i64::MIN);
    for (start, end) in places {
        let start = start.max(behind);
        covered += (end - start).max(0);
        shared += (end.min(gold.1) - start.max(gold.0)).max(0);
        behind = behind.max(end);
    }
    shared as f64 / (covered + gold.1 - gold.0 - shared) as f64
}
