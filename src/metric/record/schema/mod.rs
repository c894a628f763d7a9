//! JSON Schema, as much of it (draft 2020-12) as describes records: what a record breaks, and where.
//!
//! A keyword that is not known is refused rather than passed over. `format` is a remark, as the draft has it.
//!
//! The crate `jsonschema` (0.61) does not replace this: without `arbitrary_precision`, which changes `serde_json` for the
//! whole build, it compares numbers beyond 64 bits as doubles; it accepts unknown keywords, reports only the first error
//! of a schema, and does not know the alternatives (`one_of`) of golden values.

mod checker;
mod definition;

pub use definition::{Schema, SchemaDiagnostic, Violation};
