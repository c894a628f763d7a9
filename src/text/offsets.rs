//! Conversion between code point offsets and byte offsets.

use std::ops::Range;

/// An index from code points to bytes. An ASCII text, for which both are equal, needs no memory;
/// other texts take four bytes for every 32 code points.
#[derive(Debug, Clone)]
pub struct Offsets {
    /// Byte offset of every [`STEP`]th code point, from the first; empty if the text is ASCII.
    marks: Box<[u32]>,
    len: u32,
}

/// Number of code points between two marks, which bounds the work of a lookup.
const STEP: usize = 32;

impl Offsets {
    /// Indexes a text of less than 4 GiB.
    ///
    /// # Panics
    /// Panics if the text has 4 GiB or more.
    pub fn new(text: &str) -> Self {
        let bytes = u32::try_from(text.len()).expect("documents are smaller than 4 GiB");
        if text.is_ascii() {
            return Self { marks: Box::default(), len: bytes };
        }
        let marks = text.char_indices().step_by(STEP).map(|(byte, _)| byte as u32).collect();
        Self { marks, len: text.chars().count() as u32 }
    }

    /// Number of code points in the text.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The byte range of `text`, which must be the indexed text, between two code point offsets;
    /// `None` if they are out of range or in the wrong order.
    pub fn bytes(&self, text: &str, start: u32, end: u32) -> Option<Range<usize>> {
        if start > end || end > self.len {
            return None;
        }
        Some(self.byte(text, start)..self.byte(text, end))
    }

    /// The byte offset of a code point; the end of the text for an offset of its length.
    fn byte(&self, text: &str, code_point: u32) -> usize {
        let code_point = code_point as usize;
        let Some(&mark) = self.marks.get(code_point / STEP) else {
            return if self.marks.is_empty() { code_point } else { text.len() };
        };
        let rest = &text[mark as usize..];
        let skipped = rest.char_indices().nth(code_point % STEP).map_or(rest.len(), |(byte, _)| byte);
        mark as usize + skipped
    }

    /// The offset of the code point that starts at a byte of `text`, which must be the indexed
    /// text.
    ///
    /// # Panics
    /// Panics if `byte` is not a character boundary of `text`.
    pub fn code_point(&self, text: &str, byte: usize) -> u32 {
        assert!(text.is_char_boundary(byte), "byte {byte} is not a character boundary");
        let Some(last) = self.marks.partition_point(|&mark| mark as usize <= byte).checked_sub(1) else {
            return byte as u32;
        };
        let after = text[self.marks[last] as usize..byte].chars().count();
        (last * STEP + after) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Offsets;

    #[test]
    fn converts_both_ways_past_wide_characters() {
        // Texts that end before, at and after a mark.
        for characters in [0, 1, 5, 31, 32, 33, 64, 100] {
            let text: String = "a’b𝄞c".chars().cycle().take(characters).collect();
            let offsets = Offsets::new(&text);
            let len = characters as u32;
            assert_eq!(offsets.len(), len);
            for (code_point, (byte, _)) in (0..).zip(text.char_indices()) {
                assert_eq!(offsets.code_point(&text, byte), code_point);
                assert_eq!(offsets.bytes(&text, code_point, len), Some(byte..text.len()));
            }
            assert_eq!(offsets.code_point(&text, text.len()), len);
            assert_eq!(offsets.bytes(&text, len, len), Some(text.len()..text.len()));
            assert_eq!(offsets.bytes(&text, 0, len + 1), None);
            assert_eq!(offsets.bytes(&text, 3, 2), None);
        }
    }
}
