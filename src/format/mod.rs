//! The only owners of on-disk formats: bytes in, documents and annotations out, and back.

mod brat;
mod carries;
pub mod conll2012;
mod doccano;
mod hipe;
mod json;
mod karat;
mod karat_format;
mod label_studio;
mod locate;
mod locator;
mod losses;
mod offset_unit;
mod place;
mod prodigy;
mod reading;
mod registry;
mod renumber;
mod spacy;
mod spans_csv;
mod text_file;
pub mod tokens;
mod unknown_keys;
mod web_annotation;
mod write;

pub(crate) use carries::level_up;
pub use carries::{Carries, Ids};
pub use karat::{Entry, Source, read_document, read_lines};
pub use locate::{elements, locate, locate_key};
pub use locator::Locator;
pub use losses::Losses;
pub use offset_unit::{LooksLike, OffsetUnit};
pub use place::{Place, Places};
pub use registry::{FORMATS, Files, Format, Input, Look, Output};
pub use text_file::{decode, sha256};
pub use write::{answer_to_line, to_line};
