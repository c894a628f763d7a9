//! Options for the length of a summary.

use serde::Deserialize;

/// `[summaries.source]`: the limits of a summary's length. Without any limit,
/// `summary.within_length` is not computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceOptions {
    /// The number of UAX 29 words that contain a letter or a digit.
    pub words: Bounds,
    /// The number of sentences by karat's rule.
    pub sentences: Bounds,
    /// The number of code points, without leading and trailing white space.
    pub characters: Bounds,
}

/// An allowed range; both bounds are inclusive and optional.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// The minimum.
    pub min: Option<u64>,
    /// The maximum.
    pub max: Option<u64>,
}

impl SourceOptions {
    /// Sets the word limits to those of a dataset's golden summaries, unless a limit is given.
    pub fn or_words(&mut self, words: Option<(usize, usize)>) {
        if let Some((min, max)) = words.filter(|_| !self.has_limits()) {
            self.words = Bounds { min: Some(min as u64), max: Some(max as u64) };
        }
    }

    /// Returns whether any limit is given.
    pub fn has_limits(&self) -> bool {
        [self.words, self.sentences, self.characters].iter().any(Bounds::are_given)
    }

    /// Formats the limits as in signatures: `words:25..45,characters:..300`.
    pub fn limits(&self) -> String {
        let named = [("words", self.words), ("sentences", self.sentences), ("characters", self.characters)];
        let bound = |bound: Option<u64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let given = named.iter().filter(|(_, bounds)| bounds.are_given());
        given
            .map(|(name, Bounds { min, max })| format!("{name}:{}..{}", bound(*min), bound(*max)))
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl Bounds {
    /// Returns whether a bound is given.
    pub fn are_given(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Returns whether an amount is within the bounds.
    pub fn allow(&self, amount: u64) -> bool {
        self.min.is_none_or(|min| amount >= min) && self.max.is_none_or(|max| amount <= max)
    }
}
