//! Findings as JSON: `karat.check/1`.

use serde::Serialize;

use super::{Finding, Level};

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    findings: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<&'a [Fixed]>,
    documents: usize,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    level: String,
    code: &'a str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    document: Option<&'a str>,
    message: &'a str,
    help: Option<&'a str>,
}

/// A file that was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fixed {
    /// The file.
    pub file: String,
    /// The document.
    pub document: String,
    /// What was done.
    pub changes: String,
}

/// The whole as JSON; `fixed` where mending was asked for.
pub fn to_json(findings: &[Finding], documents: usize, fixed: Option<&[Fixed]>) -> String {
    let rows = findings.iter().map(row).collect();
    let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let report = Report {
        schema: "karat.check/1",
        findings: rows,
        fixed,
        documents,
        errors: count(Level::Error),
        warnings: count(Level::Warning),
    };
    let mut text = serde_json::to_string_pretty(&report).expect("findings are plain data");
    text.push('\n');
    text
}

fn row(finding: &Finding) -> Row<'_> {
    let diagnostic = &finding.diagnostic;
    Row {
        level: finding.level.to_string(),
        code: finding.code,
        file: diagnostic.file.as_ref().map(|file| file.display().to_string()),
        line: diagnostic.position.map(|position| position.0),
        column: diagnostic.position.map(|position| position.1),
        document: diagnostic.document.as_deref(),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
    }
}
