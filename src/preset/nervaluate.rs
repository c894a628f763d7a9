//! nervaluate 1.2.1: the four schemes of SemEval-2013, matched greedily in the order of the
//! predictions.
//!
//! Spans are passed half-open, as most callers do, and the tool treats ends as inclusive, so spans
//! that only touch overlap. Overlap counts from 1 % of the length of the gold item. A prediction
//! takes the first free gold item that is correct under the scheme, otherwise the first free one
//! that it overlaps; under `type` the closest one with its label, otherwise the first with another
//! label. The results of a label are those of a separate run on its own entities, so labels do not
//! sum to the whole.

mod plain;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entities;
use super::{Preset, PresetDifference, Reasons};
use crate::align::{LabelledSpan, OverlapIndex};
use crate::document::{Annotations, Entity, Layer};
use crate::metric::{
    Arithmetic, Average, Case, Counts, Headline, MetricGroup, MetricName, Name, Options, Outcome, PlainCounter,
    Signature, Statistic, StatisticKey, Statistics,
};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "nervaluate",
    about: "nervaluate 1.2.1: strict, exact, partial, type; greedy in prediction order, ends inclusive",
    parity: "tests/parity/nervaluate.py",
    metric_groups: &[&Nervaluate],
    reasons: &Nervaluate,
}];

struct Nervaluate;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Strict,
    Exact,
    Partial,
    Type,
}

const SCHEMES: [(&str, Scheme); 4] =
    [("strict", Scheme::Strict), ("exact", Scheme::Exact), ("partial", Scheme::Partial), ("type", Scheme::Type)];

impl MetricGroup for Nervaluate {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        entities::gold_items(gold)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        SCHEMES.iter().map(|(name, _)| (*name).into()).collect()
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        Signature::preset("nervaluate-1.2.1").with("scheme", metric.to_owned())
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn plain(&self, _: &Options) -> Option<&dyn PlainCounter> {
        Some(&plain::PlainNervaluate)
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold: Vec<&Entity> = entities::of(case.gold).iter().collect();
        let predicted: Vec<&Entity> = entities::of(case.predicted).iter().collect();
        let mut by_label: BTreeMap<&str, (Vec<&Entity>, Vec<&Entity>)> = BTreeMap::new();
        for &entity in &gold {
            by_label.entry(&entity.label).or_default().0.push(entity);
        }
        for &entity in &predicted {
            by_label.entry(&entity.label).or_default().1.push(entity);
        }
        let mut statistics = Statistics::default();
        for (label, (gold, predicted)) in &by_label {
            let (label, field) = (Arc::from(*label), Field::new(gold));
            for (name, scheme) in SCHEMES {
                let (counts, _) = field.run(scheme, predicted);
                statistics.add(StatisticKey::labelled(name, &label), Statistic::matches(counts));
            }
        }
        let field = Field::new(&gold);
        let mut pairs = Vec::new();
        for (name, scheme) in SCHEMES {
            let (counts, answers) = field.run(scheme, &predicted);
            statistics.add(StatisticKey::whole(name), Statistic::matches(counts));
            if scheme == Scheme::Strict {
                let pair =
                    |(p, g): (usize, Option<usize>)| g.map(|g| (g, p, entities::class_of(gold[g], predicted[p])));
                pairs = answers.into_iter().enumerate().filter_map(pair).collect();
            }
        }
        Outcome { statistics, items: entities::items(case, &gold, &predicted, &pairs), ..Outcome::default() }
    }
}

/// A labelled span.
trait Spot {
    fn place(&self) -> (u32, u32);
    fn has_label_of(&self, other: &Self) -> bool;
}

impl Spot for Entity {
    fn place(&self) -> (u32, u32) {
        (self.start, self.end)
    }

    fn has_label_of(&self, other: &Self) -> bool {
        self.label == other.label
    }
}

impl Spot for LabelledSpan {
    fn place(&self) -> (u32, u32) {
        (self.start, self.end)
    }

    fn has_label_of(&self, other: &Self) -> bool {
        self.label == other.label
    }
}

/// Gold items, indexed by position.
struct Field<'a, T> {
    gold: &'a [&'a T],
    /// Their spans, with inclusive ends.
    index: OverlapIndex,
}

impl<'a, T: Spot> Field<'a, T> {
    fn new(gold: &'a [&'a T]) -> Self {
        let inclusive = |item: &&T| (item.place().0, item.place().1 + 1);
        Self { index: OverlapIndex::new(gold.iter().map(inclusive).zip(0..)), gold }
    }

    /// Returns the gold items that a prediction overlaps sufficiently, with inclusive ends.
    fn overlapping<'f>(&'f self, predicted: &'f T) -> impl Iterator<Item = usize> + 'f {
        let (start, end) = predicted.place();
        let touched = self.index.overlapping((start, end + 1));
        touched.filter(|&g| is_overlap(self.gold[g], predicted))
    }

    /// Matches the predictions; returns the counts and the gold item of each prediction.
    fn run(&self, scheme: Scheme, predicted: &[&T]) -> (Counts, Vec<Option<usize>>) {
        let mut counts = Counts::default();
        let mut used = vec![false; self.gold.len()];
        let mut answers = Vec::with_capacity(predicted.len());
        for &entity in predicted {
            // The best correct gold item (under `type` by distance), and the first of the others.
            let (mut right, mut other): (Option<(u32, usize)>, Option<usize>) = (None, None);
            for g in self.overlapping(entity).filter(|&g| !used[g]) {
                let gold = self.gold[g];
                let same_span = gold.place() == entity.place();
                let (is_right, distance) = match scheme {
                    Scheme::Strict => (same_span && gold.has_label_of(entity), 0),
                    Scheme::Exact | Scheme::Partial => (same_span, 0),
                    Scheme::Type => (gold.has_label_of(entity), distance(gold, entity)),
                };
                if is_right {
                    right = Some(right.map_or((distance, g), |best| best.min((distance, g))));
                } else {
                    other = Some(other.map_or(g, |first| first.min(g)));
                }
            }
            let answer = right.map(|(_, g)| g).or(other);
            match (right, other, scheme) {
                (Some(_), ..) => counts.correct += 1,
                (None, Some(_), Scheme::Partial) => counts.partial += 1,
                (None, Some(_), _) => counts.incorrect += 1,
                (None, None, _) => counts.spurious += 1,
            }
            if let Some(g) = answer {
                used[g] = true;
            }
            answers.push(answer);
        }
        counts.missed = used.iter().filter(|used| !**used).count() as u64;
        (counts, answers)
    }
}

/// Returns whether a prediction that touches a gold item covers at least 1 % of it, with inclusive
/// ends.
fn is_overlap(gold: &impl Spot, predicted: &impl Spot) -> bool {
    let (gold, predicted) = (gold.place(), predicted.place());
    let shared = u64::from(gold.1.min(predicted.1) - gold.0.max(predicted.0)) + 1;
    let length = u64::from(gold.1 - gold.0) + 1;
    // The tool divides floats and multiplies by 100; integers give the same result.
    shared * 100 >= length
}

fn distance(gold: &impl Spot, predicted: &impl Spot) -> u32 {
    let (gold, predicted) = (gold.place(), predicted.place());
    gold.0.abs_diff(predicted.0) + gold.1.abs_diff(predicted.1)
}

impl Arithmetic for Nervaluate {
    fn stats(&self, _: &Statistic, _: &Options) -> Vec<Name> {
        vec!["precision".into(), "recall".into(), "f1".into()]
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        let Statistic::Matches { counts, predicted, .. } = statistics.get(key)? else { return None };
        let credit = counts.correct as f64 + 0.5 * counts.partial as f64;
        let ratio = |whole: u64| if whole > 0 { credit / whole as f64 } else { 0.0 };
        let (precision, recall) = (ratio(*predicted), ratio(counts.possible()));
        Some(match stat {
            "precision" => precision,
            "recall" => recall,
            _ if precision + recall > 0.0 => 2.0 * (precision * recall) / (precision + recall),
            _ => 0.0,
        })
    }

    /// The tool has no averages.
    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

impl Reasons for Nervaluate {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        if let Some(item) = difference.preset
            && let (Some(gold), Some(predicted)) = (&item.gold, &item.predicted)
        {
            if entities::shared(gold, predicted) == 0 {
                return "nervaluate takes ends as inclusive: spans that only touch count as overlapping".to_owned();
            }
            return format!(
                "nervaluate is greedy in prediction order: {} came first and took {}",
                entities::name(predicted),
                entities::name(gold)
            );
        }
        // If the preset leaves the item unmatched, karat has a partner for it: there would be no
        // difference otherwise.
        let Some((gold, predicted)) = difference.karat.and_then(|item| item.gold.as_ref().zip(item.predicted.as_ref()))
        else {
            return "nervaluate pairs greedily in prediction order".to_owned();
        };
        let taker = |item: &&crate::metric::Item| item.gold.as_ref() == Some(gold) && item.predicted.is_some();
        let taken = difference.items.iter().find(taker).and_then(|item| item.predicted.as_ref());
        let other = |item: &&crate::metric::Item| item.predicted.as_ref() == Some(predicted) && item.gold.is_some();
        let spent = difference.items.iter().find(other).and_then(|item| item.gold.as_ref());
        match (taken, spent) {
            (Some(taker), _) => format!(
                "nervaluate, greedy in prediction order, used {} for the earlier prediction {}",
                entities::name(gold),
                entities::name(taker)
            ),
            (None, Some(other)) => format!(
                "nervaluate, greedy in prediction order, gave {} to {}",
                entities::name(predicted),
                entities::name(other)
            ),
            (None, None) => format!(
                "{} covers less than 1 % of {}, which nervaluate does not count as overlapping",
                entities::name(predicted),
                entities::name(gold)
            ),
        }
    }

    fn of_figure(&self, name: &MetricName) -> Option<&'static str> {
        if name.label.is_some() {
            Some("a label's results are those of a separate run on its own entities alone")
        } else {
            (name.metric == "type").then_some("under type a prediction takes the closest gold item of its label")
        }
    }
}
