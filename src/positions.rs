//! Lines and columns of many offsets in one text.
//!
//! To count them from the beginning for each of n errors costs n times the length of the text.

use std::ops::Range;

/// The bytes between two offsets whose code points are counted in advance.
const STEP: usize = 1024;

/// The line breaks of a text, and its code points up to every [`STEP`]th byte.
#[derive(Debug, Clone)]
pub struct Positions {
    line_starts: Vec<usize>,
    code_points: Vec<usize>,
}

impl Positions {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let line_starts = [0].into_iter().chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let mut total = 0;
        let counted = text.as_bytes().chunks(STEP).map(|bytes| {
            total += count(bytes);
            total
        });
        Self { line_starts, code_points: [0].into_iter().chain(counted).collect() }
    }

    /// The offsets at which the lines begin, ascending.
    pub fn line_starts(&self) -> &[usize] {
        &self.line_starts
    }

    /// Returns the line of a byte offset of the indexed text, counted from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= byte)
    }

    /// Returns line and column of a byte offset of the indexed text, counted from 1 (the column
    /// counts code points), and the bytes of the line without its line feed.
    pub fn find(&self, text: &str, byte: usize) -> ((usize, usize), Range<usize>) {
        let line = self.line(byte);
        let start = self.line_starts[line - 1];
        let end = self.line_starts.get(line).map_or(text.len(), |next| next - 1);
        let before = |byte: usize| {
            let step = byte / STEP;
            self.code_points[step] + count(&text.as_bytes()[step * STEP..byte])
        };
        ((line, before(byte) - before(start) + 1), start..end)
    }
}

/// Counts the code points that begin in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Diagnostic, position_of};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_those_counted_from_the_beginning(parts in prop::collection::vec("[a\né𝄞\r]{0,9}", 0..600)) {
            let text = parts.concat();
            let positions = Positions::new(&text);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]).step_by(7) {
                prop_assert_eq!(positions.find(&text, byte).0, position_of(&text, byte));
                let range = byte..byte + 2;
                let found = Diagnostic::new("").at_bytes_of(&text, &positions, range.clone());
                prop_assert_eq!(found, Diagnostic::new("").at_bytes(&text, range));
            }
        }
    }
}
