//! Code point offsets to bytes and back.

use std::ops::Range;

/// An index from code points to bytes. ASCII texts, for which both are the same, cost nothing.
#[derive(Debug, Clone)]
pub struct Offsets {
    /// Byte position of every code point and of the end; empty where the text is ASCII.
    starts: Vec<u32>,
    len: u32,
}

impl Offsets {
    /// Indexes a text of fewer than 2^32 bytes.
    ///
    /// # Panics
    /// On a text of 4 GiB or more.
    pub fn new(text: &str) -> Self {
        let bytes = u32::try_from(text.len()).expect("documents are smaller than 4 GiB");
        if text.is_ascii() {
            return Self { starts: Vec::new(), len: bytes };
        }
        let mut starts: Vec<u32> = text.char_indices().map(|(byte, _)| byte as u32).collect();
        let len = starts.len() as u32;
        starts.push(bytes);
        Self { starts, len }
    }

    /// Code points in the text.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes between two code point offsets; `None` where they are out of range or the wrong way round.
    pub fn bytes(&self, start: u32, end: u32) -> Option<Range<usize>> {
        if start > end || end > self.len {
            return None;
        }
        if self.starts.is_empty() {
            return Some(start as usize..end as usize);
        }
        Some(self.starts[start as usize] as usize..self.starts[end as usize] as usize)
    }

    /// The code point that starts at a byte.
    ///
    /// # Panics
    /// Where `byte` is not a character boundary of `text`.
    pub fn code_point(&self, text: &str, byte: usize) -> u32 {
        assert!(text.is_char_boundary(byte), "byte {byte} is not a character boundary");
        if self.starts.is_empty() {
            return byte as u32;
        }
        self.starts.partition_point(|&start| (start as usize) < byte) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Offsets;

    #[test]
    fn converts_both_ways_past_wide_characters() {
        let text = "a’b𝄞c";
        let offsets = Offsets::new(text);
        assert_eq!(offsets.len(), 5);
        for (code_point, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.code_point(text, byte), code_point as u32);
            assert_eq!(offsets.bytes(code_point as u32, 5).unwrap().start, byte);
        }
        assert_eq!(offsets.bytes(5, 5), Some(10..10));
        assert_eq!(offsets.bytes(4, 6), None);
        assert_eq!(offsets.bytes(3, 2), None);
    }
}
