//! `karat plugin check`: checks that a program follows the protocol of extractors, or that a script
//! or a service answers as its table says.

use karat::error::Error;
use karat::extractor::conformance::ConformanceCheck;
use karat::extractor::process;
use karat::report::{Exporter, csv_table, markdown_table};
use karat::runner::examine;
use serde_json::json;

use super::super::plan::{CheckSubject, ConformancePlan};
use super::super::styled_text::StyledText;
use super::super::table::Cell;
use super::super::tone::Tone;
use super::super::{exit, table};

pub(super) fn execute(plan: &ConformancePlan) -> Result<u8, Error> {
    let findings = match &plan.subject {
        CheckSubject::Program(program) => process::examine(program),
        CheckSubject::Extractor { extractor, secrets, timeout } => {
            examine(extractor, secrets, *timeout).map_err(|diagnostic| {
                if diagnostic.file.is_none() { diagnostic.in_file(&plan.config) } else { diagnostic }
            })?
        }
    };
    let holds = findings.iter().all(|finding| finding.outcome.is_ok());
    plan.format.print(&PluginExport { findings: &findings, holds }, || text(&findings, holds))?;
    Ok(if holds { exit::PASS } else { exit::INPUT })
}

/// The results of all checks, for the output formats that commands share.
struct PluginExport<'f> {
    findings: &'f [ConformanceCheck],
    holds: bool,
}

impl PluginExport<'_> {
    fn rows(&self) -> impl Iterator<Item = [&str; 3]> {
        self.findings.iter().map(|ConformanceCheck { what, outcome }| {
            let detail = outcome.as_ref().unwrap_or_else(|why| why);
            [*what, if outcome.is_ok() { "true" } else { "false" }, detail.as_str()]
        })
    }
}

const COLUMNS: [&str; 3] = ["check", "holds", "detail"];

impl Exporter for PluginExport<'_> {
    fn to_json(&self) -> String {
        let checks = self.findings.iter().map(|ConformanceCheck { what, outcome }| {
            let detail = outcome.as_ref().unwrap_or_else(|why| why);
            json!({"check": what, "holds": outcome.is_ok(), "detail": detail})
        });
        let checks: Vec<_> = checks.collect();
        format!("{:#}\n", json!({"schema": "karat.plugin/1", "holds": self.holds, "checks": checks}))
    }

    fn to_csv(&self) -> String {
        csv_table(&COLUMNS, self.rows().map(|row| row.map(str::to_owned).to_vec()))
    }

    fn to_markdown(&self) -> String {
        markdown_table(&COLUMNS, self.rows().map(|row| row.map(str::to_owned).to_vec()))
    }
}

fn text(findings: &[ConformanceCheck], holds: bool) -> StyledText {
    let mut rows = table::new(["check", "", ""]).prose(&[0, 2]);
    for ConformanceCheck { what, outcome } in findings {
        let (mark, detail) = match outcome {
            Ok(detail) => ("holds", detail),
            Err(why) => ("FAILS", why),
        };
        rows.add_row([Cell::message(what), Cell::from(mark).toned(Tone::of_word(mark)), Cell::message(detail)]);
    }
    let failed = findings.iter().filter(|finding| finding.outcome.is_err()).count();
    let verdict =
        if holds { "everything holds".to_owned() } else { format!("{failed} of {} checks failed", findings.len()) };
    let mut text = table::render_words(&rows);
    text.push(format!("\n{verdict}\n"));
    text
}
