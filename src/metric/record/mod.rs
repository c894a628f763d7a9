//! Records by field: correct, wrong, missed, fabricated, rightly absent.

mod anls;
mod canonical;
mod count;
mod date;
mod family;
mod key;
mod number;
#[cfg(test)]
mod properties;
mod schema;
mod tree;

pub use family::Records;
pub use schema::{Schema, SchemaFault, Violation};

/// What presets share with karat's own way.
pub(crate) mod tree_parts {
    pub(crate) use super::anls::{Tree, folded, is_python_space, python_text, score};
    pub(crate) use super::number::Decimal;
}
