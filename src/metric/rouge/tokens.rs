//! Tokenized texts as sequences of integers: equal tokens have equal numbers.

/// A tokenized text.
#[derive(Debug, Default)]
pub(in crate::metric) struct Tokens {
    /// The tokens of all lines.
    pub(in crate::metric) ids: Vec<u32>,
    /// The end index of each line that has at least one token.
    ends: Vec<usize>,
}

impl Tokens {
    /// Returns an empty text with capacity for the tokens of a text of this many bytes.
    pub(in crate::metric) fn for_bytes(bytes: usize) -> Self {
        Self { ids: Vec::with_capacity(bytes / 4), ends: Vec::new() }
    }

    /// Appends a token to the current line.
    pub(in crate::metric) fn push(&mut self, id: u32) {
        self.ids.push(id);
    }

    /// Ends the current line; does nothing if it has no token.
    pub(in crate::metric) fn end_line(&mut self) {
        if self.ids.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.ids.len());
        }
    }

    /// Iterates over the lines with at least one token.
    pub(in crate::metric) fn lines(&self) -> impl ExactSizeIterator<Item = &[u32]> + Clone {
        (0..self.ends.len()).map(|line| {
            let start = if line == 0 { 0 } else { self.ends[line - 1] };
            &self.ids[start..self.ends[line]]
        })
    }
}
