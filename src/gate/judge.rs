//! Applies gate rules to a comparison, or to one slice of it.

use super::{Bound, GateFinding, GateTest, GateVerdict, Rule, sentence};
use crate::compare::{Compared, Comparison, LayerComparison, POWER};
use crate::decimals::decimals;
use crate::metric::MetricName;
use crate::score::Scores;
use crate::stats::{Design, Interval, holm};

/// A comparison to be judged, with the candidate's own scores.
pub struct GateCase<'a> {
    /// The name of the dataset.
    pub dataset: &'a str,
    /// The name of the extractor; empty if prediction files are judged.
    pub extractor: &'a str,
    /// The slice, such as `meta.kind=interview`; `None` for all documents.
    pub slice: Option<&'a str>,
    /// The comparison of baseline and candidate; `None` without a baseline.
    pub comparison: Option<&'a Comparison>,
    /// The candidate's own figures.
    pub scores: &'a Scores,
    /// The number of documents.
    pub documents: usize,
    /// The number of documents whose extraction failed.
    pub failed: usize,
    /// The average time and cost per document.
    pub spent: Spent,
}

/// Average time and cost of one request for a document; `None` if the run did not record them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Seconds per document.
    pub seconds: Option<f64>,
    /// Cost per document, in the currency of the extractor's prices.
    pub cost: Option<f64>,
}

/// Judges each case by its rule. The p-values of rules that test for a regression are adjusted
/// together (Holm), so that many rules raise no more false failures than a single one. Passing all
/// rules needs no adjustment.
pub fn judge(cases: &[(&Rule, GateCase<'_>)]) -> Vec<GateFinding> {
    let (mut findings, mut tests) = (Vec::new(), Vec::new());
    for (rule, case) in cases {
        if let (Some(margin), Some(comparison)) = (rule.margin, case.comparison) {
            for layer in &comparison.layers {
                for figure in layer.figures.iter().filter(|figure| is_judged(rule, figure)) {
                    if let Some(p) = p_worse(figure).filter(|_| !rule.informational) {
                        tests.push((findings.len(), p, 1.0 - rule.confidence));
                    }
                    findings.push(against_base(rule, case, comparison, layer, figure, margin));
                }
            }
        }
        findings.extend(limits(rule, case));
        findings.extend(caps(rule, case));
    }
    // A finding that fails by its own p-value stands only if the adjusted p-value is significant
    // too.
    let adjusted = holm(&tests.iter().map(|(_, p, _)| *p).collect::<Vec<_>>());
    let rules = tests.len() as f64;
    for ((at, _, alpha), p) in tests.into_iter().zip(adjusted) {
        let finding: &mut GateFinding = &mut findings[at];
        if finding.verdict == GateVerdict::Fail && p >= alpha {
            finding.verdict = GateVerdict::Inconclusive;
            finding.message.push_str(&format!("; adjusted for all rules, p is {p:.3}"));
            // The smallest p-value of G documents is 2^-G, if all of them moved alike.
            let least = (rules / alpha).log2().floor() as usize + 1;
            if finding.documents < least {
                let what = format!("; with {rules} rules, {} documents cannot fail: {least} could", finding.documents);
                finding.message.push_str(&what);
            }
        }
    }
    findings
}

pub(super) fn is_judged(rule: &Rule, figure: &Compared) -> bool {
    judged_name(rule, &figure.name)
}

pub(super) fn judged_name(rule: &Rule, name: &MetricName) -> bool {
    rule.judges(&name.to_string(), name.label.as_deref())
}

/// Returns the one-sided p-value of a change for the worse.
fn p_worse(figure: &Compared) -> Option<f64> {
    let difference = figure.difference?;
    if figure.direction.is_lower() { difference.p_above() } else { difference.p_below() }
}

/// Tests non-inferiority: the candidate is worse than the base by less than the margin.
fn against_base(
    rule: &Rule,
    case: &GateCase<'_>,
    comparison: &Comparison,
    layer: &LayerComparison,
    figure: &Compared,
    margin: f64,
) -> GateFinding {
    let alpha = 1.0 - rule.confidence;
    let lower_is_better = figure.direction.is_lower();
    let difference = figure.difference;
    let (low, high) = (difference.and_then(|of| of.lower(alpha)), difference.and_then(|of| of.upper(alpha)));
    // Lower and upper bound of the improvement of the candidate.
    let (least, most) = if lower_is_better { (high.map(|x| -x), low.map(|x| -x)) } else { (low, high) };
    let delta = figure.delta();
    let too_few = rule.min_documents.filter(|least| figure.clusters < *least);
    // A system that answers only what it is sure of gains in figures that rest on answers.
    let accepts_failures = rule.allows_failures(case.failed, case.documents);
    let has_fewer_answers = figure.has_fewer_answers && !accepts_failures;
    let verdict = if comparison.is_identical {
        GateVerdict::Identical
    } else if too_few.is_some() || figure.clusters < 2 {
        GateVerdict::Inconclusive
    } else {
        match (least, most) {
            (Some(least), _) if least > -margin && !has_fewer_answers => GateVerdict::Pass,
            (_, Some(most)) if most < 0.0 => GateVerdict::Fail,
            // The figure is the same in every document.
            _ if difference.is_some_and(|of| of.delta == 0.0 && of.error == Some(0.0)) && !has_fewer_answers => {
                GateVerdict::Pass
            }
            _ => GateVerdict::Inconclusive,
        }
    };
    let design = difference.and_then(|difference| Design::new(&difference, alpha));
    let needed = design.and_then(|design| design.clusters_for_margin(margin, POWER));
    let of = (&*figure.name.to_string(), case.dataset, case.extractor);
    let mut finding = GateFinding {
        slice: case.slice.map(str::to_owned),
        delta,
        low,
        high,
        margin,
        documents: figure.clusters,
        documents_needed: needed,
        test: difference.map(|of| if of.is_sign_flip() { GateTest::SignFlip } else { GateTest::T }),
        ..GateFinding::new(rule, of, verdict, String::new())
    };
    finding.message = sentence(&finding, figure, layer, too_few);
    finding
}

/// Checks the candidate's own figures against the floor and the ceiling of the rule.
fn limits(rule: &Rule, case: &GateCase<'_>) -> Vec<GateFinding> {
    let floor = rule.min.map(|limit| (limit, true));
    let ceiling = rule.max.map(|limit| (limit, false));
    let limits = floor.into_iter().chain(ceiling);
    limits.flat_map(|(limit, is_floor)| within_limit(rule, case, limit, is_floor)).collect()
}

/// Checks the candidate's own figures against a floor, or against a ceiling.
fn within_limit(rule: &Rule, case: &GateCase<'_>, limit: f64, is_floor: bool) -> Vec<GateFinding> {
    let judged = case.scores.figures().filter(|figure| judged_name(rule, &figure.name));
    let finding = |figure: &crate::score::Figure| {
        let documents = figure.documents as usize;
        let too_few = rule.min_documents.is_some_and(|least| documents < least);
        let (low, high) = figure.interval.map(|Interval { low, high }| (low, high)).unzip();
        // A ceiling is a floor of the negated figure.
        let sign = if is_floor { 1.0 } else { -1.0 };
        let signed = |value: Option<f64>| value.map(|value| sign * value);
        let (least, most) = if is_floor { (low, high) } else { (signed(high), signed(low)) };
        let verdict = match rule.side {
            _ if too_few => GateVerdict::Inconclusive,
            Bound::Value => decide(signed(figure.value), signed(figure.value), sign * limit),
            Bound::Low => decide(least, most, sign * limit),
            Bound::High => decide(most, most, sign * limit),
        };
        let shown = |value: Option<f64>| value.map_or_else(|| "undefined".to_owned(), |value| decimals(value, 3));
        let interval = low
            .zip(high)
            .map(|(low, high)| format!(" [{}, {}]", decimals(low, 3), decimals(high, 3)))
            .unwrap_or_default();
        let side = match rule.side {
            Bound::Value => "the figure itself is judged",
            Bound::Low if is_floor => "its lower bound is judged",
            Bound::High if !is_floor => "its lower bound is judged",
            Bound::Low | Bound::High => "its upper bound is judged",
        };
        let what = if is_floor { "floor" } else { "ceiling" };
        let value = shown(figure.value);
        let message = format!("{value}{interval}, and the {what} is {limit}; {side}; {documents} documents");
        GateFinding {
            slice: case.slice.map(str::to_owned),
            delta: figure.value,
            low,
            high,
            margin: limit,
            documents,
            ..GateFinding::new(rule, (&figure.name.to_string(), case.dataset, case.extractor), verdict, message)
        }
    };
    judged.map(finding).collect()
}

/// Returns pass if the judged bound reaches the floor, fail if the upper bound is below it, and
/// inconclusive otherwise.
fn decide(judged: Option<f64>, most: Option<f64>, floor: f64) -> GateVerdict {
    match (judged, most) {
        (Some(judged), _) if judged >= floor => GateVerdict::Pass,
        (_, Some(most)) if most < floor => GateVerdict::Fail,
        _ => GateVerdict::Inconclusive,
    }
}

/// Checks failed documents, time and cost of a run against the caps of the rule.
fn caps(rule: &Rule, case: &GateCase<'_>) -> Vec<GateFinding> {
    let failed = (case.documents > 0).then(|| case.failed as f64 / case.documents as f64);
    let known = [
        ("failed documents", rule.max_failed, failed, "the share of documents that were not answered"),
        ("seconds a document", rule.max_seconds, case.spent.seconds, "the mean over documents"),
        ("cost a document", rule.max_cost, case.spent.cost, "the mean over documents"),
    ];
    let finding = |(metric, cap, value, what): (&str, Option<f64>, Option<f64>, &str)| {
        let cap = cap?;
        let verdict = match value {
            Some(value) if value <= cap => GateVerdict::Pass,
            Some(_) => GateVerdict::Fail,
            None => GateVerdict::Inconclusive,
        };
        let message = match value {
            Some(value) => format!("{}, {what}; the cap is {cap}", decimals(value, 4)),
            None => format!("it is not known here; the cap is {cap}"),
        };
        let finding = GateFinding::new(rule, (metric, case.dataset, case.extractor), verdict, message);
        Some(GateFinding { delta: value, margin: cap, documents: case.documents, ..finding })
    };
    if case.slice.is_some() { Vec::new() } else { known.into_iter().filter_map(finding).collect() }
}
