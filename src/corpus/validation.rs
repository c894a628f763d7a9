//! The result of validating an entry, which each check of a part of it adds to. It is apart from
//! the checks, so that they need not depend on the module that calls them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::unlocated::NotFound;
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
    /// offsets were converted. An entry whose offsets are shifted does not fit.
    pub fits: bool,
    /// If the offsets fit better in another basis than the declared one: the evidence, and the
    /// errors in spans that follow from it.
    pub shift: Option<(BasisEvidence, Vec<PathDiagnostic>)>,
    /// Entities without offsets whose text was not located.
    pub not_found: NotFound,
}

impl Validation {
    /// Returns the diagnostic of a shift. If the evidence for it is too weak, the errors in spans
    /// are errors of their own.
    pub fn take_shift(&mut self) -> Option<Diagnostic> {
        let (evidence, misfits) = self.shift.take()?;
        let diagnostic = evidence.diagnostic();
        self.settle(diagnostic.is_some(), misfits);
        diagnostic
    }

    /// Settles whether a shift explains the errors in spans.
    fn settle(&mut self, is_explained: bool, misfits: Vec<PathDiagnostic>) {
        if is_explained {
            self.fits = false;
        } else {
            self.diagnostics.splice(0..0, misfits);
        }
    }
}

/// Returns one diagnostic for all files whose offsets count the same, something else than declared,
/// since all offsets in a file count the same. Entries that this does not explain keep the errors
/// in their spans.
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
    let best: BTreeMap<&Path, usize> =
        files.iter().filter_map(|(file, sum)| Some((file.as_path(), sum.best()?))).collect();
    for (file, (evidence, misfits), validation) in &mut shifted {
        let is_explained = best.get(file).is_some_and(|basis| evidence.is_explained_by(*basis));
        validation.settle(is_explained, std::mem::take(misfits));
    }
    let mut causes: BTreeMap<usize, (&Path, usize, BasisEvidence)> = BTreeMap::new();
    for (file, evidence) in &files {
        let Some(basis) = best.get(file.as_path()) else { continue };
        causes
            .entry(*basis)
            .and_modify(|(_, count, sum)| {
                *count += 1;
                sum.add(evidence);
            })
            .or_insert_with(|| (file, 1, evidence.clone()));
    }
    let describe = |(first, count, sum): (&Path, usize, BasisEvidence)| {
        let mut diagnostic = sum.diagnostic()?.in_file(first);
        if count > 1 {
            diagnostic.message.push_str(&format!(", in {count} files, of which this is the first"));
        }
        Some(diagnostic)
    };
    causes.into_values().filter_map(describe).collect()
}
