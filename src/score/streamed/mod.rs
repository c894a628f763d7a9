//! Counting two files of lines as they are read, without holding them in memory.
//!
//! A window of either file is in memory at a time, as large as 2 MB (16 MB where the files have other orders) or the longest line. Documents are joined by id
//! as they come. Of files in the order of their ids nothing else is kept. Of others, 16 bytes a document are (in a table that is at
//! least half full), so that an id that comes twice is found, and 40 bytes for each document whose partner has not come yet: where
//! both files have one order, those are few; where not, its line is read again when the partner comes.
//!
//! The sums are those of [`crate::score::score`] over the same files loaded whole, to the bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Engine, Input, Missing, Settings};
use crate::error::Error;

mod files;
mod join;
mod lines;
#[cfg(test)]
mod tests;
mod token_files;
mod window;

pub use files::{Streamed, StreamedFiles};
pub use token_files::count_token_files;
pub use window::Obstacle;

/// Bytes of both files together that are in memory at a time.
const WINDOW: usize = 1 << 21;

/// Factor by which windows grow once the files turn out to be in different orders.
const WIDER: usize = 8;

/// Counts the files of a scoring as they are read; `None` if they must be loaded: to score them at
/// all, or to find everything that is wrong with them.
///
/// # Errors
/// With the first faults of files that are too large to be loaded only for the others.
pub fn count_streamed<'s>(input: &Input<'_>, settings: &'s Settings) -> Result<Option<Streamed<'s>>, Error> {
    let [(predicted, _)] = input.systems.as_slice() else { return Ok(None) };
    let gold = input.gold.0;
    if !input.is_plain() {
        return Ok(None);
    }
    if let Some(engine) = count_token_files(gold, predicted, Engine::new(settings)) {
        return Ok(Some(Streamed { engine, left_out: BTreeMap::new() }));
    }
    let files = StreamedFiles::new([gold, predicted], input.missing);
    if !files.can_be_streamed(settings) {
        return Ok(None);
    }
    match files.count(|| Engine::new(settings)) {
        Ok(streamed) => Ok(Some(streamed)),
        Err(Obstacle::Faults(faults)) if input.missing == Missing::Error && [gold, predicted].iter().any(is_large) => {
            Err(Error::Input(faults))
        }
        Err(Obstacle::Faults(_) | Obstacle::MustLoad) => Ok(None),
    }
}

/// Whether a file takes so long to load that its first faults are enough.
fn is_large(path: impl AsRef<Path>) -> bool {
    const LARGE: u64 = 1 << 28;
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE)
}
