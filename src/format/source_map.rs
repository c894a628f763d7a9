//! Where the labels of a foreign format stand in their file: for messages that are found long after reading.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::Step;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A value of a JSON text: the whole file, or the entry's line.
    Json(Vec<Step>),
    /// A stretch of the file.
    Bytes(Range<usize>),
}

/// The place of each item, by layer and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<(&'static str, usize), Place>);

impl Places {
    /// Notes where an item of a layer stands.
    pub fn note(&mut self, layer: &'static str, number: usize, place: Place) {
        self.0.insert((layer, number), place);
    }

    /// The place of the item that a path of the model leads into.
    pub fn find(&self, path: &[Step]) -> Option<&Place> {
        let [Step::Key(layer), Step::Index(number), ..] = path else { return None };
        self.0.iter().find(|((name, at), _)| name == layer && at == number).map(|(_, place)| place)
    }
}
