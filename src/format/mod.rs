//! The only owners of on-disk formats: bytes in, documents and annotations out, and back.

pub mod conll2012;
mod karat;
mod locate;
mod locator;
mod offset_unit;
mod text_file;
mod unknown_keys;
mod write;

pub use karat::{Entry, Source, read_document, read_lines};
pub use locate::{elements, locate, locate_key};
pub use locator::Locator;
pub use text_file::{decode, sha256};
pub use write::{answer_to_line, to_line};
