//! The units that offsets count: code points, bytes or UTF-16 units. They agree up to the first
//! character beyond ASCII or the Basic Multilingual Plane, so a wrong unit easily goes unnoticed.

use std::fmt;

use serde::Deserialize;

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

    /// Returns the unit with a name; `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == name)
    }

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
