//! Finds where a stored text is that its offsets do not cover, for the help of an error.
//!
//! Thousands of labels may have wrong offsets, so that searching the whole document for each would
//! take time for each pair of labels and words. The search goes outwards from the wrong offset, and
//! a text that does not occur is searched for once. What remains is bounded.

use std::collections::BTreeSet;

use crate::document::Document;

/// The bytes around an offset that are searched first.
const FIRST_WINDOW: usize = 64;
/// The bytes that are searched for all stored texts of one document.
const MOST_SEARCHED: usize = 1 << 28;

/// What a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NearestOccurrence {
    /// The nearest occurrence, in code points.
    At(u32, u32),
    /// The document does not contain the text.
    None,
    /// The searches before this one have taken too long.
    NotSearched,
}

/// Searches one document for stored texts.
pub(super) struct OccurrenceSearch<'d> {
    document: &'d Document,
    absent: BTreeSet<String>,
    /// The bytes that may still be searched.
    left: usize,
}

impl<'d> OccurrenceSearch<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, absent: BTreeSet::new(), left: MOST_SEARCHED }
    }

    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    /// Returns the occurrence of a text that is nearest to an offset inside the document; of two at
    /// the same distance, the first.
    pub(super) fn nearest(&mut self, stored: &str, near: u32) -> NearestOccurrence {
        let text = self.document.text();
        let Some(at) = self.document.bytes(near, near).map(|range| range.start) else { return NearestOccurrence::None };
        if self.absent.contains(stored) {
            return NearestOccurrence::None;
        }
        let mut window = FIRST_WINDOW;
        loop {
            let from = text.floor_char_boundary(at.saturating_sub(window));
            let to = text.ceil_char_boundary((at + window + stored.len()).min(text.len()));
            let Some(left) = self.left.checked_sub(to - from) else { return NearestOccurrence::NotSearched };
            self.left = left;
            // An occurrence that begins before the offset may end behind it.
            let edge = text.floor_char_boundary((at + stored.len().saturating_sub(1)).clamp(from, to));
            let before = text[from..edge].rfind(stored).map(|found| from + found);
            let after = text[at..to].find(stored).map(|found| at + found);
            let found = [before, after].into_iter().flatten();
            let found = found.map(|start| self.document.span(start..start + stored.len()));
            let best = found.min_by_key(|span| span.start.abs_diff(near));
            let is_whole = from == 0 && to == text.len();
            match best {
                // A code point has up to four bytes: nothing outside the window is nearer.
                Some(best) if is_whole || 4 * best.start.abs_diff(near) as usize <= window => {
                    return NearestOccurrence::At(best.start, best.end);
                }
                None if is_whole => {
                    self.absent.insert(stored.to_owned());
                    return NearestOccurrence::None;
                }
                _ => window *= 4,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST_SEARCHED, NearestOccurrence, OccurrenceSearch};
    use crate::document::Document;

    fn naive(document: &Document, stored: &str, near: u32) -> NearestOccurrence {
        let text = document.text();
        let starts = text.char_indices().map(|(at, _)| at).filter(|&at| text[at..].starts_with(stored));
        let spans = starts.map(|at| document.span(at..at + stored.len()));
        let nearest = spans.min_by_key(|span| span.start.abs_diff(near));
        nearest.map_or(NearestOccurrence::None, |span| NearestOccurrence::At(span.start, span.end))
    }

    proptest! {
        #[test]
        fn finds_what_the_whole_document_has(
            parts in prop::collection::vec("ab|c|é|\u{1d11e}{1,3}|[x ]{0,90}", 0..12),
            stored in "ab|ba|c|cc?|é|\u{1d11e}|aé|x x",
            near in 0..400_u32,
        ) {
            let document = Document::new("d", parts.concat());
            let near = near.min(document.len());
            let mut search = OccurrenceSearch::new(&document);
            prop_assert_eq!(search.nearest(&stored, near), naive(&document, &stored, near));
            prop_assert_eq!(search.nearest(&stored, near), naive(&document, &stored, near));
        }
    }

    #[test]
    fn labels_on_one_repeated_word_are_searched_for_nearby() {
        let document = Document::new("d", "x ".repeat(40_000));
        let mut search = OccurrenceSearch::new(&document);
        for at in 0..40_000 {
            assert_eq!(search.nearest("x", 2 * at + 1), NearestOccurrence::At(2 * at, 2 * at + 1));
        }
        // About the length of the text for the one that is absent, and little for each other.
        assert_eq!(search.nearest("y", 5), NearestOccurrence::None);
        assert_eq!(search.nearest("y", 70_000), NearestOccurrence::None);
        assert!(MOST_SEARCHED - search.left < 40_000 * 200, "{}", search.left);
    }

    #[test]
    fn the_search_for_many_absent_texts_ends() {
        let document = Document::new("d", "x ".repeat(1 << 20));
        let mut search = OccurrenceSearch::new(&document);
        let last = (0..1_000).map(|number| search.nearest(&format!("y{number}"), 7)).last();
        assert_eq!(last, Some(NearestOccurrence::NotSearched));
    }
}
