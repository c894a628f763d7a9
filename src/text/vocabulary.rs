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
    /// By the lower half of a word's hash its upper half, and its number plus one; 0 where nothing is. The length is a power
    /// of two, at least twice the number of words.
    table: Vec<(u32, u32)>,
}

impl Vocabulary {
    /// With room for the words of texts of so many bytes: more of them fit too.
    pub fn for_bytes(bytes: usize) -> Self {
        // Twice as many places as words of four letters and a space.
        let places = (2 * bytes / 5).clamp(64, 1 << 20).next_power_of_two();
        Self { words: String::with_capacity(bytes), ends: Vec::with_capacity(places / 4), table: vec![(0, 0); places] }
    }

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
        let hash = hash(word);
        let mark = (hash >> 32) as u32;
        let mask = self.table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            match self.table[place] {
                (_, 0) => break,
                (other, number) if other == mark && self.word(number - 1) == word => return number - 1,
                _ => place = (place + 1) & mask,
            }
        }
        self.words.push_str(word);
        self.ends.push(self.words.len());
        let number = u32::try_from(self.ends.len()).expect("texts have fewer than 2^32 distinct words");
        self.table[place] = (mark, number);
        number - 1
    }

    fn word(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.words[start..self.ends[number]]
    }

    fn grow(&mut self) {
        let mask = 2 * self.table.len() - 1;
        let mut table = vec![(0, 0); mask + 1];
        for number in 0..self.ends.len() as u32 {
            let hash = hash(self.word(number));
            let mut place = hash as usize & mask;
            while table[place].1 != 0 {
                place = (place + 1) & mask;
            }
            table[place] = ((hash >> 32) as u32, number + 1);
        }
        self.table = table;
    }
}

fn hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn equal_words_have_equal_numbers() {
        let mut vocabulary = Vocabulary::for_bytes(0);
        let words: Vec<String> = (0..2_000).map(|at| format!("{}", at % 1_000)).collect();
        let numbers: Vec<u32> = words.iter().map(|word| vocabulary.number(word)).collect();
        assert_eq!(numbers, (0..2_000).map(|at| at % 1_000).collect::<Vec<u32>>());
        assert_eq!((vocabulary.len(), vocabulary.is_empty()), (1_000, false));
        assert_eq!((vocabulary.number(""), vocabulary.number("x")), (1_000, 1_001));
    }
}
