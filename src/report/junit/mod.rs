//! JUnit XML, which GitLab, Jenkins, Azure Pipelines and most other CI servers show as tests.
//!
//! A suite is a dataset, or one extractor on a dataset; a case is one thing that can fail: a rule
//! of the gate, a document without an answer, a kind of finding in a golden file. Names of cases
//! contain no figures, so that a server recognises a case in the next run. Reports contain no time,
//! no host and no random id: equal results give equal bytes.
//!
//! Only the program depends on the library that writes the XML, so the module needs the feature
//! `cli`.

mod check;
mod gate;
mod run;

pub(super) use check::check_to_junit;
pub(super) use gate::gate_to_junit;
pub(super) use run::run_to_junit;

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::text::{REPORTED, cut, visible, visible_lines, without_workflow_commands};

/// The outcome of one case.
enum Outcome {
    /// The case passes. The text is shown as its output.
    Passed(Option<String>),
    /// The case is neither passed nor failed, for this reason.
    Skipped(String),
    /// What was tested does not hold: the type of the failure, and the reason.
    Failed(&'static str, String),
    /// It could not be tested: the type of the error, and the reason.
    Errored(&'static str, String),
}

/// Returns a case of a suite.
fn case(suite: &str, name: &str, outcome: Outcome) -> TestCase {
    let non_success = |kind, of_type: &str, reason: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(line(of_type)).set_message(headline(reason)).set_description(lines(reason));
        status
    };
    let (status, output) = match outcome {
        Outcome::Passed(output) => (TestCaseStatus::success(), output),
        Outcome::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(headline(&reason));
            (status, None)
        }
        Outcome::Failed(of_type, reason) => (non_success(NonSuccessKind::Failure, of_type, &reason), None),
        Outcome::Errored(of_type, reason) => (non_success(NonSuccessKind::Error, of_type, &reason), None),
    };
    let mut case = TestCase::new(line(name), status);
    case.set_classname(line(suite));
    if let Some(output) = output {
        case.set_system_out(lines(&output));
    }
    case
}

/// Returns the name of a suite, the parts joined by dots: servers group by them.
fn suite_name(parts: [&str; 2]) -> String {
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if named.is_empty() { "karat".to_owned() } else { named.join(".") }
}

/// Returns a suite of cases, whose names are made distinct: servers keep one of equal names.
fn suite(name: &str, cases: impl IntoIterator<Item = (String, Outcome)>) -> TestSuite {
    let mut suite = TestSuite::new(line(name));
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (of_case, outcome) in cases {
        let count = times.entry(of_case.clone()).or_default();
        *count += 1;
        let number = if *count > 1 { format!(" ({count})") } else { String::new() };
        suite.add_test_case(case(name, &format!("{of_case}{number}"), outcome));
    }
    suite
}

/// Returns the whole document.
///
/// # Panics
/// Does not panic: writing to memory cannot fail, and the text is UTF-8.
fn render(command: &str, suites: impl IntoIterator<Item = TestSuite>) -> String {
    let mut report = Report::new(command);
    report.add_test_suites(suites);
    let text = report.to_string().expect("writing to memory");
    // The schema has no `skipped` of the outermost element, the first one with this attribute.
    text.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1)
}

/// Returns a text on one line, in which every character is allowed in XML.
fn line(text: &str) -> String {
    allowed(&visible(text))
}

/// Returns a text that keeps its line breaks, in which every character is allowed in XML.
fn lines(text: &str) -> String {
    allowed(&visible_lines(text))
}

/// Returns the beginning of a reason, which servers show beside the name of a case.
fn headline(reason: &str) -> String {
    cut(&line(reason), REPORTED).into_owned()
}

/// Writes the two noncharacters that XML refuses in the notation of [`visible`], and no line that
/// the runner of GitHub Actions takes for a command.
fn allowed(text: &str) -> String {
    without_workflow_commands(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

#[cfg(test)]
mod tests {
    use super::{Outcome, render, suite};

    #[test]
    fn hostile_texts_stay_texts() {
        let hostile = format!("\u{1b}[31m]]></failure>\u{0}\u{202e}\u{fffe}&\"<\r\n{}", "é]]>".repeat(25_000));
        let cases = [
            (hostile.clone(), Outcome::Failed("fail", hostile.clone())),
            (hostile.clone(), Outcome::Passed(Some(hostile.clone()))),
        ];
        let xml = render("karat gate", [suite(&hostile, cases)]);
        let mut reader = quick_xml::Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        let mut elements = Vec::new();
        loop {
            match reader.read_event().expect("the report is well-formed") {
                quick_xml::events::Event::Start(start) => elements.push(start.name().as_ref().to_owned()),
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(elements, ["testsuites", "testsuite", "testcase", "failure", "testcase", "system-out"]);
        let is_allowed = |char: char| matches!(char, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}');
        assert!(xml.chars().all(is_allowed) && !xml.contains('\u{202e}') && !xml.contains("]]>"));
        // Every character is there: in the name of the suite, which is also the class of both
        // cases, in the names of both cases, in the text of the failure, and in the output; the
        // message of the failure has its beginning.
        assert_eq!(xml.matches("é]]&gt;").count() / 25_000, 7);
        assert!(xml.contains("\\u{1b}[31m") && xml.contains(" (2)\""));
    }
}
