//! A run as JUnit XML.

use std::collections::BTreeMap;

use quick_junit::{Property, TestSuite};

use super::super::number::six_places;
use super::super::{ExtractorReport, Report};
use super::{Outcome, line, render, suite, suite_name};
use crate::score::{Status, headline_figure};

/// Returns a suite for each extractor on a dataset, with its headline figures as properties, and a
/// case for each document without an answer. Of a partial run, a skipped case says which part it
/// is.
///
/// The documents with an answer are one case, which states their number: a case for each would make
/// pages of servers slow with a large dataset, and would need memory for each document of a
/// streamed run.
pub(in crate::report) fn run_to_junit(reports: &[Report]) -> String {
    let suites = reports.iter().flat_map(|report| report.extractors.iter().map(move |of| of_extractor(report, of)));
    render("karat run", suites)
}

fn of_extractor(report: &Report, extractor: &ExtractorReport) -> TestSuite {
    let (answered, asked) = (extractor.count(Status::Ok), extractor.asked());
    let documents = if asked == 1 { "document" } else { "documents" };
    let sentence = format!("{answered} of {asked} {documents} answered");
    let answered = (answered > 0).then(|| ("answered documents".to_owned(), Outcome::Passed(Some(sentence))));
    let without_answer = extractor.ends.iter().filter(|(_, (status, _))| *status != Status::Ok);
    let documents = without_answer.map(|(id, (status, message))| {
        let reason = message.as_deref().filter(|message| !message.is_empty()).unwrap_or(status.as_str());
        (id.clone(), outcome(*status, reason.to_owned()))
    });
    let part = report.sample.as_ref().map(|sample| {
        let reason = sample.lines().collect::<Vec<_>>().join(" ");
        ("all documents".to_owned(), Outcome::Skipped(reason))
    });
    let cases = part.into_iter().chain(answered).chain(documents).chain(not_named(extractor));
    let mut suite = suite(&suite_name([&report.dataset, &extractor.name]), cases);
    for scores in &extractor.scores.layers {
        if let Some(figure) = headline_figure(scores) {
            suite.add_property(Property::new(line(&figure.name.to_string()), six_places(figure.value)));
        }
    }
    suite
}

fn outcome(status: Status, reason: String) -> Outcome {
    match status {
        Status::Skipped => Outcome::Skipped(reason),
        status => Outcome::Errored(status.as_str(), reason),
    }
}

/// Returns a case for each status of documents of a streamed run of which only the number is kept.
fn not_named(extractor: &ExtractorReport) -> Vec<(String, Outcome)> {
    let mut named: BTreeMap<Status, usize> = BTreeMap::new();
    extractor.ends.values().for_each(|(status, _)| *named.entry(*status).or_default() += 1);
    let others = extractor.unlisted.iter().filter(|(status, _)| **status != Status::Ok);
    let others = others.filter_map(|(status, count)| {
        let more = count.saturating_sub(named.get(status).copied().unwrap_or(0));
        (more > 0).then(|| {
            let reason = format!("{more} more documents; the predictions of the run have each of them");
            (format!("more documents: {status}"), outcome(*status, reason))
        })
    });
    others.collect()
}
