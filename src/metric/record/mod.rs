//! Records by field: correct, wrong, missed, fabricated, rightly absent.

mod anls;
mod canonical;
mod count;
mod date;
mod group;
mod key;
mod number;
#[cfg(test)]
mod properties;
mod schema;
mod tree;

pub use group::Records;
pub(super) use number::Decimal;
pub use schema::{Schema, SchemaDiagnostic, Violation};

/// What presets share with karat's own way.
pub(crate) mod tree_parts {
    pub(crate) use super::anls::{Tree, folded, is_python_space, python_text, score, texts_alike};
    pub(crate) use super::number::Decimal;
    use crate::document::{Record, Value};
    use crate::metric::Side;

    /// A value of a record as a row of a report, the same as in karat's own way.
    pub(crate) fn side(record: &Record, path: &str, value: &Value) -> Side {
        let of_record = || Some((record.get("start")?.as_u64()?, record.get("end")?.as_u64()?));
        super::count::value_side(path, value, of_record())
    }
}
