//! What a summary may be, held against its source or by itself.

use serde::Deserialize;

/// `[summaries.source]`: the limits of a summary's length. Where none is given, `summary.within_length` is not computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceOptions {
    /// UAX 29 words that hold a letter or a digit.
    pub words: Bounds,
    /// Sentences by karat's rule.
    pub sentences: Bounds,
    /// Code points, white space at both ends left out.
    pub characters: Bounds,
}

/// The fewest and the most that are allowed; either may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// The fewest.
    pub min: Option<u64>,
    /// The most.
    pub max: Option<u64>,
}

impl SourceOptions {
    /// Takes the limits of a dataset's golden summaries, where none is given.
    pub fn or_words(&mut self, words: Option<(usize, usize)>) {
        if let Some((min, max)) = words.filter(|_| !self.has_limits()) {
            self.words = Bounds { min: Some(min as u64), max: Some(max as u64) };
        }
    }

    /// Whether any limit is given.
    pub fn has_limits(&self) -> bool {
        [self.words, self.sentences, self.characters].iter().any(Bounds::are_given)
    }

    /// The limits as they stand in signatures: `words:25..45,characters:..300`.
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
    /// Whether there is a limit at all.
    pub fn are_given(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Whether an amount is allowed.
    pub fn allow(&self, amount: u64) -> bool {
        self.min.is_none_or(|min| amount >= min) && self.max.is_none_or(|max| amount <= max)
    }
}
