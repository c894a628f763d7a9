//! The formats of files: readers turn bytes into documents and annotations, and writers turn them
//! back. No other module knows what a file looks like. Readers keep the locations of values, so
//! that errors found much later can be reported with line and column.

mod annotator_choice;
mod capabilities;
mod definition;
mod entity_lists;
mod export;
mod extension;
pub mod file_names;
mod formats;
mod json;
mod karat;
mod locate;
mod locator;
mod lookup;
mod losses;
mod mapped;
pub mod measurements;
mod notes;
mod offset_unit;
mod output;
mod parquet_file;
mod plain;
mod plain_summaries;
mod reading;
mod renumber;
mod source_map;
mod text_file;
mod token_text;
mod unknown_keys;
mod write;
mod xml;

pub(crate) use capabilities::level_up;
pub use capabilities::{Capabilities, Ids};
pub use definition::{Format, Input, Look};
pub use export::{Annotators, Export, Purpose};
pub use extension::{has_extension, stem};
pub use formats::{FORMATS, conll2012, tokens};
pub use karat::{Entry, Source, plainest_error, read_document, read_line, read_lines};
pub use locate::{elements, locate, locate_key};
pub use locator::Locator;
pub use losses::Losses;
pub(crate) use mapped::unknown_content;
pub use mapped::{Field, FieldMap, FieldSource, MapOptions, Mapping};
pub use notes::Notes;
pub use offset_unit::{LooksLike, OffsetUnit};
pub use output::{Files, Output};
pub use parquet_file::is_parquet;
pub use plain::{PlainEntity, read_id, read_plain};
pub use plain_summaries::{PlainSummaries, read_summaries};
pub use source_map::{SourceLocation, SourceMap};
pub use text_file::{Digest, decode, is_compressed, read_file, sha256, sha256_and_lines, sha256_of_file};
pub use write::{answer_to_lines, document_to_line, hashed_answer_to_lines, to_line};
