//! Offsets in bytes or UTF-16 units, turned into code points.

use serde::Deserialize;

/// What a file's offsets count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OffsetUnit {
    /// Unicode code points.
    #[default]
    CodePoint,
    /// Bytes of UTF-8.
    Byte,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

/// A table from one unit to code points.
pub(super) struct Converter {
    /// Offset in the unit of each code point, and of the end.
    starts: Vec<u32>,
}

impl Converter {
    pub fn new(unit: OffsetUnit, text: &str) -> Self {
        let width = |c: char| match unit {
            OffsetUnit::CodePoint => 1,
            OffsetUnit::Byte => c.len_utf8() as u32,
            OffsetUnit::Utf16 => c.len_utf16() as u32,
        };
        let mut at = 0;
        let mut starts = Vec::with_capacity(text.len() + 1);
        starts.push(0);
        for c in text.chars() {
            at += width(c);
            starts.push(at);
        }
        Self { starts }
    }

    /// The code point at an offset; `None` past the end or inside a character.
    pub fn code_point(&self, offset: u32) -> Option<u32> {
        self.starts.binary_search(&offset).ok().map(|at| at as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::{Converter, OffsetUnit};

    #[test]
    fn wide_characters_take_several_units() {
        let text = "é𝄞x";
        let convert = |unit, offset| Converter::new(unit, text).code_point(offset);
        assert_eq!(convert(OffsetUnit::Byte, 6), Some(2));
        assert_eq!(convert(OffsetUnit::Byte, 3), None);
        assert_eq!(convert(OffsetUnit::Utf16, 3), Some(2));
        assert_eq!(convert(OffsetUnit::Utf16, 2), None);
        assert_eq!(convert(OffsetUnit::CodePoint, 4), None);
    }
}
