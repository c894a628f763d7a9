//! The findings of `karat check` as JUnit XML.

use std::collections::BTreeMap;
use std::path::PathBuf;

use quick_junit::TestSuite;

use super::super::CheckExport;
use super::{Outcome, render, suite};
use crate::check::{Finding, Severity};

/// Returns a suite for each dataset, with a case for each code of findings in each file. Cases with
/// errors fail, and those with warnings if warnings are denied. A dataset without findings has one
/// case that passes.
pub(in crate::report) fn check_to_junit(export: &CheckExport<'_>) -> String {
    let mut rest = export.findings;
    let mut suites: Vec<TestSuite> = Vec::new();
    for dataset in export.datasets {
        let (of_dataset, others) = rest.split_at(dataset.findings.min(rest.len()));
        rest = others;
        let mut cases = cases(of_dataset, export.denies_warnings);
        if cases.is_empty() {
            let documents = if dataset.documents == 1 { "document" } else { "documents" };
            let sentence = format!("nothing was found in {} {documents}", dataset.documents);
            cases.push(("golden files".to_owned(), Outcome::Passed(Some(sentence))));
        }
        suites.push(suite(&dataset.name, cases));
    }
    if !rest.is_empty() {
        suites.push(suite("karat check --fix", cases(rest, export.denies_warnings)));
    }
    render("karat check", suites)
}

fn cases(findings: &[Finding], denies_warnings: bool) -> Vec<(String, Outcome)> {
    let mut groups: BTreeMap<(Option<PathBuf>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry((finding.diagnostic.file.clone(), finding.code)).or_default().push(finding);
    }
    let case = |((file, code), findings): ((Option<PathBuf>, &'static str), Vec<&Finding>)| {
        let file = file.map_or_else(String::new, |file| format!("{}: ", file.display()));
        let reasons: Vec<String> = findings.iter().map(|finding| of_finding(finding)).collect();
        let reasons = reasons.join("\n");
        let is_error = findings.iter().any(|finding| finding.level == Severity::Error);
        let outcome = match (is_error, denies_warnings) {
            (true, _) | (false, true) => Outcome::Failed(code, reasons),
            (false, false) => Outcome::Passed(Some(reasons)),
        };
        (format!("{file}{code}"), outcome)
    };
    groups.into_iter().map(case).collect()
}

/// Returns a finding on one line: its location, what is wrong, and what to do.
fn of_finding(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let position = diagnostic.position.map(|(line, column)| format!("{line}:{column}: ")).unwrap_or_default();
    let document = diagnostic.document.as_ref().map(|document| format!("document {document:?}: ")).unwrap_or_default();
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{position}{}: {document}{}{help}", finding.level, diagnostic.message)
}
