//! Scores two JSON-lines files while they are read, without holding them in memory.
//!
//! Only one window of each file is in memory: 2 MB together (16 MB if the files are in different
//! orders), or the longest line. Documents are joined by id as they arrive. If both files are
//! sorted by id, nothing else is kept. Otherwise each document takes 16 bytes (in a hash table that
//! is at least half full), to find duplicate ids, and each document whose partner has not arrived
//! takes 40 bytes. Those are few if both files have the same order; if not, the line is read again
//! when its partner arrives.
//!
//! The sums are bit-identical to those of [`crate::score::score`] over the same files loaded
//! completely.

use std::fs;
use std::path::Path;

use super::{Engine, Missing, ReadFrom, Scores, ScoringInput, Settings, absent, declared, nothing_to_score};
use crate::document::LayerSet;
use crate::error::Error;
use crate::parallel;

mod by_id;
mod files;
mod join;
mod lines;
#[cfg(test)]
mod tests;
mod texts;
mod token_files;
mod window;

pub use by_id::{read_summaries, read_texts};
pub use files::StreamedFiles;
pub use token_files::count_token_files;
pub use window::Obstacle;

/// The number of bytes of both files together that are in memory at a time.
const WINDOW: usize = 1 << 21;

/// Factor by which windows grow once the files turn out to be in different orders.
const WIDER: usize = 8;

/// Streams the files of a scoring; returns `None` if they must be loaded, to score them at all or
/// to report all errors.
///
/// # Errors
/// Fails with the first errors in files that are too large to be loaded only to find the others.
pub fn count_streamed<'s>(input: &ScoringInput<'_>, settings: &'s Settings) -> Result<Option<Engine<'s>>, Error> {
    let [predicted] = input.systems.as_slice() else { return Ok(None) };
    if input.is_plain()
        && let Some(engine) = count_token_files(&input.gold, predicted, Engine::new(settings))
    {
        return Ok(Some(engine));
    }
    Ok(count_systems(input, settings, || Engine::new(settings))?.and_then(|mut systems| systems.pop()))
}

/// Streams each system of a scoring with an engine of its own; returns `None` if the files must be
/// loaded.
///
/// # Errors
/// Fails with the first errors in files that are too large to be loaded only to find the others.
pub fn count_systems<'s>(
    input: &ScoringInput<'_>,
    settings: &Settings,
    new_engine: impl Fn() -> Engine<'s> + Sync,
) -> Result<Option<Vec<Engine<'s>>>, Error> {
    if !input.is_plain() {
        return Ok(None);
    }
    // Systems are counted concurrently, so that sequential phases of one pass, such as joining ids,
    // do not leave processors idle.
    let count = |(predicted, _): &ReadFrom<'_>| {
        let files = StreamedFiles::new([input.gold.0, predicted], input.policy);
        if !files.can_be_streamed(settings) {
            return Err(Obstacle::MustLoad);
        }
        files.count(&new_engine).map_err(|obstacle| match obstacle {
            Obstacle::Diagnostics(_)
                if input.policy.missing != Missing::Error
                    || input.accepts_misfits()
                    || !files.files.iter().any(|file| is_large(file)) =>
            {
                Obstacle::MustLoad
            }
            obstacle => obstacle,
        })
    };
    let counted: Vec<Result<Engine<'s>, Obstacle>> = parallel::map(&input.systems, count);
    match counted.into_iter().collect() {
        Ok(engines) => Ok(Some(engines)),
        Err(Obstacle::Diagnostics(diagnostics)) => Err(Error::Input(diagnostics)),
        Err(Obstacle::MustLoad) => Ok(None),
    }
}

/// Scores one system's file against a golden file while both are read. Returns `None` if the files
/// must be loaded.
///
/// # Errors
/// Fails if a requested layer is in no golden file, if no layer is on both sides, and with the
/// first errors in files that are too large to be loaded.
pub fn score_streamed(input: &ScoringInput<'_>, settings: &Settings) -> Result<Option<Scores>, Error> {
    let Some(engine) = count_streamed(input, settings)? else { return Ok(None) };
    let (golden, found) = engine.layers();
    let Some(declared) = declared_layers(input, golden, found.clone(), settings)? else { return Ok(None) };
    let golden = golden.clone();
    let scores = engine.finish(&declared);
    if scores.layers.is_empty() { Err(nothing_to_score(&golden, &declared)) } else { Ok(Some(scores)) }
}

/// Returns the layers that streamed predictions declare, given the layers that they and the golden
/// file contain; `None` if a side has none, so that the files must be loaded.
///
/// # Errors
/// Fails if a requested layer is not in the golden file.
pub fn declared_layers(
    input: &ScoringInput<'_>,
    golden: &LayerSet,
    found: LayerSet,
    settings: &Settings,
) -> Result<Option<LayerSet>, Error> {
    // A file without any layer may have them under names that karat does not know.
    if golden.is_empty() || found.is_empty() {
        return Ok(None);
    }
    let missing = settings.layers.as_ref().map(|layers| absent(input.gold.0, golden, layers)).unwrap_or_default();
    if !missing.is_empty() {
        return Err(Error::Input(missing));
    }
    Ok(Some(declared(golden, found, settings.layers.as_ref())))
}

/// Returns whether a file is so large that only its first errors are reported.
fn is_large(path: &Path) -> bool {
    const LARGE: u64 = 1 << 28;
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE)
}
