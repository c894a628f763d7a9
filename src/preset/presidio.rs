//! presidio-evaluator 0.3.2 (presidio-research): its `SpanEvaluator` at a threshold of 0.9, F-beta
//! with beta 2.
//!
//! The tool scores runs of tokens with one label (`runs`), not spans: touching entities with one
//! label are one, overlapping ones are trimmed. The whole layer is its PII level, at which all
//! labels are equal; a label is its entity level. Its list of skip words is disabled
//! (`skip_words=[]`).

mod matching;
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use matching::{LabelTotals, Matched, compare};
use runs::{Token, TokenRun, runs, tags, tokens};

use super::{Preset, PresetDifference, Reasons, entities};
use crate::document::{Annotations, Layer};
use crate::metric::signature::{BETA, Signature};
use crate::metric::{
    Arithmetic, Average, Case, Class, Counts, Item, MetricGroup, MetricName, Name, Options, Outcome, Side, Statistic,
    StatisticKey, Statistics,
};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "presidio",
    about: "presidio-evaluator 0.3.2 SpanEvaluator: IoU of token runs from 0.9, F2; no skip words",
    parity: "tests/parity/presidio.py",
    metric_groups: &[&Presidio],
    reasons: &Presidio,
}];

struct Presidio;

const METRIC: &str = "iou0.9";

impl MetricGroup for Presidio {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        entities::gold_items(gold)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![METRIC.into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("presidio-evaluator-0.3.2").with("scheme", metric.to_owned());
        signature.with("tokens", "words").with("skip", "none").with(BETA, "2")
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let (gold, predicted) = (entities::of(case.gold), entities::of(case.predicted));
        let last = gold.iter().chain(predicted).map(|entity| entity.end).max().unwrap_or(0);
        let tokens = tokens(case, last);
        let (gold, predicted) = (tags(&tokens, gold), tags(&tokens, predicted));
        let (annotated, found) = (runs(&tokens, &gold), runs(&tokens, &predicted));
        let (labels, matched) = compare(&annotated, &found);
        // The PII level: all labels are equal.
        let level = |tags: &[Option<&str>]| -> Vec<Option<&'static str>> {
            tags.iter().map(|tag| tag.map(|_| "PII")).collect()
        };
        let (gold, predicted) = (level(&gold), level(&predicted));
        let (whole, _) = compare(&runs(&tokens, &gold), &runs(&tokens, &predicted));
        let whole = whole.get("PII").copied().unwrap_or_default();

        let mut statistics = Statistics::default();
        statistics.add(StatisticKey::whole(METRIC), statistic(whole));
        for (label, totals) in labels {
            statistics.add(StatisticKey::labelled(METRIC, &Arc::from(label)), statistic(totals));
        }
        Outcome { statistics, items: items(case, &tokens, &annotated, &found, &matched), ..Outcome::default() }
    }
}

/// The tool divides by its numbers of annotated and predicted runs, to which its misses and false
/// positives need not add up.
fn statistic(totals: LabelTotals) -> Statistic {
    let LabelTotals { hits, annotated, predicted, .. } = totals;
    let counts =
        Counts { correct: hits, missed: annotated - hits, spurious: totals.false_positives, ..Counts::default() };
    Statistic::Matches { counts, credit2: 2 * hits, predicted }
}

fn items(
    case: &Case<'_>,
    tokens: &[Token],
    annotated: &[TokenRun<'_>],
    found: &[TokenRun<'_>],
    matched: &BTreeMap<usize, Matched>,
) -> Vec<Item> {
    let side = |run: &TokenRun<'_>| {
        let (start, end) = (tokens[run.first].start, tokens[run.last].end);
        let text = case.document.and_then(|document| document.slice(start, end)).unwrap_or_default();
        Side { span: Some((start, end)), label: run.label.to_owned(), text: text.to_owned() }
    };
    let mut items = Vec::new();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    for (at, run) in annotated.iter().enumerate() {
        match matched.get(&at) {
            Some(Matched { predictions, class }) if !predictions.iter().any(|p| used.contains(p)) => {
                used.extend(predictions);
                items.push(Item::pair(*class, side(run), side(&found[predictions[0]])));
            }
            _ => items.push(Item::missed(side(run))),
        }
    }
    let left = (0..found.len()).filter(|p| !used.contains(p));
    items.extend(left.map(|p| Item::spurious(Class::Spurious, side(&found[p]))));
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}

impl Arithmetic for Presidio {
    fn stats(&self, _: &Statistic, _: &Options) -> Vec<Name> {
        vec!["precision".into(), "recall".into(), "f2".into()]
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        let Statistic::Matches { counts, predicted, .. } = statistics.get(key)? else { return None };
        let ratio = |whole: u64| (whole > 0).then(|| counts.correct as f64 / whole as f64);
        let (precision, recall) = (ratio(*predicted), ratio(counts.possible()));
        match stat {
            "precision" => precision,
            "recall" => recall,
            _ => {
                let (precision, recall) = (precision?, recall?);
                let defined = precision != 0.0 || recall != 0.0;
                defined.then(|| (5.0 * precision * recall) / ((4.0 * precision) + recall))
            }
        }
    }

    /// The tool has no averages.
    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

impl Reasons for Presidio {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        // Only one of the two scorings has this side: karat scores entities, the tool runs of
        // tokens.
        let knows = |item: &Item| match (difference.gold, difference.predicted) {
            (Some(gold), _) => item.gold.as_ref() == Some(gold),
            (None, predicted) => item.predicted.as_ref() == predicted,
        };
        match (difference.karat, difference.preset.map(|item| item.class)) {
            (Some(_), None) if difference.items.iter().any(knows) => {
                "a copy of another entity, which is one and the same run of tokens".to_owned()
            }
            (Some(_), None) => {
                "presidio scores runs of tokens with one label: what touches is joined, what overlaps is cut".to_owned()
            }
            (None, _) => "a run of tokens with one label that no single entity is".to_owned(),
            (_, Some(Class::Correct)) => {
                "presidio: the predictions of the label over a gold run count together, from an IoU of 0.9".to_owned()
            }
            (_, Some(Class::Missed | Class::Spurious)) => {
                "presidio: the predictions of the label over a gold run together stay below an IoU of 0.9".to_owned()
            }
            _ => "presidio: the only predicted run over the gold run".to_owned(),
        }
    }

    fn of_figure(&self, _: &MetricName) -> Option<&'static str> {
        None
    }
}
