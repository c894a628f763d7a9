//! Spans and regions of text, by code point offsets.

use serde::{Deserialize, Serialize};

/// A span without a label of its own: a key sentence, a cue, a piece of evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The covered text, which is optional and is checked against the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The extractor's confidence, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl Span {
    /// Creates a span without its text.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end, text: None, confidence: None }
    }

    /// Returns the number of code points that two spans share.
    pub fn overlap(&self, other: &Self) -> u32 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

/// A region of a golden file in which nothing is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
}

impl Region {
    /// Whether a span shares at least one code point with the region.
    pub fn touches(&self, start: u32, end: u32) -> bool {
        start < self.end && self.start < end
    }
}
