//! Helpers for the tests of lints: they run all lints on documents that are given as text and JSON.

use super::finding::View;
use super::{Finding, GoldenCase, LINTS};
use crate::corpus::DatasetInfo;
use crate::document::{Annotations, Document};

/// Returns what all lints find in a dataset of one document.
pub(super) fn findings(text: &str, gold: &str) -> Vec<Finding> {
    findings_with("", &[(text, gold)])
}

/// Returns what all lints find in a dataset of several documents (`d0`, `d1`, ...) with a
/// `dataset.toml`.
pub(super) fn findings_with(info: &str, documents: &[(&str, &str)]) -> Vec<Finding> {
    let info: DatasetInfo = toml::from_str(info).unwrap();
    let ids: Vec<String> = (0..documents.len()).map(|at| format!("d{at}")).collect();
    let texts: Vec<Document> = ids.iter().zip(documents).map(|(id, (text, _))| Document::new(id, *text)).collect();
    let golds: Vec<Annotations> = documents.iter().map(|(_, gold)| serde_json::from_str(gold).unwrap()).collect();
    let cases: Vec<GoldenCase<'_>> = texts
        .iter()
        .zip(&golds)
        .map(|(document, gold)| GoldenCase { id: document.id(), document: Some(document), gold, faulty: &[] })
        .collect();
    let view = View { info: &info, cases: &cases, ids: Some(&ids) };
    LINTS.iter().flat_map(|lint| (lint.check)(&view)).collect()
}

/// Returns the codes of findings.
pub(super) fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Returns the messages of one lint.
pub(super) fn messages<'a>(findings: &'a [Finding], code: &str) -> Vec<&'a str> {
    findings.iter().filter(|finding| finding.code == code).map(|finding| finding.diagnostic.message.as_str()).collect()
}
