//! JSON Schema validation of records: the subset of draft 2020-12 that describes records, with the
//! location of each violation.
//!
//! Unsupported keywords are refused rather than ignored. `format` is an annotation, as in the
//! draft.
//!
//! The crate `jsonschema` (0.61) does not replace this: without `arbitrary_precision`, which
//! changes `serde_json` for the whole build, it compares numbers beyond 64 bits as doubles: 2^64
//! passes a minimum of 2^64 + 1. It accepts unknown keywords, and does not know the alternatives
//! (`one_of`) of golden values.

mod checker;
mod definition;

pub use definition::{Schema, SchemaDiagnostic, Violation};
