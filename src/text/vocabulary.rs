//! Words as numbers: equal words, equal numbers.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Gives every distinct word a number, from 0 up.
///
/// The words lie end to end in one string, and the table holds numbers alone, so that a new word costs no allocation of its
/// own; it is made for texts of a few hundred words, of which most are new.
#[derive(Debug)]
pub struct Vocabulary {
    words: String,
    /// Where each word ends in `words`.
    ends: Vec<usize>,
    /// Numbers plus one by hash; 0 where nothing is. The length is a power of two, at least twice the number of words.
    table: Vec<u32>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { words: String::new(), ends: Vec::new(), table: vec![0; 256] }
    }
}

impl Vocabulary {
    /// How many numbers were given.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A word's number: a new one where it was not met before.
    pub fn number(&mut self, word: &str) -> u32 {
        if 2 * (self.ends.len() + 1) > self.table.len() {
            self.grow();
        }
        let place = self.place(word);
        if self.table[place] == 0 {
            self.words.push_str(word);
            self.ends.push(self.words.len());
            self.table[place] = u32::try_from(self.ends.len()).expect("texts have fewer than 2^32 distinct words");
        }
        self.table[place] - 1
    }

    /// Where a word is in the table, or would be.
    fn place(&self, word: &str) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(word.as_bytes());
        let mask = self.table.len() - 1;
        let mut place = hasher.finish() as usize & mask;
        while self.table[place] != 0 && self.word(self.table[place] - 1) != word {
            place = (place + 1) & mask;
        }
        place
    }

    fn word(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.words[start..self.ends[number]]
    }

    fn grow(&mut self) {
        self.table = vec![0; 2 * self.table.len()];
        for number in 0..self.ends.len() as u32 {
            let place = self.place(self.word(number));
            self.table[place] = number + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn equal_words_have_equal_numbers() {
        let mut vocabulary = Vocabulary::default();
        let words: Vec<String> = (0..2_000).map(|at| format!("{}", at % 1_000)).collect();
        let numbers: Vec<u32> = words.iter().map(|word| vocabulary.number(word)).collect();
        assert_eq!(numbers, (0..2_000).map(|at| at % 1_000).collect::<Vec<u32>>());
        assert_eq!((vocabulary.len(), vocabulary.is_empty()), (1_000, false));
        assert_eq!((vocabulary.number(""), vocabulary.number("x")), (1_000, 1_001));
    }
}
