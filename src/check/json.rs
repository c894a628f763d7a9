//! Renders findings as JSON in the schema `karat.check/1`, for other programs.

use serde::Serialize;

use super::{Finding, Severity};

#[derive(Serialize)]
struct CheckReport<'a> {
    schema: &'static str,
    findings: Vec<FindingRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<&'a [Fixed]>,
    documents: usize,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    level: String,
    code: &'a str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    document: Option<&'a str>,
    /// The place in the document, in code points.
    start: Option<u32>,
    end: Option<u32>,
    message: &'a str,
    help: Option<&'a str>,
}

/// A file that was fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fixed {
    /// The path of the file.
    pub file: String,
    /// The id of the document.
    pub document: String,
    /// What was changed, in words.
    pub changes: String,
}

/// Renders the findings as JSON. `fixed` lists the fixed files if fixing was requested.
pub fn to_json(findings: &[Finding], documents: usize, fixed: Option<&[Fixed]>) -> String {
    let rows = findings.iter().map(row).collect();
    let count = |level: Severity| findings.iter().filter(|finding| finding.level == level).count();
    let report = CheckReport {
        schema: "karat.check/1",
        findings: rows,
        fixed,
        documents,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
    };
    let mut text = serde_json::to_string_pretty(&report).expect("findings are plain data");
    text.push('\n');
    text
}

fn row(finding: &Finding) -> FindingRow<'_> {
    let diagnostic = &finding.diagnostic;
    FindingRow {
        level: finding.level.to_string(),
        code: finding.code,
        file: diagnostic.file.as_ref().map(|file| file.display().to_string()),
        line: diagnostic.position.map(|position| position.0),
        column: diagnostic.position.map(|position| position.1),
        document: diagnostic.document.as_deref(),
        start: finding.span.map(|span| span.0),
        end: finding.span.map(|span| span.1),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
    }
}
