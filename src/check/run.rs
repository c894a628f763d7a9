//! Runs all lints on a dataset and merges their findings with the errors of loading.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::View;
use super::{Finding, FindingLocation, GoldenCase, LINTS, Severity};
use crate::corpus::Lenient;
use crate::document::Step;
use crate::error::Diagnostic;

/// The code of findings that are errors of loading.
pub const LOAD: &str = "load";

/// The code of findings about files that `--fix` does not change.
pub const NOT_FIXED: &str = "not-fixed";

/// Returns the findings of all lints and the errors of loading, in the order of documents,
/// locations and codes.
pub fn check(loaded: &Lenient) -> Vec<Finding> {
    let cases = cases(loaded);
    let view =
        View { info: &loaded.dataset.info, cases: &cases, ids: (!loaded.lacks_documents).then_some(&loaded.ids) };
    let mut findings: Vec<Finding> = LINTS.iter().flat_map(|lint| (lint.check)(&view)).collect();
    let faulty: BTreeMap<&str, BTreeSet<&[Step]>> =
        cases.iter().map(|case| (case.id, case.faulty.iter().map(Vec::as_slice).collect())).collect();
    findings.retain(|finding| match (&finding.location, &finding.diagnostic.document) {
        (FindingLocation::Golden(path), Some(id)) => {
            faulty.get(id.as_str()).is_none_or(|faulty| is_sound(faulty, path))
        }
        _ => true,
    });
    findings.extend(load_diagnostics(loaded));
    findings.sort_by_cached_key(|finding| {
        let diagnostic = &finding.diagnostic;
        (diagnostic.document.clone(), finding.location.clone(), finding.code, diagnostic.message.clone())
    });
    findings
}

/// Whether loading found no error in a value or around it. Other values are not linted.
fn is_sound(faulty: &BTreeSet<&[Step]>, path: &[Step]) -> bool {
    faulty.is_empty() || !(0..=path.len()).any(|end| faulty.contains(&path[..end]))
}

/// Returns the errors of loading as findings.
pub(super) fn load_diagnostics(loaded: &Lenient) -> impl Iterator<Item = Finding> {
    let finding = |diagnostic: &Diagnostic| Finding {
        level: Severity::Error,
        code: LOAD,
        location: FindingLocation::Known,
        span: None,
        diagnostic: diagnostic.clone(),
    };
    loaded.diagnostics.iter().map(finding)
}

/// Returns the documents that have golden files.
pub(super) fn cases(loaded: &Lenient) -> Vec<GoldenCase<'_>> {
    let faulty = |id: &str| loaded.faulty.get(id).map_or(&[][..], Vec::as_slice);
    let references = loaded.dataset.references.iter();
    references
        .map(|(id, reference)| GoldenCase {
            id,
            document: reference.document.as_ref(),
            gold: &reference.gold,
            faulty: faulty(id),
        })
        .collect()
}
