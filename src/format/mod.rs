//! The formats of files: readers turn bytes into documents and annotations, and writers turn them
//! back. No other module knows what a file looks like. Readers keep the locations of values, so
//! that errors found much later can be reported with line and column.

mod annotator_choice;
mod basis_evidence;
mod capabilities;
mod definition;
mod entity_lists;
mod export;
mod extension;
pub mod file_names;
mod formats;
mod json;
mod json_index;
mod karat;
mod locate;
mod locator;
mod lookup;
mod losses;
mod mapped;
pub mod measurements;
pub(crate) mod mistaken;
mod notes;
mod offset_basis;
mod offset_unit;
mod output;
mod parquet_file;
mod plain;
mod plain_summaries;
mod reading;
mod renumber;
mod source_map;
mod text_file;
mod text_form;
mod token_text;
mod unknown_keys;
mod words;
mod write;
mod xml;

pub use basis_evidence::{BasisEvidence, Shifted};
pub(crate) use capabilities::level_up;
pub use capabilities::{Capabilities, Ids};
pub use definition::{Format, Input, Look};
pub use export::{Annotators, Export, Purpose};
pub use extension::{has_extension, same_file, stem};
pub use formats::{FORMATS, conll2012, tokens};
pub use json_index::JsonIndex;
pub use karat::{Entry, GivenBasis, Source, plainest_error, read_document, read_line, read_lines};
pub use locate::{elements, locate, locate_key};
pub use locator::Locator;
pub use losses::Losses;
#[cfg(feature = "http")]
pub(crate) use mapped::key_list;
pub use mapped::{Field, FieldMap, FieldSource, MapOptions, Mapping};
pub(crate) use mapped::{UnknownReply, unknown_content, unknown_reply};
pub use notes::{NoteLine, Notes};
pub use offset_basis::OffsetBasis;
pub use offset_unit::OffsetUnit;
pub use output::{Files, Output};
pub use parquet_file::is_parquet;
pub use plain::{PlainEntity, read_id, read_plain};
pub use plain_summaries::{PlainSummaries, read_summaries};
pub use source_map::{SourceLocation, SourceMap};
pub use text_file::{Digest, decode, is_compressed, read_file, sha256, sha256_and_lines, sha256_of_file};
pub use text_form::{ByteOrderMark, LineEnds, NormalisationForm, TextForm};
pub use write::{answer_to_lines, document_to_line, hashed_answer_to_lines, to_line};
