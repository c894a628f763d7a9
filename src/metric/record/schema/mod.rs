//! JSON Schema validation of records: the subset of draft 2020-12 that describes records, with the
//! location of each violation.
//!
//! Unsupported keywords are refused rather than ignored. `format` is an annotation, as in the
//! draft.

mod checker;
mod definition;

pub use definition::{Schema, SchemaDiagnostic, Violation};
