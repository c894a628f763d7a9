//! Records by field: correct, wrong, missed, fabricated, or absent on both sides.

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
mod values;

pub(crate) use count::FieldRating;
pub use group::Records;
pub(crate) use group::field_ratings;
pub(crate) use key::Key;
pub(super) use number::Decimal;
pub use schema::{Schema, SchemaDiagnostic, Violation};

/// Functions that presets share with karat's own comparison of trees.
pub(crate) mod tree_parts {
    pub(crate) use super::anls::{Tree, folded, is_python_space, python_text, score, texts_alike};
    pub(crate) use super::number::Decimal;
    use crate::document::{Record, Value};
    use crate::metric::Side;

    /// Returns a value of a record as one side of an item, in the format of karat's own items.
    pub(crate) fn side(record: &Record, path: &str, value: &Value) -> Side {
        let of_record = || Some((record.get("start")?.as_u64()?, record.get("end")?.as_u64()?));
        super::count::value_side(path, value, of_record())
    }
}
