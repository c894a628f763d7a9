//! A metric that is written outside karat, added to the entity metrics and computed from karat's
//! alignment.
//!
//! `cargo run --example own_metric`
//!
//! The metric is `entities.left`: a predicted span is right if its first code point and its label
//! are those of the golden span that karat aligns it with, as in the left boundary scores of the
//! JNLPBA 2004 shared task. karat's own entity metrics are computed beside it.
//!
//! # Registering it
//! A metric for an existing layer is a metric group that scores this layer, and one line that
//! registers it. A program of yours puts the group into a [`Preset`] beside karat's own groups and
//! scores by [`Scoring::custom_preset`], as below; sums, confidence intervals, comparisons and the
//! figures of single documents then come from karat's engine. For the commands of `karat` itself a
//! group must be in the crate: write its file in `src/metric/` and add it to `METRIC_GROUPS`. There
//! is no registry that is filled at run time, so that every report of one version of karat has the
//! same metrics.

use std::io::{self, Write};

use karat::Scoring;
use karat::align::{LabelledSpan, align};
use karat::document::{Annotations, Entity, Layer, Span};
use karat::metric::{
    Case, Counts, MetricGroup, Name, Options, Outcome, Signature, Statistic, StatisticKey, metric_groups_and,
};
use karat::preset::{NoReasons, Preset};

/// The name of the metric: its figures are `entities.left.precision`, `.recall` and `.f1`.
const LEFT: &str = "left";

/// The metric `left` of entities, beside karat's own.
struct LeftBoundary;

impl MetricGroup for LeftBoundary {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.entities.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![LEFT.into()]
    }

    fn signature(&self, _: &str, _: &Options) -> Signature {
        Signature::of("spans").with("align", "karat-1").with("scheme", LEFT).open("empty", "null")
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.statistics.add(StatisticKey::whole(LEFT), Statistic::matches(counts(case)));
        outcome
    }
}

/// Outcomes of the spans of one document. Ignores what golden files can have beyond spans and
/// labels: optional entities, alternatives and regions in which nothing counts.
fn counts(case: &Case<'_>) -> Counts {
    let gold = case.gold.entities.as_deref().unwrap_or_default();
    let predicted = case.predicted.entities.as_deref().unwrap_or_default();
    // The alignment takes labels as their ranks in sorted order.
    let mut labels: Vec<&str> = gold.iter().chain(predicted).map(|entity| entity.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let item = |entity: &Entity| {
        let rank = labels.partition_point(|label| *label < entity.label.as_str());
        LabelledSpan { fragments: entity.fragments.clone(), ..LabelledSpan::new(entity.start, entity.end, rank as u32) }
    };
    let (gold, predicted): (Vec<LabelledSpan>, Vec<LabelledSpan>) =
        (gold.iter().map(item).collect(), predicted.iter().map(item).collect());
    let alignment = align(&gold, &predicted);
    let is_right = |g: usize, p: usize| gold[g].start == predicted[p].start && gold[g].label == predicted[p].label;
    let right = alignment.pairs.iter().filter(|pair| is_right(pair.gold, pair.predicted)).count();
    Counts {
        correct: right as u64,
        incorrect: (alignment.pairs.len() - right) as u64,
        partial: 0,
        missed: alignment.missed.len() as u64,
        spurious: alignment.spurious.len() as u64,
    }
}

static PRESET: Preset = Preset {
    name: "left",
    about: "karat's entity metrics and the match of left boundaries",
    parity: "examples/own_metric.rs",
    metric_groups: &metric_groups_and(&LeftBoundary),
    reasons: &NoReasons,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let entities = |spans: &[(u32, u32, &str)]| {
        let entity = |&(start, end, label): &(u32, u32, &str)| Entity::new(Span::new(start, end), label);
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    };
    // "IL-2 gene expression and NF-kappa B activation": the span of the DNA is cut short on
    // the right. In the other document the span of the protein begins too late.
    let gold = [("a", entities(&[(0, 9, "DNA"), (25, 35, "protein")])), ("b", entities(&[(0, 5, "protein")]))];
    let predicted = [("a", entities(&[(0, 4, "DNA"), (25, 35, "protein")])), ("b", entities(&[(2, 5, "protein")]))];
    let scores = Scoring::new().custom_preset(&PRESET).score(gold, predicted)?;

    let mut out = io::stdout().lock();
    for name in ["entities.left.f1", "entities.strict.f1"] {
        let figure = scores.figure(name).ok_or(name)?;
        writeln!(out, "{name:18} {:.3}  {}", figure.value.unwrap_or(f64::NAN), figure.signature)?;
    }
    Ok(())
}
