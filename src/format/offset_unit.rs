//! The units of offsets, their conversion to code points, and the detection of a wrong unit:
//! offsets in bytes or UTF-16 units agree with code points up to the first character beyond ASCII
//! or the Basic Multilingual Plane, so a wrong unit easily goes unnoticed.

use std::fmt;

use serde::Deserialize;

use crate::document::Annotations;
use crate::error::Diagnostic;

/// The unit that the offsets in a file count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffsetUnit {
    /// Unicode code points.
    #[default]
    CodePoint,
    /// Bytes of UTF-8.
    Byte,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

impl OffsetUnit {
    /// All units.
    pub const ALL: [Self; 3] = [Self::CodePoint, Self::Byte, Self::Utf16];

    /// Returns the name in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodePoint => "code_point",
            Self::Byte => "byte",
            Self::Utf16 => "utf16",
        }
    }
}

impl fmt::Display for OffsetUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CodePoint => "code point",
            Self::Byte => "byte",
            Self::Utf16 => "UTF-16",
        })
    }
}

/// Evidence that offsets count another unit than declared: how many stored texts match the document
/// in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooksLike {
    /// The unit in which most stored texts match.
    pub unit: OffsetUnit,
    /// The number of stored texts that match.
    pub matched: usize,
    /// The number of stored texts.
    pub texts: usize,
}

impl LooksLike {
    /// Returns the unit, other than `read_as`, in which the most stored texts match their offsets,
    /// if more match than in `read_as` and at least four in five do.
    pub fn detect(annotations: &Annotations, text: &str, read_as: OffsetUnit) -> Option<Self> {
        let count = |unit| matching(annotations, text, unit);
        let (matched_now, texts) = count(read_as);
        let others = OffsetUnit::ALL.into_iter().filter(|unit| *unit != read_as);
        // Of two units that match equally, the first is taken.
        let best = others.map(|unit| (count(unit).0, unit)).reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        let (matched, unit) = best;
        (matched > matched_now && matched * 5 >= texts * 4).then_some(Self { unit, matched, texts })
    }

    /// Returns the diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let Self { unit, matched, texts } = self;
        let diagnostic = Diagnostic::new(format!("these look like {unit} offsets: {matched} of {texts} match"));
        let name = unit.as_str();
        diagnostic.help(format!("write `\"offset_unit\": \"{name}\"` into the file, or `--offset-unit {name}`"))
    }
}

/// Returns how many stored texts match the document at their offsets, and how many there are.
fn matching(annotations: &Annotations, text: &str, unit: OffsetUnit) -> (usize, usize) {
    let converter = Converter::new(unit, text);
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let byte = |offset| converter.code_point(offset).and_then(|at| bytes.get(at as usize).copied());
    let (mut matched, mut texts) = (0, 0);
    annotations.clone().each_range(&mut |_, range, stored| {
        let Some(stored) = stored else { return };
        texts += 1;
        let found = byte(range.0).zip(byte(range.1)).and_then(|(start, end)| text.get(start..end));
        matched += usize::from(found == Some(stored));
    });
    (matched, texts)
}

/// A table from offsets in one unit to code points.
pub(super) struct Converter {
    /// The offset, in the unit, of each code point and of the end of the text.
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

    /// Returns the code point at an offset; `None` if the offset is past the end or inside a
    /// character.
    pub fn code_point(&self, offset: u32) -> Option<u32> {
        self.starts.binary_search(&offset).ok().map(|at| at as u32)
    }

    /// Returns the offset of a code point; that of the end of the text if it is past the end.
    pub fn offset(&self, code_point: u32) -> u32 {
        let last = self.starts[self.starts.len() - 1];
        self.starts.get(code_point as usize).copied().unwrap_or(last)
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
