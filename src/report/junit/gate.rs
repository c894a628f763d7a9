//! The verdicts of a gate as JUnit XML.

use quick_junit::Property;

use super::{Outcome, line, render, suite, suite_name};
use crate::gate::{GateBasis, GateFinding, GateOutcome, GateVerdict, OnInconclusive};

/// Returns a suite for each extractor on a dataset, in the order of the rules, with a case for each
/// rule. At least one case fails if and only if the gate fails.
pub(in crate::report) fn gate_to_junit(outcome: &GateOutcome) -> String {
    let mut pairs: Vec<[&str; 2]> = Vec::new();
    let moved = outcome.basis.iter().flat_map(|basis| &basis.moved);
    let of_moved = moved.clone().map(|moved| [moved.dataset.as_str(), moved.extractor.as_str()]);
    for pair in outcome.findings.iter().map(pair_of).chain(of_moved) {
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let suites = pairs.into_iter().map(|pair| {
        let rules = outcome.findings.iter().filter(|finding| pair_of(finding) == pair);
        let moved = moved.clone().filter(|moved| [&*moved.dataset, &*moved.extractor] == pair);
        let moved = moved.map(|moved| ("baseline".to_owned(), Outcome::Passed(Some(moved.message()))));
        let mut suite = suite(&suite_name(pair), rules.map(of_rule).chain(moved));
        if let Some(GateBasis { run, base, .. }) = &outcome.basis {
            suite.add_property(Property::new("judged", line(run)));
            suite.add_property(Property::new("against", line(base)));
        }
        suite
    });
    render("karat gate", suites)
}

fn pair_of(finding: &GateFinding) -> [&str; 2] {
    [&finding.dataset, &finding.extractor]
}

fn of_rule(finding: &GateFinding) -> (String, Outcome) {
    let slice = finding.slice.iter().map(|slice| format!(" {slice}")).collect::<String>();
    let message = || format!("{}: {}", finding.verdict, finding.message);
    let outcome = match (finding.verdict, finding.on_inconclusive) {
        (GateVerdict::Pass | GateVerdict::Identical, _) => Outcome::Passed(Some(message())),
        _ if finding.informational => Outcome::Skipped(format!("informational: {}", message())),
        (GateVerdict::Fail, _) => Outcome::Failed("fail", finding.message.clone()),
        (GateVerdict::Inconclusive, OnInconclusive::Fail) => Outcome::Failed("inconclusive", finding.message.clone()),
        (GateVerdict::Inconclusive, OnInconclusive::Warn) => Outcome::Passed(Some(format!("warning: {}", message()))),
        (GateVerdict::Inconclusive, OnInconclusive::Neutral) => Outcome::Skipped(message()),
    };
    (format!("{}{slice}", finding.metric), outcome)
}
