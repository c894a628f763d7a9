//! Longest common subsequences by bit vectors.
//!
//! H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): the column of the dynamic
//! programming table for one token of the text is a bit vector over the pattern, where a zero at i
//! means that the length grows from i - 1 to i. A column costs an addition for every 64 tokens of
//! the pattern.
//!
//! The columns also suffice to backtrack through the table as rouge-score 0.1.2 does: diagonally on
//! a match, left only if the cell there is strictly greater than the one above, otherwise up. If
//! the tokens differ, a cell is the maximum of its left and upper neighbours; the left one is
//! therefore strictly greater than the upper one exactly if the cell itself is, which is the stored
//! bit.

/// No entry.
const NONE: u32 = u32::MAX;

/// The number of 64-bit words of columns kept for backtracking: 8 MiB. Longer tables are processed
/// in blocks, each recomputed from its first column.
const KEPT: usize = 1 << 20;

/// The occurrences of a token in 64 consecutive positions of the pattern.
struct Entry {
    word: usize,
    bits: u64,
    next: u32,
}

/// A pattern, indexed by token, to be compared with texts.
pub(in crate::metric) struct Pattern<'a> {
    tokens: &'a [u32],
    /// The number of words in a column.
    words: usize,
    index: &'a mut Index,
}

/// The positions of a pattern's tokens. Kept apart from the pattern so that its memory is reused.
pub(in crate::metric) struct Index {
    /// The first entry of each token; entries of a token ascend in `word`.
    heads: Vec<u32>,
    entries: Vec<Entry>,
    columns: Vec<u64>,
}

impl Index {
    /// Returns an index for tokens numbered below `vocabulary`.
    pub(in crate::metric) fn new(vocabulary: usize) -> Self {
        Self { heads: vec![NONE; vocabulary], entries: Vec::new(), columns: Vec::new() }
    }

    /// Returns the length of the longest common subsequence.
    pub(in crate::metric) fn length(&mut self, a: &[u32], b: &[u32]) -> usize {
        let (pattern, text) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let pattern = Pattern::new(pattern, self);
        let mut column = pattern.first_column();
        for &token in text {
            pattern.advance(&mut column, token);
        }
        column.iter().map(|word| word.count_zeros() as usize).sum()
    }
}

impl Drop for Pattern<'_> {
    fn drop(&mut self) {
        for &token in self.tokens {
            self.index.heads[token as usize] = NONE;
        }
        self.index.entries.clear();
    }
}

impl<'a> Pattern<'a> {
    pub(in crate::metric) fn new(tokens: &'a [u32], index: &'a mut Index) -> Self {
        for (at, &token) in tokens.iter().enumerate().rev() {
            let (word, bit) = (at / 64, 1 << (at % 64));
            let head = &mut index.heads[token as usize];
            match index.entries.get_mut(*head as usize) {
                Some(entry) if entry.word == word => entry.bits |= bit,
                _ => {
                    index.entries.push(Entry { word, bits: bit, next: *head });
                    *head = index.entries.len() as u32 - 1;
                }
            }
        }
        Self { tokens, words: tokens.len().div_ceil(64), index }
    }

    /// Marks the pattern positions in the longest common subsequence with a text; if there are
    /// several, in the one that rouge-score 0.1.2 finds.
    pub(in crate::metric) fn mark(&mut self, text: &[u32], marks: &mut [bool]) {
        if self.words == 1 {
            return self.mark_in_one_word(text, marks);
        }
        if !text.iter().any(|&token| self.index.heads[token as usize] != NONE) {
            return;
        }
        let table = text.len() * self.words;
        self.mark_by_blocks(text, if table <= KEPT { text.len() } else { text.len().isqrt() }, marks);
    }

    /// Implements [`Pattern::mark`] for a pattern of at most 64 tokens, a fast path for typical
    /// lines.
    fn mark_in_one_word(&mut self, text: &[u32], marks: &mut [bool]) {
        let columns = &mut self.index.columns;
        columns.clear();
        let mut column = u64::MAX;
        for &token in text {
            let head = self.index.heads[token as usize];
            if head != NONE {
                let matches = column & self.index.entries[head as usize].bits;
                column = column.wrapping_add(matches) | (column - matches);
            }
            columns.push(column);
        }
        // Backtracking as in `walk`. Below the lowest zero nothing grows, so the column bounds the
        // loop.
        let (mut i, mut j) = (self.tokens.len(), text.len());
        while i > 0 && j > 0 {
            let row = i - 1;
            let column = columns[j - 1];
            if column | u64::MAX.checked_shl(i as u32).unwrap_or(0) == u64::MAX {
                return;
            }
            if self.tokens[row] == text[j - 1] {
                marks[row] = true;
                (i, j) = (row, j - 1);
            } else if column & (1 << row) == 0 {
                j -= 1;
            } else {
                i = row;
            }
        }
    }

    /// Implements [`Pattern::mark`] with this many columns kept at a time; neither the pattern nor
    /// the text may be empty.
    fn mark_by_blocks(&mut self, text: &[u32], block: usize, marks: &mut [bool]) {
        let starts = self.block_starts(text, block);
        let mut columns = std::mem::take(&mut self.index.columns);
        let mut i = self.tokens.len();
        for (start, part) in starts.chunks_exact(self.words).zip(text.chunks(block)).rev() {
            self.fill(&mut columns, start, part);
            i = self.walk(&columns, i, part, marks);
        }
        self.index.columns = columns;
    }

    /// Returns the columns before every block of the text, concatenated.
    fn block_starts(&self, text: &[u32], block: usize) -> Vec<u64> {
        let mut column = self.first_column();
        let mut starts = column.clone();
        let last = (text.len() - 1) / block * block;
        for (at, &token) in text[..last].iter().enumerate() {
            self.advance(&mut column, token);
            if (at + 1) % block == 0 {
                starts.extend_from_slice(&column);
            }
        }
        starts
    }

    /// Computes the columns of a part of the text, concatenated, from the column before it.
    fn fill(&self, columns: &mut Vec<u64>, before: &[u64], part: &[u32]) {
        columns.clear();
        columns.extend_from_slice(before);
        for (at, &token) in part.iter().enumerate() {
            columns.extend_from_within(at * self.words..);
            self.advance(&mut columns[(at + 1) * self.words..], token);
        }
    }

    /// Backtracks from the last column of a part to its first, or to the top; `i` and the return
    /// value are the number of pattern tokens above.
    fn walk(&self, columns: &[u64], mut i: usize, part: &[u32], marks: &mut [bool]) -> usize {
        let mut j = part.len();
        while i > 0 && j > 0 {
            let row = i - 1;
            let grows = columns[j * self.words + row / 64] & (1 << (row % 64)) == 0;
            if self.tokens[row] == part[j - 1] {
                marks[row] = true;
                i -= 1;
                j -= 1;
            } else if grows {
                j -= 1;
            } else {
                i -= 1;
            }
        }
        i
    }

    /// Returns the column before the text, in which nothing grows.
    fn first_column(&self) -> Vec<u64> {
        vec![u64::MAX; self.words]
    }

    /// Advances a column to the next token of the text, `token`.
    fn advance(&self, column: &mut [u64], token: u32) {
        let mut entry = self.index.entries.get(self.index.heads[token as usize] as usize);
        let mut carry = false;
        let mut word = entry.map_or(column.len(), |entry| entry.word);
        while word < column.len() && (carry || entry.is_some()) {
            let mut matches = 0;
            if let Some(here) = entry {
                if here.word == word {
                    matches = here.bits;
                    entry = self.index.entries.get(here.next as usize);
                } else if !carry {
                    word = here.word;
                    continue;
                }
            }
            let old = column[word];
            let (sum, over) = old.overflowing_add(old & matches);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            column[word] = sum | (old & !matches);
            carry = over || over_again;
            word += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Index, Pattern};

    /// Reference implementation: the full table, and the backtracking of rouge-score 0.1.2.
    fn plain(pattern: &[u32], text: &[u32]) -> Vec<bool> {
        let mut table = vec![vec![0; text.len() + 1]; pattern.len() + 1];
        for i in 1..=pattern.len() {
            for j in 1..=text.len() {
                table[i][j] = if pattern[i - 1] == text[j - 1] {
                    table[i - 1][j - 1] + 1
                } else {
                    table[i - 1][j].max(table[i][j - 1])
                };
            }
        }
        let mut marks = vec![false; pattern.len()];
        let (mut i, mut j) = (pattern.len(), text.len());
        while i > 0 && j > 0 {
            if pattern[i - 1] == text[j - 1] {
                marks[i - 1] = true;
                (i, j) = (i - 1, j - 1);
            } else if table[i][j - 1] > table[i - 1][j] {
                j -= 1;
            } else {
                i -= 1;
            }
        }
        marks
    }

    fn tokens() -> impl Strategy<Value = Vec<u32>> {
        (1..20_u32, 0..300_usize).prop_flat_map(|(vocabulary, length)| prop::collection::vec(0..vocabulary, length))
    }

    proptest! {
        #[test]
        fn equals_the_plain_table(pattern in tokens(), text in tokens(), block in 1..40_usize) {
            let mut index = Index::new(20);
            let expected = plain(&pattern, &text);
            let length = expected.iter().filter(|&&mark| mark).count();
            prop_assert_eq!(index.length(&pattern, &text), length);
            let mut marks = vec![false; pattern.len()];
            Pattern::new(&pattern, &mut index).mark(&text, &mut marks);
            prop_assert_eq!(&marks, &expected);
            if !text.is_empty() && !pattern.is_empty() {
                let mut marks = vec![false; pattern.len()];
                Pattern::new(&pattern, &mut index).mark_by_blocks(&text, block, &mut marks);
                prop_assert_eq!(&marks, &expected);
            }
        }
    }
}
