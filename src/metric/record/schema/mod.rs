//! JSON Schema, as much of it (draft 2020-12) as describes records: what a record breaks, and where.
//!
//! A keyword that is not known is refused rather than passed over. `format` is a remark, as the draft has it.

mod checker;
mod definition;

pub use definition::{Schema, SchemaDiagnostic, Violation};
