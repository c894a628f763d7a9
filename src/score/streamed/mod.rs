//! Counting two files of lines as they are read, without holding them in memory.
//!
//! A window of either file is in memory at a time, as large as 2 MB (16 MB where the files have other orders) or the longest line. Documents are joined by id
//! as they come. Of files in the order of their ids nothing else is kept. Of others, 16 bytes a document are (in a table that is at
//! least half full), so that an id that comes twice is found, and 40 bytes for each document whose partner has not come yet: where
//! both files have one order, those are few; where not, its line is read again when the partner comes.
//!
//! The sums are those of [`crate::score::score`] over the same files loaded whole, to the bit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use rayon::prelude::*;

use super::{Engine, Input, Missing, Settings};
use crate::corpus::ReadAs;
use crate::document::Document;
use crate::error::{Diagnostic, Error};
use crate::format::{Entry, read_id, read_line};

mod files;
mod join;
mod lines;
#[cfg(test)]
mod tests;
mod texts;
mod token_files;
mod window;

pub use files::StreamedFiles;
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
pub fn count_streamed<'s>(input: &Input<'_>, settings: &'s Settings) -> Result<Option<Engine<'s>>, Error> {
    let [(predicted, _)] = input.systems.as_slice() else { return Ok(None) };
    if input.is_plain()
        && let Some(engine) = count_token_files(input.gold.0, predicted, Engine::new(settings))
    {
        return Ok(Some(engine));
    }
    Ok(count_systems(input, settings, || Engine::new(settings))?.and_then(|mut systems| systems.pop()))
}

/// Counts each system of a scoring by an engine of its own; `None` if the files must be loaded.
///
/// # Errors
/// With the first faults of files that are too large to be loaded only for the others.
pub fn count_systems<'s>(
    input: &Input<'_>,
    settings: &Settings,
    new_engine: impl Fn() -> Engine<'s> + Sync,
) -> Result<Option<Vec<Engine<'s>>>, Error> {
    if !input.is_plain() {
        return Ok(None);
    }
    // Systems are counted at the same time: the parts of a pass that take one thread, such as joining
    // ids, then leave no processor idle.
    let count = |(predicted, _): &(&Path, ReadAs)| {
        let files = StreamedFiles::new([input.gold.0, predicted], input.missing);
        if !files.can_be_streamed(settings) {
            return Err(Obstacle::MustLoad);
        }
        files.count(&new_engine).map_err(|obstacle| match obstacle {
            Obstacle::Diagnostics(_)
                if input.missing != Missing::Error || !files.files.iter().any(|file| is_large(file)) =>
            {
                Obstacle::MustLoad
            }
            obstacle => obstacle,
        })
    };
    let counted: Vec<Result<Engine<'s>, Obstacle>> = input.systems.par_iter().map(count).collect();
    match counted.into_iter().collect() {
        Ok(engines) => Ok(Some(engines)),
        Err(Obstacle::Diagnostics(diagnostics)) => Err(Error::Input(diagnostics)),
        Err(Obstacle::MustLoad) => Ok(None),
    }
}

/// The texts of some documents of a file of lines in karat's own format, as far as it has them.
///
/// # Errors
/// Fails if the file cannot be read. Lines that are wrong are passed over.
pub fn read_texts(file: &Path, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Document>, Diagnostic> {
    let mut texts = BTreeMap::new();
    if ids.is_empty() {
        return Ok(texts);
    }
    let error = |error: io::Error| Diagnostic::io("read this", file, &error);
    let reader = BufReader::with_capacity(1 << 16, File::open(file).map_err(error)?);
    for (at, line) in reader.lines().enumerate() {
        let line = line.map_err(error)?;
        let line = line.strip_prefix('\u{feff}').filter(|_| at == 0).unwrap_or(&line);
        if read_id(line).is_some_and(|id| !ids.contains(id)) {
            continue;
        }
        if let Ok(Entry { id, text: Some(text), meta, .. }) = read_line(file, at + 1, line)
            && ids.contains(id.as_str())
        {
            texts.insert(id.clone(), Document::with_meta(id, text, meta));
        }
        if texts.len() == ids.len() {
            break;
        }
    }
    Ok(texts)
}

/// Whether a file takes so long to load that its first faults are enough.
fn is_large(path: &Path) -> bool {
    const LARGE: u64 = 1 << 28;
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE)
}
