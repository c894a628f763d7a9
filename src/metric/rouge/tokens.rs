//! Texts as rows of small numbers: equal tokens, equal numbers.

/// A tokenized text.
#[derive(Debug, Default)]
pub(in crate::metric) struct Tokens {
    /// The tokens of all lines.
    pub(in crate::metric) ids: Vec<u32>,
    /// Where the lines end that have at least one token.
    ends: Vec<usize>,
}

impl Tokens {
    /// With room for the tokens of a text of so many bytes; more of them fit too.
    pub(in crate::metric) fn for_bytes(bytes: usize) -> Self {
        Self { ids: Vec::with_capacity(bytes / 4), ends: Vec::new() }
    }

    /// Adds a token to the present line.
    pub(in crate::metric) fn push(&mut self, id: u32) {
        self.ids.push(id);
    }

    /// Ends the present line; nothing happens where it has no token.
    pub(in crate::metric) fn end_line(&mut self) {
        if self.ids.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.ids.len());
        }
    }

    /// The lines with at least one token.
    pub(in crate::metric) fn lines(&self) -> impl ExactSizeIterator<Item = &[u32]> + Clone {
        (0..self.ends.len()).map(|line| {
            let start = if line == 0 { 0 } else { self.ends[line - 1] };
            &self.ids[start..self.ends[line]]
        })
    }
}
