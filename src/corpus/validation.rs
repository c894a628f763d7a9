//! The result of validating an entry, which each check of a part of it adds to. It is apart from
//! the checks, so that they need not depend on the module that calls them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::document::Step;
use crate::error::Diagnostic;
use crate::format::BasisEvidence;

/// A diagnostic with the path of the value that it concerns.
pub(super) type PathDiagnostic = (Diagnostic, Vec<Step>);

/// The result of validating an entry.
#[derive(Default)]
pub(super) struct Validation {
    /// The diagnostics, with the paths to the invalid values.
    pub diagnostics: Vec<PathDiagnostic>,
    /// Whether the offsets are meaningful: the entry was made on this version of the text, and its
    /// offsets were converted.
    pub fits: bool,
    /// If the offsets fit better in another basis than the declared one: the evidence, and the
    /// errors in spans that follow from it.
    pub shift: Option<(BasisEvidence, Vec<PathDiagnostic>)>,
}

/// Returns one diagnostic for each file whose offsets count something else than declared, since all
/// offsets in a file count the same. Entries that this does not explain keep the errors in their
/// spans.
pub(super) fn report_shifts<'v>(validations: impl Iterator<Item = (&'v Path, &'v mut Validation)>) -> Vec<Diagnostic> {
    let mut shifted: Vec<_> =
        validations.filter_map(|(file, validation)| Some((file, validation.shift.take()?, validation))).collect();
    let mut files: BTreeMap<PathBuf, BasisEvidence> = BTreeMap::new();
    for (file, (evidence, _), _) in &shifted {
        match files.get_mut(*file) {
            Some(sum) => sum.add(evidence),
            None => {
                files.insert((*file).to_owned(), evidence.clone());
            }
        }
    }
    let best: BTreeMap<&Path, usize> = files.iter().map(|(file, sum)| (file.as_path(), sum.best())).collect();
    for (file, (evidence, misfits), validation) in &mut shifted {
        if best.get(file).is_none_or(|basis| !evidence.is_explained_by(*basis)) {
            validation.diagnostics.splice(0..0, std::mem::take(misfits));
        }
    }
    files.iter().map(|(file, sum)| sum.diagnostic().in_file(file)).collect()
}
