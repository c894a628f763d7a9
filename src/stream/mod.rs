//! Scoring two files of lines in step, without holding them in memory.
//!
//! A window of either file is in memory at a time, as large as 2 MB (16 MB where the files have other orders) or the longest line. Documents are joined by id
//! as they come. Of files in the order of their ids nothing else is kept. Of others, 16 bytes a document are (in a table that is at
//! least half full), so that an id that comes twice is found, and 40 bytes for each document whose partner has not come yet: where
//! both files have one order, those are few; where not, its line is read again when the partner comes.
//!
//! Scores are those of [`crate::score::score`] over the same files loaded whole, to the bit.

mod document;
mod files;
mod join;
mod lines;
#[cfg(test)]
mod tests;
mod tokens;

pub use files::{score_files, score_within};
pub use tokens::score_token_files;

/// Bytes of both files together that are in memory at a time.
const WINDOW: usize = 1 << 21;

/// So many times as many once the files are seen to have other orders.
const WIDER: usize = 8;
