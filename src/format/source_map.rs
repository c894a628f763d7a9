//! Source maps: the locations of the annotations of another tool's format in their file. Errors are
//! often found long after reading, when only the path in the converted annotations is known; the
//! map leads back from it to the file.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::Step;

/// A location in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceLocation {
    /// The path to a value in a JSON text, which is the whole file or the entry's line.
    Json(Vec<Step>),
    /// A byte range of the file.
    Bytes(Range<usize>),
}

/// The location of each item, by layer and index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap(BTreeMap<&'static str, BTreeMap<usize, SourceLocation>>);

impl SourceMap {
    /// Records the location of an item of a layer.
    pub fn note(&mut self, layer: &'static str, number: usize, place: SourceLocation) {
        self.0.entry(layer).or_default().insert(number, place);
    }

    /// Returns the location of the item that a path in the annotations leads into.
    pub fn find(&self, path: &[Step]) -> Option<&SourceLocation> {
        let [Step::Key(layer), Step::Index(number), ..] = path else { return None };
        let (_, places) = self.0.iter().find(|(name, _)| *name == layer)?;
        places.get(number)
    }
}
