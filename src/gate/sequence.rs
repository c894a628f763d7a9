//! Judges rules on a growing random sample of the documents, so that a run may stop as soon as they
//! are decided.
//!
//! Bounds come from a confidence sequence, which allows a look after every document. A rule of
//! level alpha spends half of it on the sequence. The other half is left for the ordinary test,
//! which judges what the sequence left open once all documents were seen: a second chance at the
//! full level would add both errors. The half of the sequence on the failing side is divided by the
//! number of tests (Bonferroni), floors and ceilings included, since Holm's adjustment needs all
//! p-values at once; to pass all rules needs no adjustment.
//!
//! A bound is wrong if the sequence is, or if clusters so rare that none was drawn change the
//! figure by more than the bound allows for. Each of the two has half of the level of the bound,
//! and their distances add up. The larger of the two distances would not do: when few of a rare
//! kind are drawn, the standard deviation is too small as well, and up to 11 % of simulated
//! candidates that lose exactly the margin then pass at a level of .025.

use super::judge::{is_judged, judged_name};
use super::{GateCase, GateFinding, GateTest, GateVerdict, Rule, sentence};
use crate::compare::{Compared, Comparison, LayerComparison};
use crate::decimals::decimals;
use crate::score::Figure;
use crate::stats::ConfidenceSequence;

/// The share of a rule's level that the sequence spends; the ordinary test of all documents has the
/// rest.
const SHARE: f64 = 0.5;

/// The share of the level of a bound that the sequence of the mean spends; what unseen clusters can
/// change has the rest.
const OF_MEAN: f64 = 0.5;

/// The part of all clusters at which the bounds of the sequence are narrowest: most decisions fall
/// well before the end.
const TARGET: usize = 4;

/// Which bound of a rule a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleBound {
    /// The margin against the baseline.
    Margin,
    /// The floor of the candidate's own figure.
    Floor,
    /// The ceiling of the candidate's own figure.
    Ceiling,
}

/// A figure that a bound of a rule judges, on all documents or on a slice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JudgedFigure {
    /// The index of the rule.
    pub rule: usize,
    /// The bound of the rule.
    pub bound: RuleBound,
    /// The name of the figure.
    pub metric: String,
    /// The slice; `None` for all documents.
    pub slice: Option<String>,
}

/// The sequence behind the bounds of a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SequenceBounds {
    /// The number of clusters of the sample.
    pub clusters: usize,
    /// The number of clusters of all documents.
    pub of: usize,
    /// The level of the bound that decides that a rule passes.
    pub alpha_pass: f64,
    /// The level of the bound that decides that a rule fails.
    pub alpha_fail: f64,
    /// The tuning parameter of the sequence.
    pub rho: f64,
}

impl SequenceBounds {
    /// Creates the bounds of a sample for a rule of level `alpha`; `tests` is the number of tests
    /// of which any may fail a gate.
    pub fn new(clusters: usize, of: usize, alpha: f64, tests: usize) -> Self {
        let alpha_pass = SHARE * alpha;
        let target = (of / TARGET).max(ConfidenceSequence::LEAST);
        let rho = ConfidenceSequence::narrowest_at(target, OF_MEAN * alpha_pass).rho();
        Self { clusters, of, alpha_pass, alpha_fail: alpha_pass / tests.max(1) as f64, rho }
    }

    /// Returns the distance of a figure from its bound at a level. `sigma` is the standard
    /// deviation of a cluster's contribution. Clusters that are too rare to be in the sample change
    /// the figure by up to `scale` each, which is added to the distance of the mean.
    pub fn reach(&self, sigma: f64, scale: f64, alpha: f64) -> f64 {
        let of_mean = ConfidenceSequence::new(self.rho).reach(self.clusters, sigma, OF_MEAN * alpha);
        of_mean + scale * ConfidenceSequence::unseen(self.clusters, (1.0 - OF_MEAN) * alpha)
    }

    /// Returns the verdict on a gain, the improvement of the candidate: pass as soon as its lower
    /// bound is above `-margin`, fail as soon as its upper bound is below 0, and inconclusive until
    /// then.
    pub fn verdict(&self, gain: f64, sigma: f64, scale: f64, margin: f64) -> GateVerdict {
        if self.clusters < ConfidenceSequence::LEAST {
            GateVerdict::Inconclusive
        } else if gain - self.reach(sigma, scale, self.alpha_pass) > -margin {
            GateVerdict::Pass
        } else if gain + self.reach(sigma, scale, self.alpha_fail) < 0.0 {
            GateVerdict::Fail
        } else {
            GateVerdict::Inconclusive
        }
    }
}

/// The figures of an extractor on a random sample of the documents, or on a slice of it.
pub struct SampleCase<'a> {
    /// The figures on the sample.
    pub case: GateCase<'a>,
    /// The number of clusters of the sample.
    pub clusters: usize,
    /// The number of clusters of all documents.
    pub of: usize,
    /// The number of tests of which any may fail the gate.
    pub tests: usize,
}

/// Returns the rule for the documents that the sequence left open, at the level that it left.
#[must_use]
pub fn final_rule(rule: &Rule) -> Rule {
    Rule { confidence: 1.0 - (1.0 - SHARE) * (1.0 - rule.confidence), ..rule.clone() }
}

/// Judges a rule, given with its index, on a sample. A verdict other than inconclusive is final:
/// it holds for all later samples, too. Caps are not judged, since a sequence does not bound them.
pub fn judge_sample(rule: (usize, &Rule), sample: &SampleCase<'_>) -> Vec<(JudgedFigure, GateFinding)> {
    let mut found = Vec::new();
    if let (Some(margin), Some(comparison)) = (rule.1.margin, sample.case.comparison) {
        for layer in &comparison.layers {
            for figure in layer.figures.iter().filter(|figure| is_judged(rule.1, figure)) {
                found.push(against_base(rule, sample, (comparison, layer), figure, margin));
            }
        }
    }
    let limits = [(rule.1.min, RuleBound::Floor), (rule.1.max, RuleBound::Ceiling)];
    for (limit, bound) in limits.into_iter().filter_map(|(limit, bound)| Some((limit?, bound))) {
        let figures = sample.case.scores.figures().filter(|figure| judged_name(rule.1, &figure.name));
        found.extend(figures.map(|figure| within_limit(rule, sample, figure, (limit, bound))));
    }
    found
}

/// Returns what the figure of one cluster can be at most, as far as it is known: 1 for shares, and
/// the figure itself for others.
fn scale_of(values: [Option<f64>; 2]) -> f64 {
    values.into_iter().flatten().fold(1.0, |most, value| value.abs().max(most))
}

fn against_base(
    (at, rule): (usize, &Rule),
    sample: &SampleCase<'_>,
    (comparison, layer): (&Comparison, &LayerComparison),
    figure: &Compared,
    margin: f64,
) -> (JudgedFigure, GateFinding) {
    let case = &sample.case;
    // A figure may rest on fewer documents than the sample has.
    let bounds = SequenceBounds::new(figure.clusters, sample.of, 1.0 - rule.confidence, sample.tests);
    let scale = scale_of([figure.base, figure.candidate]);
    let sign = if figure.direction.is_lower() { -1.0 } else { 1.0 };
    let difference = figure.difference.and_then(|of| Some((of.delta, of.error? * (of.clusters as f64).sqrt())));
    let too_few = rule.min_documents.filter(|least| figure.clusters < *least);
    let has_fewer_answers = figure.has_fewer_answers && !rule.allows_failures(case.failed, case.documents);
    let verdict = match difference {
        Some((delta, sigma)) if too_few.is_none() => bounds.verdict(sign * delta, sigma, scale, margin),
        _ => GateVerdict::Inconclusive,
    };
    let verdict = if verdict == GateVerdict::Pass && has_fewer_answers { GateVerdict::Inconclusive } else { verdict };
    let known = difference.filter(|_| figure.clusters >= ConfidenceSequence::LEAST);
    let (low, high) =
        if sign > 0.0 { (bounds.alpha_pass, bounds.alpha_fail) } else { (bounds.alpha_fail, bounds.alpha_pass) };
    let name = figure.name.to_string();
    let mut finding = GateFinding {
        slice: case.slice.map(str::to_owned),
        delta: figure.delta(),
        low: known.map(|(delta, sigma)| delta - bounds.reach(sigma, scale, low)),
        high: known.map(|(delta, sigma)| delta + bounds.reach(sigma, scale, high)),
        margin,
        documents: figure.clusters,
        test: Some(GateTest::Sequence),
        sequence: Some(bounds),
        ..GateFinding::new(rule, (&name, case.dataset, case.extractor), verdict, String::new())
    };
    finding.message = sentence(&finding, figure, layer, too_few);
    if comparison.is_identical {
        finding.message.push_str("; both systems gave the same answers for all of them");
    }
    let judged = JudgedFigure { rule: at, bound: RuleBound::Margin, metric: name, slice: finding.slice.clone() };
    (judged, finding)
}

fn within_limit(
    (at, rule): (usize, &Rule),
    sample: &SampleCase<'_>,
    figure: &Figure,
    (limit, bound): (f64, RuleBound),
) -> (JudgedFigure, GateFinding) {
    let case = &sample.case;
    // Not all clusters of the sample need have the figure.
    let clusters = figure.spread.map_or(0, |spread| spread.clusters);
    let bounds = SequenceBounds::new(clusters, sample.of, 1.0 - rule.confidence, sample.tests);
    let sigma = figure.spread.and_then(|spread| Some(spread.standard_error()? * (clusters as f64).sqrt()));
    let known = figure.value.zip(sigma).filter(|_| clusters >= ConfidenceSequence::LEAST);
    let (alpha_low, alpha_high) = match bound {
        RuleBound::Ceiling => (bounds.alpha_fail, bounds.alpha_pass),
        RuleBound::Margin | RuleBound::Floor => (bounds.alpha_pass, bounds.alpha_fail),
    };
    let reach = |value: f64, sigma: f64, alpha: f64| bounds.reach(sigma, scale_of([Some(value), None]), alpha);
    let low = known.map(|(value, sigma)| value - reach(value, sigma, alpha_low));
    let high = known.map(|(value, sigma)| value + reach(value, sigma, alpha_high));
    let documents = figure.documents as usize;
    let too_few = rule.min_documents.is_some_and(|least| documents < least);
    // A ceiling is a floor of the negated figure.
    let (least, most, floor) = match bound {
        RuleBound::Ceiling => (high.map(|high: f64| -high), low.map(|low: f64| -low), -limit),
        RuleBound::Margin | RuleBound::Floor => (low, high, limit),
    };
    let verdict = match (least, most) {
        (Some(least), _) if least >= floor && !too_few => GateVerdict::Pass,
        (_, Some(most)) if most < floor && !too_few => GateVerdict::Fail,
        _ => GateVerdict::Inconclusive,
    };
    let what = if bound == RuleBound::Ceiling { "ceiling" } else { "floor" };
    let value = figure.value.map_or_else(|| "undefined".to_owned(), |value| decimals(value, 3));
    let interval: Option<(f64, f64)> = low.zip(high);
    let interval = interval.map(|(low, high)| format!(" [{}, {}]", decimals(low, 3), decimals(high, 3)));
    let message = format!("{value}{}, and the {what} is {limit}; {documents} documents", interval.unwrap_or_default());
    let name = figure.name.to_string();
    let finding = GateFinding {
        slice: case.slice.map(str::to_owned),
        delta: figure.value,
        low,
        high,
        margin: limit,
        documents,
        test: Some(GateTest::Sequence),
        sequence: Some(bounds),
        ..GateFinding::new(rule, (&name, case.dataset, case.extractor), verdict, message)
    };
    (JudgedFigure { rule: at, bound, metric: name, slice: finding.slice.clone() }, finding)
}

#[cfg(test)]
mod tests {
    use super::{SequenceBounds, final_rule};
    use crate::gate::{GateVerdict, Rule};
    use crate::stats::{ConfidenceSequence, Draws, RandomUse};

    #[test]
    fn both_halves_of_the_level_are_spent_once() {
        let rule = Rule { confidence: 0.95, ..Rule::default() };
        let bounds = SequenceBounds::new(100, 1_000, 1.0 - rule.confidence, 4);
        assert!((bounds.alpha_pass + (1.0 - final_rule(&rule).confidence) - 0.05).abs() < 1e-12);
        assert!((4.0 * bounds.alpha_fail - bounds.alpha_pass).abs() < 1e-12);
    }

    /// Clusters that all agree decide nothing before a loss as rare as the margin would have been
    /// seen.
    #[test]
    fn equal_clusters_pass_once_a_rare_loss_would_show() {
        let first = |margin: f64| {
            let verdict = |n: &usize| SequenceBounds::new(*n, 10_000, 0.05, 1).verdict(0.0, 0.0, 1.0, margin);
            (1..10_000).find(|n| verdict(n) == GateVerdict::Pass)
        };
        assert_eq!([first(0.02), first(0.05), first(0.3)], [Some(217), Some(86), Some(ConfidenceSequence::LEAST)]);
    }

    #[test]
    fn nothing_is_decided_below_the_least_number_of_clusters() {
        let verdict = |n| SequenceBounds::new(n, 1_000, 0.05, 1).verdict(-0.9, 0.1, 1.0, 0.01);
        assert_eq!(verdict(ConfidenceSequence::LEAST - 1), GateVerdict::Inconclusive);
        assert_eq!(verdict(ConfidenceSequence::LEAST), GateVerdict::Fail);
    }

    /// Of 100 documents the candidate loses 5 entirely, which is the margin, and in the other case
    /// gains as much as it loses elsewhere. A sample with few of the 5 has too small a standard
    /// deviation: the larger of the two distances decides wrongly in more than .025 of the runs.
    #[test]
    fn rare_losses_and_gains_keep_the_level() {
        const RUNS: u64 = 600;
        const DOCUMENTS: usize = 600;
        const RARE: f64 = 0.05;
        let decides = |run: u64, [rare, others]: [f64; 2], wrong: GateVerdict| {
            let mut draws = Draws::new(17, RandomUse::Bootstrap, run, DOCUMENTS);
            let (mut sum, mut squares, mut found) = (0.0, 0.0, [false; 2]);
            for n in 1..=DOCUMENTS {
                let gain = if draws.below(20) == 0 { rare } else { others };
                (sum, squares) = (sum + gain, squares + gain * gain);
                let count = n as f64;
                let mean = sum / count;
                let sigma = ((squares - count * mean * mean).max(0.0) / (count - 1.0).max(1.0)).sqrt();
                let bounds = SequenceBounds::new(n, DOCUMENTS, 0.05, 1);
                found[0] |= bounds.verdict(mean, sigma, 1.0, RARE) == wrong;
                let sequence = ConfidenceSequence::narrowest_at(DOCUMENTS / 4, bounds.alpha_pass);
                let larger =
                    sequence.reach(n, sigma, bounds.alpha_pass).max(ConfidenceSequence::unseen(n, bounds.alpha_pass));
                let is_wrong = if wrong == GateVerdict::Pass { mean - larger > -RARE } else { mean + larger < 0.0 };
                found[1] |= is_wrong && n >= ConfidenceSequence::LEAST;
            }
            found
        };
        for (gains, wrong) in [([-1.0, 0.0], GateVerdict::Pass), ([0.95, -0.05], GateVerdict::Fail)] {
            let of_runs: Vec<[bool; 2]> = (0..RUNS).map(|run| decides(run, gains, wrong)).collect();
            let share = |at: usize| of_runs.iter().filter(|found| found[at]).count() as f64 / RUNS as f64;
            assert!(share(0) <= 0.025 && share(1) > 0.05, "{wrong:?}: {} {}", share(0), share(1));
        }
    }

    /// Systems that are equally good, looked at after every document: interval after interval of
    /// Student's t fails far more of them than one in twenty, the sequence does not.
    #[test]
    fn peeking_fails_equal_systems_only_without_a_sequence() {
        const RUNS: u64 = 300;
        const DOCUMENTS: usize = 300;
        let fails = |run: u64| {
            let mut draws = Draws::new(11, RandomUse::Bootstrap, run, 2 * DOCUMENTS);
            let (mut sum, mut squares, mut found) = (0.0, 0.0, [false; 2]);
            for n in 1..=DOCUMENTS {
                // Half of the documents change, by up to .5.
                let is_changed = draws.bits().is_multiple_of(2);
                let change = draws.below(1_001) as f64 / 1_000.0 - 0.5;
                let gain = if is_changed { change } else { 0.0 };
                (sum, squares) = (sum + gain, squares + gain * gain);
                let count = n as f64;
                let mean = sum / count;
                let sigma = ((squares - count * mean * mean).max(0.0) / (count - 1.0).max(1.0)).sqrt();
                if n >= ConfidenceSequence::LEAST {
                    let bounds = SequenceBounds::new(n, DOCUMENTS, 0.05, 1);
                    found[0] |= mean + 1.645 * sigma / count.sqrt() < 0.0;
                    found[1] |= mean + bounds.reach(sigma, 0.0, bounds.alpha_fail) < 0.0;
                }
            }
            found
        };
        let of_runs: Vec<[bool; 2]> = (0..RUNS).map(fails).collect();
        let share = |at: usize| of_runs.iter().filter(|found| found[at]).count() as f64 / RUNS as f64;
        assert!(share(0) > 0.2 && share(1) <= 0.05, "{} {}", share(0), share(1));
    }
}
