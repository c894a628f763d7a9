//! What the ordinary test makes of all documents, once they were run, where no sequence decided a
//! rule; and the findings of all rules.

use std::collections::{BTreeMap, BTreeSet};

use karat::corpus::Dataset;
use karat::document::Reference;
use karat::error::Error;
use karat::gate::{
    GateBasis, GateFinding, GateOutcome, GateSample, GateVerdict, IfNoBaseline, JudgedFigure, Rule, RuleBound,
    SampleSize, Spent, final_rule, judge,
};
use karat::report::decimals;
use karat::score::{Settings, System};

use super::super::judging::{JudgedFigures, unusable_metrics};
use super::{JudgedPair, PairState, UntilDecided};

impl UntilDecided<'_> {
    /// Returns the level of which the ordinary test of floors and ceilings has two-sided intervals,
    /// if a number of tests share what the sequence left of the level of a rule.
    fn limit_confidence(rule: &Rule, tests: usize) -> f64 {
        1.0 - 2.0 * (1.0 - final_rule(rule).confidence) / tests.max(1) as f64
    }

    /// Applies rules to the answers of a system to all documents, with intervals for floors and
    /// ceilings at the levels of the rules, of which `tests` share each.
    fn final_figures(
        &self,
        rules: &[(usize, &Rule)],
        of: (&Dataset, &BTreeMap<String, Reference>),
        system: &System,
        pair: &JudgedPair,
        (spent, tests): (Spent, usize),
    ) -> Result<Vec<JudgedFigures>, Error> {
        let mut by_level: Vec<(f64, Vec<(usize, &Rule)>)> = Vec::new();
        for (at, rule) in rules {
            let level = Self::limit_confidence(rule, tests);
            match by_level.iter_mut().find(|(other, _)| (other - level).abs() < f64::EPSILON) {
                Some((_, rules)) => rules.push((*at, rule)),
                None => by_level.push((level, vec![(*at, rule)])),
            }
        }
        let mut found = Vec::new();
        for (level, rules) in by_level {
            let settings = Settings { confidence: level, ..self.datasets[&of.0.name].settings.clone() };
            found.extend(self.figures(&rules, of, system, pair, (spent, &settings))?);
        }
        Ok(found)
    }

    /// Returns what the sequence, and for documents that were all run the ordinary test, make of
    /// every rule. `samples` has the documents that were run, and `spent` the time and cost of an
    /// extractor on a dataset.
    pub fn outcome(
        &self,
        datasets: &[(Dataset, Settings)],
        systems: &BTreeMap<String, Vec<System>>,
        samples: &BTreeMap<String, Vec<String>>,
        spent: impl Fn(&str, &str) -> Spent,
    ) -> Result<GateOutcome, Error> {
        let (mut judged, mut shared, mut whole) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut sizes = BTreeMap::new();
        for (dataset, _) in datasets {
            let ids: BTreeSet<&str> = samples[&dataset.name].iter().map(String::as_str).collect();
            let of = self.datasets[&dataset.name].clusters.len();
            sizes.insert(dataset.name.clone(), SampleSize { documents: ids.len(), of });
            let references = Self::references(dataset, &ids);
            if ids.len() == of {
                whole.insert(dataset.name.as_str());
            }
            for system in systems.get(&dataset.name).into_iter().flatten() {
                let Some(pair) = self.pairs.get(&(dataset.name.clone(), system.name.clone())) else { continue };
                if let Some(error) = pair.state().error.take() {
                    return Err(error);
                }
                let about = self.about(&dataset.name, &system.name);
                let spent = spent(&dataset.name, &system.name);
                let (of, tests) = ((dataset, &references), self.tests());
                let figures = self.final_figures(&about, of, system, pair, (spent, 1))?;
                if self.limits == 0 || tests == 1 {
                    shared.extend(figures.iter().cloned());
                } else {
                    shared.extend(self.final_figures(&about, of, system, pair, (spent, tests))?);
                }
                judged.extend(figures.into_iter().map(|one| (dataset.name.as_str(), system.name.as_str(), one)));
            }
        }
        let all: Vec<&JudgedFigures> = judged.iter().map(|(_, _, one)| one).collect();
        let diagnostics = unusable_metrics(&self.rules.iter().collect::<Vec<_>>(), &all);
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        // Each bound of a rule is judged by itself, which says what a finding is about.
        let mut parts: Vec<(usize, Option<RuleBound>, Rule)> = Vec::new();
        for (at, (dataset, _, one)) in judged.iter().enumerate() {
            let rule = &self.rules[one.rule];
            let is_whole = whole.contains(dataset);
            let bounds = [RuleBound::Margin, RuleBound::Floor, RuleBound::Ceiling].into_iter().filter(|_| is_whole);
            parts.extend(bounds.map(|bound| (at, Some(bound), only(rule, Some(bound)))));
            parts.push((at, None, only(rule, None)));
        }
        let cases = || parts.iter().map(|(at, _, rule)| (rule, judged[*at].2.case()));
        let mut findings = judge(&cases().collect::<Vec<_>>()).into_iter();
        // All tests together fail at most at the level. Passing needs no adjustment.
        let at_shared: Vec<(usize, Rule)> =
            parts.iter().map(|(at, bound, rule)| (*at, self.at_shared_level(rule, *bound))).collect();
        let at_shared: Vec<_> = at_shared.iter().map(|(at, rule)| (rule, shared[*at].case())).collect();
        let mut of_shared = judge(&at_shared).into_iter();
        let mut last: BTreeMap<(&str, &str, JudgedFigure), GateFinding> = BTreeMap::new();
        let mut caps: BTreeMap<(&str, &str, usize), Vec<GateFinding>> = BTreeMap::new();
        for ((at, bound, _), case) in parts.iter().zip(cases()) {
            let (dataset, extractor, one) = &judged[*at];
            for (mut finding, shared) in findings.by_ref().zip(of_shared.by_ref()).take(judge(&[case]).len()) {
                match bound {
                    Some(bound) => {
                        let (metric, slice) = (finding.metric.clone(), finding.slice.clone());
                        if finding.verdict == GateVerdict::Fail && shared.verdict != GateVerdict::Fail {
                            finding.verdict = GateVerdict::Inconclusive;
                            let tests = self.tests();
                            finding
                                .message
                                .push_str(&format!("; it does not fail at the level that {tests} tests share"));
                        }
                        let level = decimals(100.0 * final_rule(&self.rules[one.rule]).confidence, 3);
                        let level = level.trim_end_matches('0').trim_end_matches('.');
                        finding.message.push_str(&format!(
                            "; no sequence decided it; all documents were run, and judged once with {level} % \
                             confidence"
                        ));
                        last.insert(
                            (*dataset, *extractor, JudgedFigure { rule: one.rule, bound: *bound, metric, slice }),
                            finding,
                        );
                    }
                    None => caps.entry((*dataset, *extractor, one.rule)).or_default().push(finding),
                }
            }
        }
        let mut found = Vec::new();
        for ((dataset, extractor), pair) in &self.pairs {
            let PairState { decided, open, .. } = &*pair.state();
            for (at, rule) in self.about(dataset, extractor) {
                let is_of_rule = |key: &&JudgedFigure| key.rule == at;
                let of_last = last.keys().filter(|(of, by, _)| of == dataset && by == extractor).map(|(_, _, key)| key);
                let keys: BTreeSet<&JudgedFigure> =
                    decided.keys().chain(open.keys()).chain(of_last).filter(is_of_rule).collect();
                for key in keys {
                    let of_key = (dataset.as_str(), extractor.as_str(), key.clone());
                    let open = || {
                        let mut finding = open.get(key)?.clone();
                        finding.message.push_str("; not decided when the run stopped");
                        Some(finding)
                    };
                    found.extend(decided.get(key).or_else(|| last.get(&of_key)).cloned().or_else(open));
                }
                found.extend(caps.remove(&(dataset.as_str(), extractor.as_str(), at)).into_iter().flatten());
                if rule.margin.is_some() && pair.base.is_none() {
                    found.push(without_base(rule, dataset, extractor));
                }
            }
        }
        let sample = GateSample { seed: self.seed, datasets: sizes };
        let run = format!("a run of {sample}");
        let basis = GateBasis { run, base: self.base.clone(), moved: Vec::new(), sample: Some(sample) };
        Ok(GateOutcome { basis: Some(basis), findings: found })
    }

    /// Returns the rule for a bound at its part of the level that the sequence left: the margins
    /// share theirs by Holm's adjustment, and the figures of floors and ceilings have intervals at
    /// theirs.
    fn at_shared_level(&self, rule: &Rule, bound: Option<RuleBound>) -> Rule {
        let part = match bound {
            Some(RuleBound::Margin) => self.margins.max(1) as f64 / self.tests().max(1) as f64,
            _ => 1.0,
        };
        Rule { confidence: 1.0 - part * (1.0 - rule.confidence), ..rule.clone() }
    }
}

/// Returns a rule with only one of its bounds, or with only its caps, at the level that the
/// sequence did not spend.
fn only(rule: &Rule, bound: Option<RuleBound>) -> Rule {
    let rule = final_rule(rule);
    let is_cap = bound.is_none();
    Rule {
        margin: rule.margin.filter(|_| bound == Some(RuleBound::Margin)),
        min: rule.min.filter(|_| bound == Some(RuleBound::Floor)),
        max: rule.max.filter(|_| bound == Some(RuleBound::Ceiling)),
        max_failed: rule.max_failed.filter(|_| is_cap),
        max_seconds: rule.max_seconds.filter(|_| is_cap),
        max_cost: rule.max_cost.filter(|_| is_cap),
        ..rule
    }
}

fn without_base(rule: &Rule, dataset: &str, extractor: &str) -> GateFinding {
    let (verdict, message) = match rule.if_no_baseline {
        Some(IfNoBaseline::Fail) => (GateVerdict::Fail, "there is no baseline, which `if_no_baseline` refuses"),
        Some(IfNoBaseline::Accept) => {
            (GateVerdict::Pass, "there is no baseline, and a run until it is decided does not become one")
        }
        _ => (GateVerdict::Pass, "there is no baseline, which `if_no_baseline` allows"),
    };
    let metric = rule.metric.as_deref().unwrap_or_default();
    GateFinding::new(rule, (metric, dataset, extractor), verdict, message.to_owned())
}
