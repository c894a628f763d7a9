//! Field mapping: reads rows with other tools' field names as `karat.document/1`.
//!
//! Each row of a container (JSON lines, a JSON array, CSV, one text a line) becomes the text of a
//! `karat.document/1` object, which the reader in [`super::karat`] reads, so that everything after
//! it is one path. Errors keep the file and the line of the row. Where the names come from is
//! decided per file, before any reader is chosen: from `--map`, or from names that other tools use
//! ([`known_names`]), which is an assumption that the caller prints.

mod container;
mod convert;
mod entities;
mod field_map;
mod known_names;
mod known_shapes;
mod mapping;
mod shapes;

pub use field_map::{Field, FieldMap, FieldSource};
pub use mapping::{MapOptions, Mapping};
#[cfg(feature = "http")]
pub(crate) use shapes::key_list;
pub(crate) use shapes::{UnknownReply, unknown_content, unknown_reply};
