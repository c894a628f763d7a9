//! The result of validating an entry, which each check of a part of it adds to. It is apart from
//! the checks, so that they need not depend on the module that calls them.

use super::unlocated::NotFound;
use crate::document::Step;
use crate::error::Diagnostic;
use crate::format::LooksLike;

/// A diagnostic with the path of the value that it concerns.
pub(super) type PathDiagnostic = (Diagnostic, Vec<Step>);

/// The result of validating an entry.
pub(super) struct Validation {
    /// The diagnostics, with the paths to the invalid values.
    pub diagnostics: Vec<PathDiagnostic>,
    /// Whether the offsets are meaningful: the entry was made on this version of the text, and its
    /// offsets were converted.
    pub fits: bool,
    /// The offset unit in which the stored texts fit better than in the declared one, if there is
    /// such a unit. Then errors in spans are not reported.
    pub looks_like: Option<LooksLike>,
    /// Entities without offsets whose text was not located.
    pub not_found: NotFound,
}
